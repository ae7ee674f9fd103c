# git-pool's shell hook for fish. In ~/.config/fish/config.fish:
#
#     git pool init fish | source
#
# When this shell ends, its leases are given back; after a `git pool add` typed here it goes into the new worktree, and
# out of one that has gone. `git` stays what it is. What git-pool leaves in the folder below is read as data alone.

if set -q XDG_RUNTIME_DIR[1]; and test -n "$XDG_RUNTIME_DIR"
    set -g __git_pool_dir $XDG_RUNTIME_DIR/git-pool-(id -u)
else if set -q TMPDIR[1]; and test -n "$TMPDIR"
    set -g __git_pool_dir $TMPDIR/git-pool-(id -u)
else
    set -g __git_pool_dir /tmp/git-pool-(id -u)
end
set -gx GIT_POOL_SHELL "1:$fish_pid:$__git_pool_dir"
# What a shell of the same number left behind is not for this one.
if test -O "$__git_pool_dir"; and test -s "$__git_pool_dir/cd.$fish_pid"
    true >"$__git_pool_dir/cd.$fish_pid"
end

# Looks at nothing and starts nothing unless this shell has had a lease.
function __git_pool_exit --on-event fish_exit
    if test -s "$__git_pool_dir/leases.$fish_pid"
        command git-pool _session-exit $fish_pid </dev/null >/dev/null 2>&1
    end
end

function __git_pool_prompt --on-event fish_prompt
    if test -s "$__git_pool_dir/cd.$fish_pid"
        __git_pool_follow
    else if test -s "$__git_pool_dir/leases.$fish_pid"; and not test -d "$PWD"
        __git_pool_leave
    end
end

# A path and a NUL; the NUL says that it is whole.
function __git_pool_follow
    set -l place
    test -O "$__git_pool_dir"; and test -O "$__git_pool_dir/cd.$fish_pid"; or return 0
    if read -lz place <"$__git_pool_dir/cd.$fish_pid"; and string match -q -- '/*' $place
        builtin cd -- $place
    end
    true >"$__git_pool_dir/cd.$fish_pid"
end

# To the nearest folder above that is still there.
function __git_pool_leave
    set -l place $PWD
    while not test -d "$place"
        set place (string replace -r '/[^/]*$' '' -- $place)
        test -n "$place"; or set place /
    end
    printf "git-pool: '%s' is gone, now in '%s'\n" $PWD $place >&2
    builtin cd -- $place
end
