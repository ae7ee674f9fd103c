internal import GitPool
internal import POSIX

/// `list --saved`: what can be restored, newest first, numbered as `restore <name>@<n>` counts.
enum SavedList {
    static func run(_ session: Session, _ pool: Pool) throws -> Int32 {
        let saves = try Saves(pool).all()
        if session.arguments.flag("json") {
            try session.answer(JSON.object([.init("schema", 1), .init("saved", .array(saves.map(json)))]).text)
            return 0
        }
        var counts: [String: Int] = [:]
        var table = Table([
            Table.Column("NAME"), Table.Column("SAVED"), Table.Column("KIND"), Table.Column("WAS", isFlexible: true),
        ])
        for saved in saves {
            let number = (counts[saved.name] ?? 0) + 1
            counts[saved.name] = number
            let was = [
                saved.branch.map { "on \($0)" }, saved.operation.map { "in a \($0)" },
                saved.head.map { "at \($0.prefix(10))" },
            ]
            table.append([
                Table.Cell("\(saved.name)@\(number)", .strong),
                Table.Cell(Duration(seconds: max(0, pool.now() - saved.savedAt)).age),
                Table.Cell(saved.kind), Table.Cell(was.compactMap { $0 }.joined(separator: ", ")),
            ])
        }
        guard !saves.isEmpty else { return 0 }
        try session.answer(table.text(width: Streams.columns(1), style: session.style(pool.settings)))
        return 0
    }

    private static func json(_ saved: Saved) -> JSON {
        .object([
            .init("name", JSON(saved.name)), .init("ref", JSON(saved.ref)), .init("commit", JSON(saved.id)),
            .init("kind", JSON(saved.kind)), .init("branch", JSON(saved.branch)), .init("head", JSON(saved.head)),
            .init("operation", JSON(saved.operation)), .init("savedAt", JSON(Timestamp(seconds: saved.savedAt))),
        ])
    }
}
