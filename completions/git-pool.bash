# bash completion for git-pool, for bash 3.2 and later. Installed as `git-pool`, where git's own completion looks for
# the commands it does not know; what can be typed is the program's own answer.
# shellcheck shell=bash

# Called by git's completion with the words in `words`, the cursor's in `cword`, and `pool` at `__git_cmd_idx`.
_git_pool() {
    local line first=$((${__git_cmd_idx:-0} + 1))
    COMPREPLY=()
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        case $line in
        *[!A-Za-z0-9_./@:=+-]*) printf -v line %q "$line" ;;
        esac
        COMPREPLY+=("$line ")
    done < <(__git_pool_ask "$first" _complete -- "${words[@]:first:cword-first}" "$cur" 2>/dev/null)
}

# Through git where git was typed, so that what stands before `pool` counts, such as `-C <path>`.
__git_pool_ask() {
    local first=$1
    shift
    if [ "$first" -gt 1 ]; then __git pool "$@"; else git-pool "$@"; fi
}

# `git-pool <TAB>`, with or without git's completion.
__git_pool_dashed() {
    local cur=${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD words __git_cmd_idx=0
    words=("${COMP_WORDS[@]}")
    _git_pool
}

complete -o bashdefault -o default -o nospace -F __git_pool_dashed git-pool
