internal import Git
internal import POSIX

/// What the pool root's file system can do: found by one trial, and remembered for its device.
struct StorageProbe {
    let pool: Pool
    /// The pool root.
    let root: String

    private var note: Note { Note(path: Path.join(pool.directory, "storage")) }

    /// The way to make a slot there: the configured one or one that is slower, never one the disk has not.
    func storage() -> Storage {
        if pool.settings.clone.storage == .checkout { return .checkout }
        guard let device = try? Files.status(root).device else { return .checkout }
        let able = noted(device) ?? remember(tryOut(), device)
        return min(pool.settings.clone.storage ?? able, able)
    }

    /// The way that would be taken, by what is known without a try; nil if only one can tell.
    var known: Storage? {
        if pool.settings.clone.storage == .checkout || FileSystem(holding: root).isShared { return .checkout }
        let able =
            (try? Files.status(root).device).flatMap(noted) ?? (FileSystem(holding: root).cannotClone ? .copy : nil)
        return able.map { min(pool.settings.clone.storage ?? $0, $0) }
    }

    /// A way that was noted has failed: it is tried anew, and if it seems to work still, it is not believed.
    func demote(_ failed: Storage) {
        guard let device = try? Files.status(root).device else { return }
        _ = remember(min(tryOut(), failed.below), device)
    }

    private func noted(_ device: UInt64) -> Storage? {
        guard let words = note.words(2), words[0] == String(device) else { return nil }
        return Storage(rawValue: words[1])
    }

    private func remember(_ storage: Storage, _ device: UInt64) -> Storage {
        try? note.write(String(device), storage.rawValue)
        return storage
    }

    /// Over a network every byte would cross twice: there git's checkout is no worse.
    private func tryOut() -> Storage {
        if FileSystem(holding: root).isShared { return .checkout }
        let trash = SlotRecord.trashFolder(in: root)
        guard (try? Files.makeDirectories(trash)) != nil else { return .checkout }
        guard CloneAbility.canShare(in: trash) else { return .copy }
        return CloneAbility.canSnapshot(in: trash) ? .snapshot : .reflink
    }
}
