/// Changes of refs that happen all or not at all (`git update-ref --stdin -z`).
package struct RefTransaction: Sendable {
    private var input: [UInt8] = []
    private let message: String

    /// - Parameter message: for the reflogs.
    package init(_ message: String) { self.message = message }

    /// Fails if the ref exists.
    package mutating func create(_ ref: String, _ id: String) { add("create \(ref)", id) }

    /// Fails if the ref is not at `old`.
    package mutating func delete(_ ref: String, _ old: String) { add("delete \(ref)", old) }

    /// Fails if the ref is not at `old`.
    package mutating func update(_ ref: String, to new: String, from old: String) {
        add("update \(ref)", new, old)
    }

    package func commit(in git: Git) throws(GitError) {
        guard !input.isEmpty else { return }
        try git.persist(RefTransaction.command(message), input: input)
    }

    /// The same, by a git that waits already, if it waits for this.
    package func commit(
        in git: Git, by writer: inout RefWriter?, told: () -> Void
    ) throws(GitError) {
        guard !input.isEmpty, let waiting = writer.take() else { return try commit(in: git) }
        guard waiting.message == message else {
            waiting.dismiss()
            return try commit(in: git)
        }
        do { try waiting.write(input, git, told) } catch {
            guard error.isTransient else { throw error }
            try commit(in: git)
        }
    }

    static func command(_ message: String) -> [String] {
        ["update-ref", "--create-reflog", "-m", message, "--stdin", "-z"]
    }

    private mutating func add(_ words: String...) {
        for word in words { input += Array(word.utf8) + [0] }
    }
}
