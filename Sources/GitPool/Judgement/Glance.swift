package import Git
internal import POSIX

/// What `list --status` shows of a worktree: for display only, with nothing locked or changed.
package struct Glance: Sendable {
    /// Nil where git cannot tell.
    package let status: WorktreeStatus?
    package let operation: String?
    /// How far the lease's branch and its base have parted.
    package let distance: (ahead: Int, behind: Int)?
}

extension Pool {
    /// How many git commands look at worktrees at once.
    package static var glancesAtOnce: Int { max(2, Processors.count) }

    /// One for each slot, by git commands that run at the same time.
    package func glance(at slots: ArraySlice<Slot>) -> [Glance] {
        var commands: [Command] = []
        // Where the answers to a slot's questions are among all of them.
        let places = slots.map { slot -> (git: Git?, status: Int?, distance: Int?) in
            let git = slot.record.flatMap { lookingGit($0) }
            let status = git.map { commands.append(WorktreeStatus.command($0)) }.map { commands.count - 1 }
            let question = slot.lease.flatMap(distanceQuestion)
            let distance = question.map { commands.append(self.git.command($0)) }.map { commands.count - 1 }
            return (git, status, distance)
        }
        guard let answers = try? Children.run(commands, atOnce: Pool.glancesAtOnce) else {
            return slots.map { _ in Glance(status: nil, operation: nil, distance: nil) }
        }
        return zip(slots, places).map { slot, place in
            Glance(
                status: place.status.flatMap { WorktreeStatus(answer: answers[$0]) },
                operation: place.git.flatMap { git in
                    slot.record.flatMap { try? admin($0).operation(git) }
                },
                distance: place.distance.flatMap { Pool.distance(answer: answers[$0]) })
        }
    }

    /// Nil where the tree or its admin directory is not there, or git might never answer.
    private func lookingGit(_ record: SlotRecord) -> Git? {
        guard isPresent(record), !RemoteMounts.areBelow(record.path) else { return nil }
        let tree = Files.exists(record.path) ? record.path : record.fencePath
        return repository.git.with(["GIT_OPTIONAL_LOCKS": "0"])
            .at(.exactly(gitDirectory: admin(record).path, workTree: tree))
    }

    private func distanceQuestion(_ lease: Lease) -> [String]? {
        lease.branchRef.map { ["rev-list", "--left-right", "--count", "\($0)...\(lease.base ?? lease.start)"] }
    }

    private static func distance(answer: Outcome) -> (ahead: Int, behind: Int)? {
        guard answer.isSuccess else { return nil }
        let counts = Text.line(answer.output).split(separator: "\t").compactMap { Int($0) }
        return counts.count == 2 ? (counts[0], counts[1]) : nil
    }
}
