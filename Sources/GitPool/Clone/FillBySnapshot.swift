internal import Git
internal import POSIX

/// The fastest way to fill a tree: a snapshot takes the place of the empty tree as a whole, or nothing changes.
extension Fill {
    /// Whether the pool's template is what was asked for, and now stands at `tree` with its index.
    ///
    /// The first slot of a tree is cloned by its files; the second one makes the template, and each one after that costs
    /// one snapshot.
    func snapshot() throws -> Bool {
        guard pool.settings.allowsCloning, StorageProbe(pool: pool, root: root).storage() == .snapshot else {
            return false
        }
        let wanted = try wanted()
        guard let template = try Template(of: wanted, in: pool) ?? makeTemplate(wanted) else { return false }
        let aside = Path.join(SlotRecord.trashFolder(in: root), workID)
        // What is left there in the end is the empty folder with its `.git` file, or a snapshot that came to nothing.
        defer { try? Directory.removeTree(aside) }
        do {
            let index = try Files.read(template.index)
            try Files.create(draft, index, mode: 0o644)
            try Files.makeDirectories(SlotRecord.trashFolder(in: root))
            if try conversions(index).isEmpty, try template.snapshot(to: aside) {
                pool.faults.reach(.addSnapshotted)
                let link = try Files.read(Path.join(tree, ".git"), limit: 65536)
                try Files.create(Path.join(aside, ".git"), link, mode: 0o644)
                try Files.exchange(aside, tree)
                pool.faults.reach(.addExchanged)
                return true
            }
        } catch {}
        try Files.unlink(draft)
        return false
    }

    /// Whether configuration or attributes would have git write other bytes today.
    private func conversions(_ bytes: [UInt8]) throws -> Conversions {
        let index = try IndexFile(bytes, digest: Digest(format: pool.repository.objectFormat))
        return try Conversions(
            of: index, drafting, pool.settings.configuration, common: pool.repository.commonDirectory)
    }

    /// Nil where no slot of this tree was made before, or where not every file of it can be proven.
    private func makeTemplate(_ wanted: String) throws -> Template? {
        guard try pool.peek().contains(where: { $0.number != number && $0.record?.head == commit }) else { return nil }
        guard !Template.isRefused(wanted, in: pool),
            let template = try Template(making: wanted, workID, in: pool, root: root)
        else { return nil }
        do {
            var fill = self
            fill.tree = template.files
            fill.git = git.at(.exactly(gitDirectory: admin.path, workTree: template.files))
            if let result = try fill.clone(), result.isWhole, result.unconverted != nil {
                try Files.rename(draft, template.index)
                pool.faults.reach(.templateFilled)
                try template.publish(pool)
                pool.faults.reach(.templatePublished)
                return template
            }
        } catch {
            template.remove()
            throw error
        }
        template.remove()
        try? Files.unlink(draft)
        try Template.refuse(wanted, in: pool)
        return nil
    }
}
