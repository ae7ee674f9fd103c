internal import POSIX

/// A `git update-ref --stdin` that is started before it is known which refs to write. It takes one transaction; if it
/// is told nothing, it ends and has changed nothing.
package struct RefWriter: ~Copyable {
    /// What the reflogs will say; a transaction with another message is not for this one.
    let message: String
    private let arguments: [String]
    private var child: Child

    /// - Parameter git: which will be the one to write; its locks are not held before there is something to do.
    package init(starting git: Git, message: String) throws(GitError) {
        self.message = message
        arguments = RefTransaction.command(message)
        child = try git.start(arguments, input: .later)
    }

    /// Says what to write and waits for the end.
    ///
    /// - Parameter told: called when git has been told: from now on it will write, whatever becomes of us.
    consuming func write(_ input: [UInt8], _ git: Git, _ told: () -> Void) throws(GitError) {
        let outcome: Outcome
        do {
            child.send(input)
            told()
            outcome = try child.finish()
        } catch {
            throw GitError(error)
        }
        guard outcome.isSuccess else { throw git.failure(arguments, outcome) }
    }

    /// Lets it go with nothing written.
    package consuming func dismiss() { _ = try? child.finish() }
}
