internal import CPOSIX

/// What this machine has.
package enum Machine {
    /// Processors that this process may run on.
    package static var processors: Int { Int(cposix_processors()) }
}
