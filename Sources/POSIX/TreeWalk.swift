internal import CPOSIX
internal import Glibc

/// A walk through a tree with few descriptors and little stack however deep it goes: down by name, never through a link
/// or onto what is mounted there, and up only to the very folder that it came down from.
struct TreeWalk: ~Copyable {
    /// Folders above that stay open; below them the way up is `..`, by whose identity the folder is known again.
    private static let reach = 16

    private var here: Int32
    private var above: [(number: Int32, device: dev_t, inode: ino_t)] = []

    private init(_ path: String) throws(SystemError) { here = try Directory.openDirectory(AT_FDCWD, path) }

    deinit {
        _ = close(here)
        for level in above where level.number >= 0 { _ = close(level.number) }
    }

    /// Shows each folder of a tree once, those above first, with the note that it was named with. `look` gets the
    /// folder's descriptor, which is lent, or nil where it cannot be opened, and says which folders in it to go into.
    ///
    /// - Returns: whether the walk came to its end; not where the tree was moved about meanwhile.
    static func visit<Note>(
        _ path: String, _ note: Note, _ look: (Int32?, Note) -> [(name: [CChar], note: Note)]
    ) -> Bool {
        var walk: TreeWalk
        do { walk = try TreeWalk(path) } catch {
            _ = look(nil, note)
            return true
        }
        var waiting = [look(walk.here, note)]
        while true {
            guard let next = waiting[waiting.count - 1].popLast() else {
                waiting.removeLast()
                guard !waiting.isEmpty else { return true }
                guard walk.leave() else { return false }
                continue
            }
            guard walk.enter(next.name) else {
                _ = look(nil, next.note)
                continue
            }
            waiting.append(look(walk.here, next.note))
        }
    }

    private mutating func enter(_ name: [CChar]) -> Bool {
        var raw = stat()
        let isFar = above.count >= TreeWalk.reach
        if isFar, unsafe fstat(here, &raw) != 0 { return false }
        let below = unsafe cposix_open_folder(here, name)
        guard below >= 0 else { return false }
        above.append((isFar ? -1 : here, raw.st_dev, raw.st_ino))
        if isFar { _ = close(here) }
        here = below
        return true
    }

    private mutating func leave() -> Bool {
        guard let level = above.popLast() else { return false }
        var number = level.number
        if number < 0 {
            var raw = stat()
            number = unsafe openat(here, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard number >= 0 else { return false }
            guard unsafe fstat(number, &raw) == 0, raw.st_dev == level.device, raw.st_ino == level.inode else {
                _ = close(number)
                return false
            }
        }
        _ = close(here)
        here = number
        return true
    }
}
