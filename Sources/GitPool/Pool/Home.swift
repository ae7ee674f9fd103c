internal import Git
internal import POSIX

/// The identity of a pool: an id, and the inode of the folder it was written in, which stays the same when the
/// repository is moved within a disk and differs in a copy.
///
/// An empty old place proves nothing, because its disk may be away. Only what is noted here tells a moved repository
/// from a copied one; where neither is certain, slots and folders keep their owner.
struct Home: Sendable, Equatable {
    enum Fate: Sendable, Equatable {
        /// It stands where it stood.
        case stays
        /// It is the same folder in another place.
        case moved
        /// The repository that it was copied from stands where it stood.
        case copied(from: String)
        /// A copy whose first is away, or one that was moved from another disk.
        case unknown
    }

    let id: String
    /// Where the repository stood while slots and folders were made for it; the last is where it was seen last.
    private let places: [String]
    /// Device and inode of the folder that the note is in.
    private let folder: [UInt64]

    private init(id: String, places: [String], folder: [UInt64]) {
        (self.id, self.places, self.folder) = (id, places, folder)
    }

    private static func path(_ pool: String) -> String { Path.join(pool, "home") }

    private static func folder(_ path: String) -> [UInt64]? {
        (try? Files.status(path)).map { [$0.device, $0.inode] }
    }

    /// What is noted in a pool's own directory; nil where nothing is, or nothing that can be understood.
    init?(in directory: String) {
        guard let bytes = try? Files.read(Home.path(directory), limit: 65536), bytes.last == 0x0A else { return nil }
        let lines = Text.lines(bytes)
        let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.dropFirst().compactMap { UInt64($0) }
        guard words.count == 3, !words[0].isEmpty, numbers.count == 2, lines.count > 1 else { return nil }
        self.init(id: String(words[0]), places: Array(lines.dropFirst()), folder: numbers)
    }

    func fate(in pool: Pool) -> Fate {
        if isLastSeen(in: pool) { return .stays }
        if folder == Home.folder(pool.directory) { return .moved }
        guard let first = places.last else { return .unknown }
        let directory = Path.join(first, Pool.folder)
        // With the same inode it may be this very folder, seen through another mount.
        guard let other = Home(in: directory), other.id == id, other.folder == Home.folder(directory),
            let own = Home.folder(pool.directory), other.folder[1] != own[1]
        else { return .unknown }
        return .copied(from: first)
    }

    /// Whether this is the repository that the note is of, and not a copy.
    func isOurs(in pool: Pool) -> Bool {
        switch fate(in: pool) {
        case .stays, .moved: true
        case .copied, .unknown: false
        }
    }

    /// Whether this repository is the one that stood there.
    func stood(at commonDirectory: String, _ pool: Pool) -> Bool {
        places.contains { Path.isSame($0, commonDirectory) } && isOurs(in: pool)
    }

    /// Writes down where the pool is if that is not known, before anything is made that will have to be found again. What
    /// may be another's note stays.
    static func note(_ pool: Pool) throws {
        if let home = Home(in: pool.directory), home.isTrue(of: pool) || !home.isOurs(in: pool) { return }
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        let home = Home(in: pool.directory)
        guard let home else {
            // A note that was lost is written anew as the folders of the slots know it.
            let folders = pool.roots() + pool.foldersOfLinkedTrees()
            let id = folders.lazy.compactMap { RootMark.id(in: $0, of: pool) }.first
            return try write(pool, id: id, places: [])
        }
        if home.isOurs(in: pool) { try write(pool, id: home.id, places: home.places) }
    }

    /// The user's word: it was moved here from all of these places.
    static func claim(_ places: [String], for pool: Pool) throws {
        let guarding = try pool.lock()
        defer { extendLifetime(guarding) }
        let home = Home(in: pool.directory)
        let known = home.map { $0.isOurs(in: pool) ? $0.places : [] } ?? []
        try write(pool, id: home?.id, places: known + places)
    }

    private func isLastSeen(in pool: Pool) -> Bool {
        places.last.map { Path.isSame($0, pool.repository.commonDirectory) } ?? false
    }

    private func isTrue(of pool: Pool) -> Bool {
        isLastSeen(in: pool) && folder == Home.folder(pool.directory)
    }

    static func write(_ pool: Pool, id: String?, places: [String]) throws {
        let here = pool.repository.commonDirectory
        guard let folder = folder(pool.directory), !here.utf8.contains(0x0A) else { return }
        if Home(in: pool.directory)?.folder != folder { try pool.doubtIdleSlots() }
        let lines = places.uniqued().filter { $0 != here } + [here]
        let first = "\(id ?? RandomID.make()) \(folder[0]) \(folder[1])"
        try Files.replace(path(pool.directory), Array(([first] + lines).map { $0 + "\n" }.joined().utf8))
    }
}

extension Pool {
    var home: Home? { Home(in: directory) }

    /// Records that were copied here, as out of a backup, may be older than the trees: idle slots are judged before they
    /// are leased, like those of an earlier boot. The caller has the pool lock.
    fileprivate func doubtIdleSlots() throws {
        for slot in try slots(reading: [.idle]) {
            guard slot.state == .idle, var record = slot.record else { continue }
            record.bootID = ""
            try write(record, as: .idle)
        }
    }
}
