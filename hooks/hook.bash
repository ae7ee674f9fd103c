# shellcheck shell=bash
# git-pool's shell hook for bash 3.2 and later. In ~/.bashrc, after traps and prompts of your own:
#
#     eval "$(git pool init bash)"
#
# When this shell ends, its leases are given back; after a `git pool add` typed here it goes into the new worktree, and
# out of one that has gone. In a worktree that this shell leases the lease's variables are exported. `git` stays what it
# is. What git-pool leaves in the folder below is read as data alone.

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
    if [[ $PWD != "$__git_pool_here" || ( -n $__git_pool_place && ! -e $__git_pool_lease ) ]]; then
        __git_pool_look || :
    fi
    return "$rc"
}

# A path and a NUL; the NUL says that it is whole. Then perhaps another one: whoever is not there any more has gone
# elsewhere since, and stays.
__git_pool_follow() {
    local place='' left=''
    [[ -O $__git_pool_dir && -O $__git_pool_dir/cd.$$ ]] || return 0
    {
        IFS= read -r -d '' place || place=
        IFS= read -r -d '' left || left=
    } <"$__git_pool_dir/cd.$$"
    if [[ $place == /* && ( -z $left || $PWD/ == "$left"/* ) ]]; then
        builtin cd -- "$place" || :
        __git_pool_here=
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

# Where the last look was, the worktree whose variables are set, and the file that is there as long as its lease.
: "${__git_pool_here=}" "${__git_pool_place=}" "${__git_pool_lease=}" "${__git_pool_count=0}"

# Asks once after a change of directory, and only in a shell that has had a lease.
__git_pool_look() {
    __git_pool_here=$PWD
    if [[ -n $__git_pool_place ]]; then
        if [[ -e $__git_pool_lease && $PWD/ == "$__git_pool_place"/* ]]; then return 0; fi
        __git_pool_restore
    fi
    if [[ -s $__git_pool_dir/leases.$$ ]] && command git-pool _env "$$" </dev/null >/dev/null 2>&1; then
        __git_pool_export
    fi
}

# The place, the lease's file, then `NAME=value` to set and `NAME` to take away; each with a NUL. What is in this shell,
# exported to nobody, is the user's and stays.
__git_pool_export() {
    local __git_pool_entry __git_pool_name __git_pool_old
    [[ -O $__git_pool_dir && -O $__git_pool_dir/env.$$ ]] || return 0
    {
        IFS= read -r -d '' __git_pool_place && IFS= read -r -d '' __git_pool_lease || return 0
        while IFS= read -r -d '' __git_pool_entry; do
            __git_pool_name=${__git_pool_entry%%=*}
            case $__git_pool_name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
            __git_pool_old=
            if [[ -n ${!__git_pool_name+x} ]]; then
                if [[ ! $(declare -p "$__git_pool_name") =~ ^declare\ -[A-Za-z]*x ]]; then continue; fi
                __git_pool_old="=${!__git_pool_name}"
            fi
            if [[ $__git_pool_entry == *=* ]]; then export "${__git_pool_entry?}"; else unset -v "$__git_pool_name"; fi
            # After `exec`: nobody else's.
            if [[ $__git_pool_name$__git_pool_old == "$__git_pool_entry" ]]; then __git_pool_old=; fi
            __git_pool_given[__git_pool_count]=$__git_pool_entry
            __git_pool_before[__git_pool_count]=$__git_pool_old
            __git_pool_count=$((__git_pool_count + 1))
        done
    } <"$__git_pool_dir/env.$$"
}

# What was changed meanwhile is the user's.
__git_pool_restore() {
    local __git_pool_entry __git_pool_name __git_pool_now
    while [[ $__git_pool_count -gt 0 ]]; do
        __git_pool_count=$((__git_pool_count - 1))
        __git_pool_entry=${__git_pool_given[__git_pool_count]}
        __git_pool_name=${__git_pool_entry%%=*}
        __git_pool_now=$__git_pool_name
        if [[ -n ${!__git_pool_name+x} ]]; then __git_pool_now="$__git_pool_name=${!__git_pool_name}"; fi
        if [[ $__git_pool_now != "$__git_pool_entry" ]]; then continue; fi
        if [[ -n ${__git_pool_before[__git_pool_count]} ]]; then
            export "$__git_pool_name${__git_pool_before[__git_pool_count]}"
        else
            unset -v "$__git_pool_name"
        fi
    done
    __git_pool_place=
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
