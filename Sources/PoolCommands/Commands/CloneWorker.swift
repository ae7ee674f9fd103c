internal import GitPool

/// `git-pool _clone`: a share of the files of a new slot, made beside other processes that make the rest.
enum CloneWorkerCommand {
    static let syntax = Syntax(
        "_clone",
        summary: "make a share of a new slot's files",
        forms: ["git-pool _clone <plan> <share> <count>"],
        operands: 3...3,
        isHidden: true
    )

    static func run(_ session: Session) throws -> Int32 {
        let words = session.arguments.operands
        guard let share = Int(words[1]), let count = Int(words[2]), count > 0, share >= 0, share < count else {
            return 1
        }
        return try ClonePlan.work(words[0], share: share, of: count) ? 0 : 1
    }
}
