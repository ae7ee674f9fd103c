/// How a holder was found; the early-death rule looks at the inferred `script` and `program` alone.
package enum HolderKind: String, CaseIterable, Sendable {
    /// A shell that somebody types into, or may.
    case shell
    /// A shell, or another interpreter, that runs a file.
    case script
    case program
    /// Named by `--pid`.
    case explicit
    /// Named by GIT_POOL_HOLDER_PID.
    case environment
}
