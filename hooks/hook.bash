# shellcheck shell=bash
# git-pool's shell hook for bash 3.2 and later. In ~/.bashrc, after traps and prompts of your own:
#
#     eval "$(git pool init bash)"
#
# When this shell ends, its leases are given back; after a `git pool add` typed here it goes into the new worktree, and
# out of one that has gone. `git` stays what it is. What git-pool leaves in the folder below is read as data alone.

__git_pool_dir=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/git-pool-$UID
export GIT_POOL_SHELL="1:$$:$__git_pool_dir"
# What a shell of the same number left behind is not for this one.
if [[ -O $__git_pool_dir && -s $__git_pool_dir/cd.$$ ]]; then true >|"$__git_pool_dir/cd.$$" || :; fi

# Looks at nothing and starts nothing unless this shell has had a lease.
__git_pool_exit() {
    local rc=$?
    if [[ -s $__git_pool_dir/leases.$$ ]]; then
        command git-pool _session-exit "$$" </dev/null >/dev/null 2>&1 || :
    fi
    return "$rc"
}

__git_pool_prompt() {
    local rc=$?
    if [[ -s $__git_pool_dir/cd.$$ ]]; then
        __git_pool_follow || :
    elif [[ -s $__git_pool_dir/leases.$$ && ! . -ef $PWD ]]; then
        __git_pool_leave || :
    fi
    return "$rc"
}

# A path and a NUL; the NUL says that it is whole.
__git_pool_follow() {
    local place=
    [[ -O $__git_pool_dir && -O $__git_pool_dir/cd.$$ ]] || return 0
    if IFS= read -r -d '' place <"$__git_pool_dir/cd.$$" && [[ $place == /* ]]; then
        builtin cd -- "$place" || :
    fi
    true >|"$__git_pool_dir/cd.$$" || :
}

# To the nearest folder above that is still there.
__git_pool_leave() {
    local place=${PWD%/*}
    while [[ -n $place && ! -d $place ]]; do place=${place%/*}; done
    printf "git-pool: '%s' is gone, now in '%s'\n" "$PWD" "${place:-/}" >&2
    builtin cd -- "${place:-/}" || :
}

# `&& :` keeps $? for what follows and is no failure to `set -e`. A substitution sees the shell's own trap; where there
# is none, a POSIX shell says `trap -- - EXIT`.
__git_pool_trap=$(trap -p EXIT)
if [[ $__git_pool_trap != *__git_pool_exit* ]]; then
    if [[ -n $__git_pool_trap && $__git_pool_trap != 'trap -- - '* ]]; then
        eval "trap -- '__git_pool_exit && :'\$'\\n'${__git_pool_trap#trap -- }"
    else
        trap -- '__git_pool_exit && :' EXIT
    fi
fi
unset -v __git_pool_trap

# Where PROMPT_COMMAND is an array, this is its first element.
if [[ ${PROMPT_COMMAND-} != *__git_pool_prompt* ]]; then
    # shellcheck disable=SC2178,SC2128
    PROMPT_COMMAND='__git_pool_prompt && :'${PROMPT_COMMAND:+$'\n'$PROMPT_COMMAND}
fi
