internal import GitPool

/// `git pool show`: all that is known of one slot, and what keeps it from being recycled.
enum ShowCommand {
    static let syntax = Syntax(
        "show",
        aliases: ["why"],
        summary: "show a lease and what keeps it",
        forms: ["git pool show [<options>] [(<name> | <path>)]"],
        options: [.flag("json", "print the lease as JSON")],
        operands: 0...1
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        let slot = try session.slot(in: pool)
        if session.arguments.flag("json") {
            try session.answer(SlotDescription(pool).json(slot, status: SlotStatus(of: slot, pool)).text)
        } else {
            try session.answer(SlotStory(pool, excused: session.excused).text(slot))
            if slot.shownState == "missing" { session.advise(["'git pool doctor' says what can be done"]) }
            if let hints = LeaseSummary(slot).flatMap(Words.waysBack) { session.advise(hints) }
        }
        return 0
    }
}
