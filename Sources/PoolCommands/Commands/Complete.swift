/// `git-pool _complete`: candidates for the completions, a line each with a tab before its explanation; never an error.
enum CompleteCommand {
    static let syntax = Syntax(
        "_complete",
        summary: "print completions",
        forms: ["git-pool _complete -- [<word>...]"],
        operands: 0...Int.max,
        stopsAtOperand: true,
        isHidden: true
    )

    /// The words are those after `git pool`; the last one is being typed.
    static func run(_ session: Session) throws -> Int32 {
        let completion = Completion { CompletionNames(session)?.list($0, typed: $1) ?? [] }
        let lines = completion.candidates(session.arguments.operands).map { "\($0.word)\t\($0.help)\n" }
        try session.answer(lines.joined())
        return 0
    }
}
