# git-pool's shell hook for fish. In ~/.config/fish/config.fish:
#
#     git pool init fish | source
#
# When this shell ends, its leases are given back; after a `git pool add` typed here it goes into the new worktree, and
# out of one that has gone. In a worktree that this shell leases the lease's variables are exported. `git` stays what it
# is. What git-pool leaves in the folder below is read as data alone.

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
    if test "$PWD" != "$__git_pool_here"
        __git_pool_look
    else if test -n "$__git_pool_place"; and not test -e "$__git_pool_lease"
        __git_pool_look
    end
end

# A path and a NUL; the NUL says that it is whole. Then perhaps another one: whoever is not there any more has gone
# elsewhere since, and stays.
function __git_pool_follow
    set -l place
    set -l left
    test -O "$__git_pool_dir"; and test -O "$__git_pool_dir/cd.$fish_pid"; or return 0
    begin
        read -z place; or set place
        read -z left; or set left
    end <"$__git_pool_dir/cd.$fish_pid"
    set -l length (string length -- "$left/")
    if string match -q -- '/*' $place
        and begin
            test -z "$left"; or test (string sub -l $length -- "$PWD/") = "$left/"
        end
        builtin cd -- $place
        set -g __git_pool_here
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

# Where the last look was, the worktree whose variables are set, and the file that is there as long as its lease.
for name in here place lease given before
    set -q __git_pool_$name; or set -g __git_pool_$name
end
set -e name

# Asks once after a change of directory, and only in a shell that has had a lease.
function __git_pool_look
    set -g __git_pool_here $PWD
    if test -n "$__git_pool_place"
        set -l length (string length -- "$__git_pool_place/")
        if test -e "$__git_pool_lease"; and test (string sub -l $length -- "$PWD/") = "$__git_pool_place/"
            return 0
        end
        __git_pool_restore
    end
    if test -s "$__git_pool_dir/leases.$fish_pid"
        if command git-pool _env $fish_pid </dev/null >/dev/null 2>&1
            __git_pool_export
        end
    end
end

# The place, the lease's file, then `NAME=value` to set and `NAME` to take away; each with a NUL. What is in this shell,
# exported to nobody, is the user's and stays.
function __git_pool_export
    test -O "$__git_pool_dir"; and test -O "$__git_pool_dir/env.$fish_pid"; or return 0
    set -l entries (string split0 <"$__git_pool_dir/env.$fish_pid")
    test (count $entries) -ge 2; or return 0
    set -g __git_pool_place $entries[1]
    set -g __git_pool_lease $entries[2]
    for entry in $entries[3..-1]
        printf '%s\0' $entry | read -lz -d = name value
        string match -qr -- '^[A-Za-z_][A-Za-z0-9_]*$' $name; or continue
        set -l old ''
        if set -q $name
            set -qx $name; or continue
            set -qgx $name; and set old "=$$name"
        end
        if string match -q -- '*=*' $entry
            set -gx $name $value
        else
            set -eg $name
        end
        # After `exec`: nobody else's.
        test "$name$old" = "$entry"; and set old ''
        set -ga __git_pool_given $entry
        set -ga __git_pool_before $old
    end
end

# What was changed meanwhile is the user's.
function __git_pool_restore
    for i in (seq (count $__git_pool_given))
        set -l entry $__git_pool_given[$i]
        printf '%s\0' $entry | read -lz -d = name value
        set -l now $name
        set -q $name; and set now "$name=$$name"
        test "$now" = "$entry"; or continue
        if test -n "$__git_pool_before[$i]"
            printf '%s\0' $__git_pool_before[$i] | read -lz -d = nothing value
            set -gx $name $value
        else
            set -eg $name
        end
    end
    set -g __git_pool_given
    set -g __git_pool_before
    set -g __git_pool_place
end
