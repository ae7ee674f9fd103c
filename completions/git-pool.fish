# fish completion for git-pool; fish asks here for `git pool` too. What can be typed is the program's own answer.

function __fish_git_pool_candidates
    set -l words (commandline -opc)
    set -l found (command git-pool _complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
    if set -q found[1]
        string join \n -- $found
    else
        __fish_complete_path (commandline -ct)
    end
end

complete -c git-pool -f -k -a '(__fish_git_pool_candidates)'
