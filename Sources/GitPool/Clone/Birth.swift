internal import Git
internal import POSIX

/// When a slot was made, and of which tree its files are. A file whose ctime lies in that time is unchanged since, so it
/// is the blob that the tree has at its path (unless a folder above it was moved). Such a file need not be read to be
/// verified, which halves the cost where blocks are shared (measured on xfs), nor be hashed.
struct Birth: Equatable {
    /// The tree object; nil where the files are not its blobs' bytes, or older.
    let tree: String?
    /// When its files were made, by `Clock.fileNanoseconds`; a change that comes after is stamped outside.
    let time: Range<Int64>
    /// The top folder's inode: the files belong to this slot, not to another that stood at its path.
    let inode: UInt64

    init(tree: String?, time: Range<Int64>, inode: UInt64) {
        self.tree = tree
        self.time = time
        self.inode = inode
    }

    private static func file(_ number: Int, _ pool: Pool) -> Note {
        Note(path: Path.join(pool.directory, "births/\(number)"))
    }

    init?(of number: Int, in pool: Pool) {
        guard let words = Birth.file(number, pool).words(4), words[0] == "-" || Text.isObjectID(words[0]),
            let start = Int64(words[1]), let end = Int64(words[2]), start <= end, let inode = UInt64(words[3])
        else { return nil }
        self.init(tree: words[0] == "-" ? nil : words[0], time: start..<end, inode: inode)
    }

    func note(for number: Int, in pool: Pool) throws {
        try Files.makeDirectories(Path.join(pool.directory, "births"))
        try Birth.file(number, pool).write(tree ?? "-", String(time.lowerBound), String(time.upperBound), String(inode))
    }

    /// Nothing is known of a slot that is being made, or is gone.
    static func forget(_ number: Int, in pool: Pool) throws {
        do { try Files.unlink(file(number, pool).path) } catch {
            guard error.isNotFound else { throw error }
        }
    }
}
