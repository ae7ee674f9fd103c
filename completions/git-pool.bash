# bash completion for git-pool, for bash 3.2 and later. Installed as `git-pool`, where git's own completion looks for
# the commands it does not know; what can be typed is the program's own answer.
# shellcheck shell=bash

# Called by git's completion with the words in `words`, the cursor's in `cword`, and `pool` at `__git_cmd_idx`.
_git_pool() {
    local line stuck='' first=$((${__git_cmd_idx:-0} + 1))
    COMPREPLY=()
    # Of `--name=value`, readline replaces the value alone.
    case $cur in
    --*=*) case $COMP_WORDBREAKS in *=*) stuck=${cur%%=*}= ;; esac ;;
    esac
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        line=${line#"$stuck"}
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
    local cur cword=0 words i glue='' __git_cmd_idx=0
    words=("${COMP_WORDS[0]}")
    # Readline has taken `--name=value` apart.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        if [ -n "$glue" ]; then
            words[cword]+=${COMP_WORDS[i]} glue=''
        elif [[ ${COMP_WORDS[i]} == '=' && ${words[cword]} == --* ]]; then
            words[cword]+='=' glue=1
        else
            words[++cword]=${COMP_WORDS[i]}
        fi
    done
    cur=${words[cword]}
    _git_pool
}

complete -o bashdefault -o default -o nospace -F __git_pool_dashed git-pool
