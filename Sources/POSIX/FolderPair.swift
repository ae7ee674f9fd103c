internal import CPOSIX
internal import Glibc

/// Two folders walked in step, one read and one filled, by descriptors: no link in either is followed, and nothing is
/// overwritten.
package struct FolderPair: ~Copyable {
    package enum Blob: Sendable { case file, executable, link }

    package enum Outcome: Sendable {
        case made(StatData, sharesBlocks: Bool)
        /// There is no file with these bytes.
        case missing
        /// Something stands in the way there, or the disk has no room.
        case failed(SystemError)
    }

    /// The folders from the top to where the last file was; -1 where there is none to read. What lies in a folder is
    /// proven by times only if the folder itself was not moved there since.
    private var levels: [(from: Int32, to: Int32, isProven: Bool)] = []
    private var place: [UInt8] = []
    private let order: Order

    package init(from: String, to: String, _ order: Order) throws(SystemError) {
        self.order = order
        let source = try FolderPair.open(AT_FDCWD, [CChar](name: from.utf8), from)
        levels.append((source, -1, !order.proven.isEmpty))
        levels[0].to = try FolderPair.open(AT_FDCWD, [CChar](name: to.utf8), to)
    }

    deinit {
        for level in levels {
            if level.from >= 0 { _ = close(level.from) }
            if level.to >= 0 { _ = close(level.to) }
        }
    }

    /// How files are made, and what is known of those that are there.
    package struct Order: Sendable {
        package let digest: Digest
        /// Whether they are to share their blocks where the disk can.
        package let shares: Bool
        /// Nanoseconds since 1970: a file last changed in that time, and modified before, is the blob that is looked for.
        package let proven: Range<Int64>

        package init(digest: Digest, shares: Bool, proven: Range<Int64>) {
            self.digest = digest
            self.shares = shares
            self.proven = proven
        }
    }

    /// Makes the file at `path` if the bytes there are the blob `id`.
    package mutating func clone(
        _ path: ArraySlice<UInt8>, as kind: Blob, id: ArraySlice<UInt8>
    ) -> Outcome {
        do throws(SystemError) {
            guard try enter(folderOf: path), let level = levels.last else { return .missing }
            let start = path.lastIndex(of: FolderPair.slash).map { $0 + 1 } ?? path.startIndex
            let name = [CChar](name: path[start...])
            var made = cposix_stat_data()
            let rc = unsafe id.withUnsafeBufferPointer { id in
                var raw = unsafe cposix_clone_order(
                    algorithm: order.digest.number, id: id.baseAddress, executable: kind == .executable ? 1 : 0,
                    share: order.shares ? 1 : 0, proven_from: level.isProven ? order.proven.lowerBound : 0,
                    proven_to: level.isProven ? order.proven.upperBound : 0)
                return switch kind {
                case .link: unsafe cposix_clone_link(level.from, level.to, name, &raw, &made)
                case .file, .executable: unsafe cposix_clone_blob(level.from, level.to, name, &raw, &made)
                }
            }
            guard rc >= 0 else { throw SystemError(code: -rc, call: "clone") }
            return rc == CPOSIX_CLONE_OTHER ? .missing : .made(StatData(made), sharesBlocks: rc == CPOSIX_CLONE_SHARED)
        } catch {
            return .failed(error)
        }
    }

    /// Goes to the folder a path lies in, making it on the one side; false where the other side has none.
    private mutating func enter(folderOf path: ArraySlice<UInt8>) throws(SystemError) -> Bool {
        let folder = path[..<(path.lastIndex(of: FolderPair.slash) ?? path.startIndex)]
        if folder.elementsEqual(place) { return (levels.last?.from ?? -1) >= 0 }
        let wanted = folder.split(separator: FolderPair.slash)
        let standing = place.split(separator: FolderPair.slash)
        let common = zip(wanted, standing).prefix { $0 == $1 }.count
        for level in levels[(common + 1)...] {
            if level.from >= 0 { _ = close(level.from) }
            if level.to >= 0 { _ = close(level.to) }
        }
        levels.removeSubrange((common + 1)...)
        place = Array(wanted[..<common].joined(separator: [FolderPair.slash]))
        for part in wanted[common...] {
            try descend([CChar](name: part))
            place += (place.isEmpty ? [] : [FolderPair.slash]) + part
        }
        return (levels.last?.from ?? -1) >= 0
    }

    private mutating func descend(_ name: [CChar]) throws(SystemError) {
        guard let above = levels.last, above.from >= 0,
            let from = try? FolderPair.open(above.from, name, "")
        else {
            levels.append((-1, -1, false))
            return
        }
        levels.append((from, -1, above.isProven && isUntouched(from)))
        guard unsafe mkdirat(above.to, name, 0o777) == 0 || errno == EEXIST else { throw .last("mkdir") }
        levels[levels.count - 1].to = try FolderPair.open(above.to, name, "")
    }

    private func isUntouched(_ folder: Int32) -> Bool {
        var raw = stat()
        guard unsafe fstat(folder, &raw) == 0 else { return false }
        return order.proven.contains(Int64(raw.st_ctim.tv_sec) * 1_000_000_000 + Int64(raw.st_ctim.tv_nsec))
    }

    private static let slash = UInt8(ascii: "/")

    private static func open(_ folder: Int32, _ name: [CChar], _ subject: String) throws(SystemError) -> Int32 {
        let number = unsafe openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw .last("open", subject) }
        return number
    }
}
