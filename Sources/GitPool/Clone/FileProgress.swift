/// How far the files of a lease are, for somebody who waits for them.
package enum FileProgress: Sendable {
    /// The one that was made last, of all.
    case cloned(Int, of: Int)
    /// What git says of its checkout: a line that will be written over, or the last one.
    case told(ArraySlice<UInt8>)

    package typealias Watch = @Sendable (FileProgress) -> Void
}
