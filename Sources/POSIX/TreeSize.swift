internal import CPOSIX

/// Bytes that a tree takes on its disk, by allocated blocks: quick enough to be asked again and again, as a limit is.
package enum TreeSize {
    /// A file counts in parts if it has several names; links and other file systems are not entered, and what cannot be
    /// read, or goes meanwhile, counts as nothing.
    package static func bytes(below folder: String) -> Int64 { unsafe cposix_tree_bytes(folder) }
}
