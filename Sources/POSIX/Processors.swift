internal import CPOSIX

/// The processors that this process may run on; fewer, perhaps, than the machine has.
package enum Processors {
    /// At least one.
    package static var count: Int { Int(cposix_processors()) }
}
