# git-pool's shell hook for zsh. In ~/.zshrc:
#
#     eval "$(git pool init zsh)"
#
# When this shell ends, its leases are given back; after a `git pool add` typed here it goes into the new worktree, and
# out of one that has gone. In a worktree that this shell leases the lease's variables are exported. `git` stays what it
# is. What git-pool leaves in the folder below is read as data alone.

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
    if [[ "$PWD" != "$__git_pool_here" || ( -n "$__git_pool_place" && ! -e "$__git_pool_lease" ) ]]; then
        __git_pool_look || :
    fi
    return 0
}

# A path and a NUL; the NUL says that it is whole. Then perhaps another one: whoever is not there any more has gone
# elsewhere since, and stays.
__git_pool_follow() {
    local place='' left=''
    [[ -O "$__git_pool_dir" && -O "$__git_pool_dir/cd.$$" ]] || return 0
    {
        IFS= read -r -d '' place || place=
        IFS= read -r -d '' left || left=
    } <"$__git_pool_dir/cd.$$"
    if [[ "$place" == /* && ( -z $left || "$PWD/" == "$left"/* ) ]]; then
        builtin cd -- "$place" || :
        __git_pool_here=
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

# Where the last look was, the worktree whose variables are set, and the file that is there as long as its lease.
: "${__git_pool_here=}" "${__git_pool_place=}" "${__git_pool_lease=}"
typeset -ga __git_pool_given __git_pool_before

# Asks once after a change of directory, and only in a shell that has had a lease.
__git_pool_look() {
    __git_pool_here=$PWD
    if [[ -n "$__git_pool_place" ]]; then
        if [[ -e "$__git_pool_lease" && "$PWD/" == "$__git_pool_place"/* ]]; then return 0; fi
        __git_pool_restore
    fi
    if [[ -s "$__git_pool_dir/leases.$$" ]] && command git-pool _env "$$" </dev/null >/dev/null 2>&1; then
        __git_pool_export
    fi
}

# The place, the lease's file, then `NAME=value` to set and `NAME` to take away; each with a NUL. What is in this shell,
# exported to nobody, is the user's and stays.
__git_pool_export() {
    emulate -L zsh
    local __git_pool_entry __git_pool_name __git_pool_old
    [[ -O "$__git_pool_dir" && -O "$__git_pool_dir/env.$$" ]] || return 0
    {
        IFS= read -r -d '' __git_pool_place && IFS= read -r -d '' __git_pool_lease || return 0
        while IFS= read -r -d '' __git_pool_entry; do
            __git_pool_name=${__git_pool_entry%%=*}
            case $__git_pool_name in ('' | [0-9]* | *[^A-Za-z0-9_]*) continue ;; esac
            __git_pool_old=
            if (( ${(P)+__git_pool_name} )); then
                if [[ ${(tP)__git_pool_name} != *export* ]]; then continue; fi
                __git_pool_old="=${(P)__git_pool_name}"
            fi
            if [[ $__git_pool_entry == *=* ]]; then export "$__git_pool_entry"; else unset -v "$__git_pool_name"; fi
            # After `exec`: nobody else's.
            if [[ $__git_pool_name$__git_pool_old == "$__git_pool_entry" ]]; then __git_pool_old=; fi
            __git_pool_given+=("$__git_pool_entry")
            __git_pool_before+=("$__git_pool_old")
        done
    } <"$__git_pool_dir/env.$$"
}

# What was changed meanwhile is the user's.
__git_pool_restore() {
    emulate -L zsh
    local __git_pool_i __git_pool_entry __git_pool_name __git_pool_now
    for (( __git_pool_i = 1; __git_pool_i <= ${#__git_pool_given}; __git_pool_i++ )); do
        __git_pool_entry=${__git_pool_given[__git_pool_i]}
        __git_pool_name=${__git_pool_entry%%=*}
        __git_pool_now=$__git_pool_name
        if (( ${(P)+__git_pool_name} )); then __git_pool_now="$__git_pool_name=${(P)__git_pool_name}"; fi
        if [[ $__git_pool_now != "$__git_pool_entry" ]]; then continue; fi
        if [[ -n ${__git_pool_before[__git_pool_i]} ]]; then
            export "$__git_pool_name${__git_pool_before[__git_pool_i]}"
        else
            unset -v "$__git_pool_name"
        fi
    done
    __git_pool_given=() __git_pool_before=() __git_pool_place=
}

typeset -ga zshexit_functions precmd_functions
[[ " ${zshexit_functions[*]} " == *' __git_pool_exit '* ]] || zshexit_functions+=(__git_pool_exit)
[[ " ${precmd_functions[*]} " == *' __git_pool_prompt '* ]] || precmd_functions+=(__git_pool_prompt)
