/// The options of every command that makes a lease: `add`, `run` and `restore` take the same ones in the same way.
enum LeaseOptions {
    static let options: [Option] = [
        .value("branch", short: "b", "branch", "create or take this branch"),
        .flag("detach", "detach HEAD, make no branch"),
        .value("from", "commit-ish", "start from this commit instead of the base branch"),
        .flag("unique", "take another name if this one is in use"),
        .flag("resume", "take the lease of this name again if there is one"),
        .value("group", "group", "count the lease against this group"),
        .flag("exclusive", "fail if another lease started from the same commit"),
        .optionalValue("wait", "duration", "wait for a free slot when the pool is full"),
        .value("ttl", "duration", "keep the worktree this long after its release"),
        .value("session", "id", "make the lease part of this session"),
        .value("pid", "pid", "end the lease when this process dies"),
        .flag("no-holder", "end the lease only by 'git pool done'"),
        .value("note", "text", "attach a note"),
        .flag("fresh", "use no worktree that was leased before"),
        .value("max-age", "duration", "use no idle worktree older than this"),
        .value("max-uses", "n", "use no idle worktree that was leased more often"),
        .flag("fetch", "fetch first"),
    ]

    static let exclusive = [["branch", "detach"], ["unique", "resume"], ["pid", "no-holder"]]
}
