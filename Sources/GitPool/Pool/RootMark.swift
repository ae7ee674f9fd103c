internal import Git
internal import POSIX

/// Which repository owns a folder of slots, by the file in it; an unreadable file means that it is somebody else's.
struct RootMark: Sendable, Equatable {
    /// The common dir of the repository that marked it; empty where that cannot be read.
    let owner: String
    /// That repository's `Home`; nil if a git-pool of before such ids wrote it.
    private let id: String?

    private static func path(_ folder: String) -> String { Path.join(folder, ".git-pool") }

    /// Nil where a folder has none.
    init?(of folder: String) throws(SystemError) {
        do { self.init(try Files.read(RootMark.path(folder), limit: 65536)) } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    private init(_ bytes: [UInt8]) {
        let lines = bytes.last == 0x0A ? Text.lines(bytes) : []
        owner = lines.first.flatMap { Path.isAbsolute($0) ? $0 : nil } ?? ""
        id = lines.count > 1 ? lines[1] : nil
    }

    var isDamaged: Bool { owner.isEmpty }

    /// By the id wherever the repository stands now; by its place alone if one of the two has no id.
    func isOf(_ pool: Pool) -> Bool {
        let isHere = Path.isSame(owner, pool.repository.commonDirectory)
        guard let home = pool.home else { return isHere }
        guard let id else { return isHere || home.stood(at: owner, pool) }
        return id == home.id && home.isOurs(in: pool)
    }

    /// The id in a folder that a repository at this place marked.
    static func id(in folder: String, of pool: Pool) -> String? {
        guard let mark = (try? RootMark(of: folder)) ?? nil, Path.isSame(mark.owner, pool.repository.commonDirectory)
        else { return nil }
        return mark.id
    }

    /// The mark of a pool's own folders.
    init(for pool: Pool) {
        owner = pool.repository.commonDirectory
        id = pool.home.flatMap { $0.isOurs(in: pool) ? $0.id : nil }
    }

    private var text: [UInt8] { Array(([owner] + [id].compactMap { $0 }).map { $0 + "\n" }.joined().utf8) }

    /// Marks a folder that has no mark; fails with `isExisting` if it got one meanwhile.
    static func make(in folder: String, for pool: Pool) throws(SystemError) {
        try Files.create(path(folder), RootMark(for: pool).text)
    }

    static func replace(in folder: String, for pool: Pool) throws(SystemError) {
        try Files.replace(path(folder), RootMark(for: pool).text)
    }
}
