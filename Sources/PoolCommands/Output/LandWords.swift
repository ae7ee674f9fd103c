internal import GitPool
internal import POSIX

/// The sentences of `land`: each refusal says that the target is unchanged by saying what to do next.
enum LandWords {
    static func text(_ step: LandStep) -> String {
        switch step {
        case .waiting(let first, let pid, let target):
            "waiting for '\(first)'" + (pid.map { " (pid \($0))" } ?? "") + ", which lands in '\(target)' first"
        case .resuming(let operation): "the conflicts are resolved: ending the \(operation)"
        case .testing(let command, let target): "testing the merge with '\(target)': \(command)"
        case .again(let target): "'\(target)' has moved meanwhile: merging and testing again"
        case .overtaken(let path): "somebody committed in '\(path)' meanwhile: that has not landed"
        }
    }

    private static func text(_ obstacle: LandRefusal.Obstacle) -> String {
        switch obstacle {
        case .severalCheckouts(let paths): "it is checked out more than once: " + paths.joined(separator: ", ")
        case .operation(let name): "a \(name) is in progress there"
        case .bisection: "it is being bisected there"
        case .noFolder: "there is no such folder any more"
        case .pathOfNoText: "its path is not UTF-8"
        case .untracked(let path): "'\(path)' is untracked there"
        case .changed(let path): "'\(path)' has changes there"
        case .refused(let line): line
        }
    }

    static func error(_ name: String, _ refusal: LandRefusal) -> (status: Int32, lines: [String], hints: [String]) {
        let again = "run '\(Words.pool("land", name))' again"
        switch refusal {
        case .detached(let path):
            return (
                1, ["'\(name)' has no branch to land: HEAD is detached in '\(path)'"],
                ["make one there: git switch -c <branch>"]
            )
        case .otherBranch(let branch, let own, _):
            return (
                1, ["'\(name)' has branch '\(branch)' checked out, not its own '\(own)'"],
                ["go back to it with 'git switch \(ShellQuote.quote(own))', or merge '\(branch)' into it first"]
            )
        case .noBase:
            return (1, ["'\(name)' came from no branch that could be landed in"], ["name one with '--into <branch>'"])
        case .remoteBase(let ref, let local):
            return (
                1, ["'\(name)' came from '\(ref)', which only a fetch may move"],
                ["land in a local branch: '--into \(local ?? "<branch>")'"]
            )
        case .noTarget(let target):
            return (1, ["there is no branch '\(target)' to land in"], ["name one with '--into <branch>'"])
        case .isTarget(let branch):
            return (
                1, ["'\(name)' has the target '\(branch)' itself checked out"], ["name another with '--into <branch>'"]
            )
        case .dirty(let path, let risks):
            return (
                7, ["'\(name)' holds what would not land:"] + risks.map { "  " + $0.summary } + ["  in '\(path)'"],
                // Neither a commit nor a stash holds the rest, such as commits that only a submodule has.
                [
                    (risks.allSatisfy(\.isHeldBySave)
                        ? "commit it, or put it away with 'git stash -u'" : "see to it there") + ", then \(again)"
                ]
            )
        case .operation(let operation, let path):
            return (
                7, ["a \(operation) of something else is in progress in '\(path)'"],
                ["end it or abort it there, then \(again)"]
            )
        case .conflicts(let operation, let files, let path, let target):
            return (
                7,
                ["'\(name)' and '\(target)' have conflicts:"] + files.map { "  '\($0)'" } + ["  in '\(path)'"],
                [
                    "resolve them there, 'git add' them, then \(again);", "or take it back: git \(operation) --abort",
                ]
            )
        case .diverged(let target):
            return (
                7, ["'\(target)' has commits that '\(name)' lacks, so it cannot be fast-forwarded"],
                ["land with '--strategy=rebase' or '--strategy=no-ff'"]
            )
        case .ignoredInTheWay(let files, let path):
            return (
                7,
                ["files that git ignores lie where the target has others:"] + files.map { "  '\($0)'" } + [
                    "  in '\(path)'"
                ],
                ["move them away, then \(again)"]
            )
        case .targetBlocked(let target, let place, let obstacles):
            return (
                7,
                ["'\(target)' cannot move where it is checked out, in '\(place)':"] + obstacles.map { "  " + text($0) },
                ["see to it there, then \(again)"]
            )
        case .hook(let hook, let path):
            return (7, ["hook '\(hook)' said no in '\(path)'"], ["nothing has landed; mend it there, then \(again)"])
        case .test(let command, let status, let path, let before, let target):
            let back =
                before.map {
                    [
                        "or, with nothing staged or committed since, take the merge back: git -C \(ShellQuote.quote(path)) reset --keep \($0.prefix(12))"
                    ]
                } ?? []
            return (
                7, ["the tests of '\(name)' failed (\(command), status \(status)); '\(target)' is unchanged"],
                ["mend it in '\(path)', where the merged tree stands, commit, and \(again)"] + back
            )
        case .slotMoved(let path):
            return (7, ["somebody committed in '\(path)' meanwhile"], [again])
        case .targetKeepsMoving(let target, let rounds):
            return (3, ["'\(target)' moved \(rounds) times while '\(name)' was merged and tested"], [again])
        }
    }
}
