/// Runs several programs, at most `width` at once: a batch starts when the whole one before it has ended, which is
/// enough for children of one kind.
package enum Children {
    /// What each left behind, in the order of the commands; none is left running.
    package static func run(_ commands: [Command], atOnce width: Int) throws(SystemError) -> [Outcome] {
        var outcomes: [Outcome] = []
        for start in stride(from: 0, to: commands.count, by: max(width, 1)) {
            outcomes += try together(commands[start..<min(start + max(width, 1), commands.count)])
        }
        return outcomes
    }

    private static func together(_ commands: ArraySlice<Command>) throws(SystemError) -> [Outcome] {
        guard let first = commands.first else { return [] }
        var child = try Child(starting: first)
        let rest: Result<[Outcome], SystemError>
        do { rest = .success(try together(commands.dropFirst())) } catch { rest = .failure(error) }
        // The others may wait for their output to be read meanwhile: they are read before this one, or after.
        let outcome = try child.finish()
        return [outcome] + (try rest.get())
    }
}
