internal import CPOSIX

/// How much of the machine this process asks for.
package enum Priority {
    /// From now on this process, and what it starts, takes only what nobody else wants: of the processor, and of the disk.
    package static func lower() { cposix_lower_priority() }
}
