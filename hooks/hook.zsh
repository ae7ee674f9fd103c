# git-pool's shell hook for zsh. In ~/.zshrc:
#
#     eval "$(git pool init zsh)"
#
# When this shell ends, its leases are given back; after a `git pool add` typed here it goes into the new worktree, and
# out of one that has gone. `git` stays what it is. What git-pool leaves in the folder below is read as data alone.

typeset -g __git_pool_dir="${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/git-pool-$UID"
export GIT_POOL_SHELL="1:$$:$__git_pool_dir"
# What a shell of the same number left behind is not for this one.
if [[ -O "$__git_pool_dir" && -s "$__git_pool_dir/cd.$$" ]]; then true >|"$__git_pool_dir/cd.$$" || :; fi

# Looks at nothing and starts nothing unless this shell has had a lease. zsh calls it in subshells that say `exit`, too.
__git_pool_exit() {
    if (( ! ZSH_SUBSHELL )) && [[ -s "$__git_pool_dir/leases.$$" ]]; then
        command git-pool _session-exit "$$" </dev/null >/dev/null 2>&1 || :
    fi
    return 0
}

__git_pool_prompt() {
    if [[ -s "$__git_pool_dir/cd.$$" ]]; then
        __git_pool_follow || :
    elif [[ -s "$__git_pool_dir/leases.$$" && ! . -ef "$PWD" ]]; then
        __git_pool_leave || :
    fi
    return 0
}

# A path and a NUL; the NUL says that it is whole.
__git_pool_follow() {
    local place=
    [[ -O "$__git_pool_dir" && -O "$__git_pool_dir/cd.$$" ]] || return 0
    if IFS= read -r -d '' place <"$__git_pool_dir/cd.$$" && [[ "$place" == /* ]]; then
        builtin cd -- "$place" || :
    fi
    true >|"$__git_pool_dir/cd.$$" || :
}

# To the nearest folder above that is still there.
__git_pool_leave() {
    local place=${PWD%/*}
    while [[ -n $place && ! -d "$place" ]]; do place=${place%/*}; done
    print -r -u2 -- "git-pool: '$PWD' is gone, now in '${place:-/}'"
    builtin cd -- "${place:-/}" || :
}

typeset -ga zshexit_functions precmd_functions
[[ " ${zshexit_functions[*]} " == *' __git_pool_exit '* ]] || zshexit_functions+=(__git_pool_exit)
[[ " ${precmd_functions[*]} " == *' __git_pool_prompt '* ]] || precmd_functions+=(__git_pool_prompt)
