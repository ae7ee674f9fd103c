internal import GitPool

/// `git pool path`: one path, or nothing and exit 1.
enum PathCommand {
    static let syntax = Syntax(
        "path",
        summary: "print the path of a lease or slot",
        forms: ["git pool path [<options>] [(<name> | <slot>)]"],
        operands: 0...1
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        let slots = try pool.peek()
        guard let word = session.arguments.operands.first else {
            guard let slot = pool.slot(at: session.directory, among: slots), let record = slot.record else { return 1 }
            try session.answer(line: record.path)
            return 0
        }
        guard let record = try? pool.find(word, from: session.userDirectory, among: slots, takesNumbers: true).record
        else { return 1 }
        try session.answer(line: record.path)
        return 0
    }
}
