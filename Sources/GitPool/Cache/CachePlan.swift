internal import Git
internal import POSIX

/// How one tool's cache is kept in one slot: what was asked for, or what the preset says.
package struct CachePlan: Sendable {
    package let tool: String
    package let mode: CacheMode
    /// Whether the user chose the mode.
    package let isAsked: Bool
    let preset: CachePreset?
    let wish: CacheSettings.Wish

    init?(preset: CachePreset?, tool: String, wish: CacheSettings.Wish) {
        // Without a preset a tool is what its variable says.
        guard let mode = wish.mode ?? preset?.modes.first ?? (wish.variable == nil ? nil : .slot) else { return nil }
        self.tool = tool
        self.mode = mode
        isAsked = wish != CacheSettings.Wish()
        self.preset = preset
        self.wish = wish
    }

    var variables: [CachePreset.Variable] {
        wish.variable.map { [CachePreset.Variable($0)] } ?? preset?.variables ?? []
    }

    /// Under any of these names the user may have said where the cache is.
    var names: [String] { variables.map(\.name) + (preset?.aliases ?? []) }

    /// Whether the tool would do the same if nobody told it anything.
    var isToolsOwn: Bool {
        guard wish.path == nil, wish.variable == nil, let preset else { return false }
        switch (preset.home, mode) {
        case (.tree, .slot), (.tree, .clone): return true
        case (.user, .shared): return !isAsked
        case (.tree, .shared), (.user, .slot), (.user, .clone): return variables.isEmpty
        }
    }

    /// The tool's cache for a slot; nil where the tool keeps it by itself.
    ///
    /// - Parameter folder: where the pool keeps caches.
    func directory(of record: SlotRecord, in folder: CacheFolder, home: String?) -> String? {
        if mode == .shared { return sharedDirectory(in: folder, home: home) }
        guard !isToolsOwn, !variables.isEmpty else { return nil }
        guard let path = wish.path else { return Path.join(folder.own(record.slot), tool) }
        guard let place = absolute(path, home: home) else { return Path.normalize(Path.join(record.path, path)) }
        return Path.join(place, Path.name(record.path))
    }

    /// The same for all slots, in mode `shared`.
    func sharedDirectory(in folder: CacheFolder, home: String?) -> String? {
        guard !isToolsOwn, !variables.isEmpty else { return nil }
        guard let path = wish.path else { return Path.join(folder.shared, tool) }
        return absolute(path, home: home) ?? Path.normalize(Path.join(folder.shared, path))
    }

    private func absolute(_ path: String, home: String?) -> String? {
        if Path.isAbsolute(path) { return Path.normalize(path) }
        return path.hasPrefix("~/") ? Path.join(home ?? "/", String(path.dropFirst(2))) : nil
    }

    /// Whether the tool is used in a tree: at its top, or one folder below. What a user added himself is always used.
    func isUsed(in tree: String) -> Bool {
        guard let preset else { return true }
        func isMarked(_ folder: String) -> Bool {
            preset.markers.contains { (try? Files.status(Path.join(folder, $0)))?.kind == .file }
        }
        if isMarked(tree) { return true }
        let folders = ((try? Directory.entries(tree)) ?? []).filter { !$0.hasPrefix(".") }
        return folders.contains { Files.isDirectory(Path.join(tree, $0)) && isMarked(Path.join(tree, $0)) }
    }
}

extension CacheSettings {
    /// The plan for every tool that is known or configured, in a fixed order.
    package var plans: [CachePlan] {
        let known = CachePreset.all.compactMap {
            CachePlan(preset: $0, tool: $0.tool, wish: wishes[$0.tool] ?? Wish())
        }
        let own = wishes.keys.filter { tool in !CachePreset.all.contains { $0.tool == tool } }.sorted()
        return known + own.compactMap { CachePlan(preset: nil, tool: $0, wish: wishes[$0] ?? Wish()) }
    }

    /// Tools that are neither known nor told which variable is theirs: nothing can be done for them.
    var unknownTools: [String] {
        wishes.keys.filter { tool in
            wishes[tool]?.variable == nil && !CachePreset.all.contains { $0.tool == tool }
        }.sorted()
    }
}

/// Where a pool keeps the caches that lie in no worktree: beside the slots, so on their disk, and gone with the pool.
package struct CacheFolder: Sendable, Equatable {
    package let path: String
    /// Repositories that share a root share no cache.
    private let part: String

    init(_ place: PoolRoot.Place) {
        path = Path.join(place.folder, "cache")
        part = Path.join(path, place.name)
    }

    package var shared: String { Path.join(part, "shared") }

    /// A slot's own, which goes when the slot goes.
    func own(_ slot: Int) -> String { Path.join(part, String(slot)) }
}

extension Pool {
    /// Nil before the first slot.
    var cacheFolder: CacheFolder? { PoolRoot.standing(self).map(CacheFolder.init) }
}
