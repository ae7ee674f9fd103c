internal import Git
internal import POSIX

/// A read-only btrfs subvolume with the files of one tree, each verified when it was made, and the index that belongs
/// to them. Nobody could write to it since, so a snapshot needs no verification, and its index is right to the last
/// time stamp.
struct Template {
    private let folder: String
    private let tree: String

    var files: String { Path.join(folder, "tree") }
    var index: String { Path.join(folder, "index") }

    /// The one that the pool has, if it is of this tree.
    init?(of tree: String, in pool: Pool) {
        guard let noted = Template.noted(in: pool), noted.tree == tree else { return nil }
        self = noted
    }

    private init(_ folder: String, _ tree: String) {
        self.folder = folder
        self.tree = tree
    }

    /// A new one, empty, which nobody knows of but the slot whose record has this `workID`; nil for a slot that stands
    /// elsewhere than new ones do.
    init?(making tree: String, _ workID: String, in pool: Pool, root: String) throws {
        guard let place = PoolRoot.standing(pool), place.folder == root else { return nil }
        self.init(Path.join(Template.home(place), workID), tree)
        try Files.makeDirectories(folder)
        try Subvolume.make(files)
    }

    /// From here on it changes no more, and is the pool's.
    func publish(_ pool: Pool) throws {
        try Subvolume(opening: files).setReadOnly(true)
        try Files.replace(Template.note(pool), Array("\(folder)\n\(tree)\n".utf8))
    }

    /// Files and folders as they are here, where nothing stands; false where the template was being removed meanwhile.
    func snapshot(to path: String) throws -> Bool {
        let subvolume = try Subvolume(opening: files)
        try subvolume.snapshot(to: path)
        // Whoever removes it makes it writable before the first file goes.
        return subvolume.isReadOnly
    }

    func remove() {
        if let subvolume = try? Subvolume(opening: files) { try? subvolume.setReadOnly(false) }
        try? Directory.removeTree(folder)
    }

    /// That there can be none of this tree, as git writes other bytes than a file's blob, or it has submodules: found out
    /// once, and forgotten with the next tree.
    static func refuse(_ tree: String, in pool: Pool) throws {
        try Files.replace(refusal(pool), Array((tree + "\n").utf8))
    }

    static func isRefused(_ tree: String, in pool: Pool) -> Bool {
        (try? Files.read(refusal(pool), limit: 4096)).map(Text.line) == tree
    }

    private static func refusal(_ pool: Pool) -> String { Path.join(pool.directory, "template-refused") }

    private static func home(_ place: PoolRoot.Place) -> String {
        Path.join(place.folder, "templates/" + place.name)
    }

    private static func note(_ pool: Pool) -> String { Path.join(pool.directory, "template") }

    private static func noted(in pool: Pool) -> Template? {
        guard let lines = (try? Files.read(note(pool), limit: 65536)).map(Text.lines), lines.count == 2,
            Path.isAbsolute(lines[0]), Text.isObjectID(lines[1])
        else { return nil }
        return Template(lines[0], lines[1])
    }

    /// Removes those that another took the place of, those that were never finished, and with the last slot all.
    static func sweep(_ pool: Pool) {
        guard let place = PoolRoot.standing(pool) else { return }
        let home = home(place)
        // In this order: whoever is at one has a record, and one that is finished by then is noted.
        guard let names = try? Directory.entries(home), !names.isEmpty else { return }
        if names == [noted(in: pool).map { Path.name($0.folder) }], (try? pool.peek(reading: []).isEmpty) == false {
            return
        }
        guard let slots = try? pool.snapshot() else { return }
        let records = slots.compactMap(\.record)
        // A record that cannot be read may be that of its maker.
        guard records.count == slots.count else { return }
        let isLast = records.isEmpty
        if isLast { try? Files.unlink(note(pool)) }
        let current = noted(in: pool)
        // A folder that somebody named for slots may have one of this name with files of their own.
        for name in names where SlotRecord.isWorkID(name) {
            let template = Template(Path.join(home, name), "")
            guard template.folder != current?.folder, !records.contains(where: { $0.workID == name }) else { continue }
            template.remove()
        }
        try? Files.removeDirectory(home)
        try? Files.removeDirectory(Path.parent(home) ?? home)
    }
}
