internal import CPOSIX
internal import Glibc

/// What trees take of a disk: hard links, and blocks that the file system reports as shared (FIEMAP), count once. Files
/// are opened only to ask for their blocks, no link is followed, and of what is mounted in a tree nothing is asked.
package struct DiskUsage: Sendable {
    /// As `du` counts, with shared blocks once for each file.
    package private(set) var allocated: Int64 = 0
    private var shared: [Span] = []
    private var links: Set<[UInt64]> = []
    /// Where the blocks of a device lie: subvolumes share theirs.
    private var disks: [UInt64: UInt64] = [:]

    private struct Span {
        let device: UInt64
        let start: UInt64
        let length: UInt64
    }

    private enum Care {
        /// Shared blocks are asked for.
        case blocks
        /// Blocks that a tree shares with others count as its own, and no file is opened.
        case files
        /// As `files`, and nothing is held of files with several names: each of these counts a part.
        case names
    }

    private let care: Care

    package init() { care = .blocks }

    private init(_ care: Care) { self.care = care }

    /// What `du -x` says of a tree.
    package static func allocated(below tree: String) -> Int64 {
        var usage = DiskUsage(.files)
        return usage.add(tree).rest
    }

    /// Nearly the same, quick enough to be asked again and again, as a limit is. What cannot be read, or goes meanwhile,
    /// counts as nothing.
    package static func estimate(below tree: String) -> Int64 {
        var usage = DiskUsage(.names)
        return usage.add(tree).rest
    }

    /// Blocks that more than one file has, each counted once.
    package var real: Int64 {
        var total = allocated
        var end: UInt64 = 0
        var device: UInt64?
        for span in shared.sorted(by: { ($0.device, $0.start) < ($1.device, $1.start) }) {
            if span.device != device { (device, end) = (span.device, 0) }
            let stop = span.start + span.length
            total -= Int64(clamping: span.length)
            if stop > end { total += Int64(clamping: stop - max(end, span.start)) }
            end = max(end, stop)
        }
        return total
    }

    /// Counts a tree; gives what lies apart, at or below the paths that are named from the tree's top, and what does not.
    package mutating func add(_ tree: String, apart: Set<[UInt8]> = []) -> (apart: Int64, rest: Int64) {
        var sums = (apart: Int64(0), rest: Int64(0))
        // Whoever asks only for the size of what is mounted may wait for ever.
        let mounted = Set(((try? Mounts())?.below(tree) ?? []).map { Array($0.utf8.dropFirst(tree.utf8.count + 1)) })
        _ = TreeWalk.visit(tree, Place(path: [], isApart: false, isTop: true)) { folder, place in
            guard let folder else { return [] }
            if place.isTop {
                var raw = stat()
                if unsafe fstat(folder, &raw) == 0 { sums.rest += count(raw, nil) }
            }
            return look(folder, place, apart, mounted, &sums)
        }
        return sums
    }

    private struct Place {
        /// From the tree's top on, empty where no path matters.
        let path: [UInt8]
        let isApart: Bool
        var isTop = false
    }

    /// Counts what lies in a folder; gives the folders among it.
    private mutating func look(
        _ folder: Int32, _ place: Place, _ apart: Set<[UInt8]>, _ mounted: Set<[UInt8]>,
        _ sums: inout (apart: Int64, rest: Int64)
    ) -> [(name: [CChar], note: Place)] {
        guard let listing = try? Directory.openDirectory(folder, ".") else { return [] }
        var below: [(name: [CChar], note: Place)] = []
        try? Directory.forEachEntry(listing, "") { name, parent throws(SystemError) in
            var path: [UInt8] = []
            if !mounted.isEmpty || (!apart.isEmpty && !place.isApart) {
                path = place.path + (place.isTop ? [] : [UInt8(ascii: "/")])
                path += name.dropLast().map { UInt8(bitPattern: $0) }
                guard !mounted.contains(path) else { return }
            }
            var raw = stat()
            guard unsafe fstatat(parent, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else { return }
            let isApart = place.isApart || apart.contains(path)
            let size = count(raw, (parent, name))
            if isApart { sums.apart += size } else { sums.rest += size }
            if raw.st_mode & S_IFMT == S_IFDIR { below.append((name, Place(path: path, isApart: isApart))) }
        }
        return below
    }

    /// Bytes of one file, none where another of its names was counted.
    private mutating func count(_ raw: stat, _ file: (folder: Int32, name: [CChar])?) -> Int64 {
        let kind = raw.st_mode & S_IFMT
        var size = Int64(raw.st_blocks) * 512
        if kind != S_IFDIR, raw.st_nlink > 1 {
            switch care {
            case .names: size /= Int64(raw.st_nlink)
            case .blocks, .files:
                if !links.insert([UInt64(raw.st_dev), UInt64(raw.st_ino)]).inserted { return 0 }
            }
        }
        allocated += size
        if care == .blocks, kind == S_IFREG, size > 0, let file { note(file, UInt64(raw.st_dev)) }
        return size
    }

    private mutating func note(_ file: (folder: Int32, name: [CChar]), _ device: UInt64) {
        let number = unsafe openat(file.folder, file.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return }
        let descriptor = Descriptor(adopting: number)
        let disk = disks[device] ?? max(cposix_file_system_of(number), device)
        disks[device] = disk
        var extents = [cposix_extent](repeating: cposix_extent(), count: 64)
        var offset: UInt64 = 0
        while true {
            let count = unsafe cposix_extents(descriptor.number, offset, &extents, 64)
            guard count > 0 else { return }
            for extent in extents.prefix(Int(count)) where extent.flags & Int32(CPOSIX_EXTENT_SHARED) != 0 {
                shared.append(Span(device: disk, start: extent.physical, length: extent.length))
            }
            let last = extents[Int(count) - 1]
            guard last.flags & Int32(CPOSIX_EXTENT_LAST) == 0 else { return }
            offset = last.logical + last.length
        }
    }
}
