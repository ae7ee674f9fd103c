internal import POSIX

/// The tree of a commit: git is asked at once, and its answer is read when it is needed.
package struct TreeQuestion: ~Copyable {
    private var child: Child?

    package init(of commit: String, _ git: Git) {
        child = try? git.start(["rev-parse", "-q", "--verify", commit + "^{tree}"])
    }

    /// Nil where git gives none; then it is worth asking again, for the reason.
    package consuming func answer() -> String? {
        guard let outcome = try? child?.finish(), outcome.isSuccess else { return nil }
        return Text.line(outcome.output)
    }
}
