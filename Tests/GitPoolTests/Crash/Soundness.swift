import Foundation
import Testing

/// What must hold whenever no git-pool command is running, whatever was killed before.
extension Repository {
    /// Slots, directories and admin entries are the same things; nothing half made lies about; git finds all of it sound.
    func checkSound(besides others: Set<String> = [], at location: SourceLocation = #_sourceLocation) throws {
        let slots = try slots(at: location)
        let paths = Set(slots.compactMap { $0["path"] as? String })
        let known = ["idle", "leased", "orphaned", "expiring"]
        let states = slots.compactMap { $0["state"] as? String }
        #expect(states.allSatisfy(known.contains), "\(states)", sourceLocation: location)
        let unfinished = records.filter { name in ["leasing", "releasing"].contains { name.hasSuffix($0) } }
        #expect(unfinished.isEmpty, "unfinished records", sourceLocation: location)
        #expect(records.count == slots.count, "\(records)", sourceLocation: location)

        let worktrees = Set(try linkedWorktrees).subtracting(others)
        #expect(
            worktrees == paths.subtracting(others), "worktrees that are no slots, or the other way round",
            sourceLocation: location)
        let folders = Set(scratch.entries(root).filter { $0 != ".git-pool" && $0 != "trash" }.map { "\(root)/\($0)" })
        #expect(folders == paths.filter { $0.hasPrefix(root + "/") }, "stray folders", sourceLocation: location)
        #expect(scratch.entries("\(root)/trash").isEmpty, "stray trash", sourceLocation: location)
        let strays = scratch.entries(state).filter { name in
            ["new-", "trash-", "save-"].contains { name.hasPrefix($0) } || name.hasSuffix(".tmp")
        }
        #expect(strays.isEmpty, "stray files in the pool's folder", sourceLocation: location)
        let drafts = scratch.entries("\(state)/slots").filter { $0.split(separator: ".").count != 2 }
        #expect(drafts.isEmpty, "stray records", sourceLocation: location)

        try git("fetch", "-q", ".", at: location)
        try git("status", at: location)
        let fsck = try git("fsck", "--no-progress", "--no-dangling", at: location)
        #expect(!(fsck.out + fsck.err).contains("missing"), "\(fsck)", sourceLocation: location)
        for worktree in worktrees { try git("status", in: worktree, at: location) }
    }

    /// Whether a text is in a file of a worktree of the pool, or in a blob that a save reaches.
    func holds(_ text: String, at location: SourceLocation = #_sourceLocation) throws -> Bool {
        let blob = try scratch.run(["git", "hash-object", "--stdin"], in: path, input: text).line
        if try git("rev-list", "--objects", "--glob=refs/pool/saved/*", at: location).out.contains(blob) { return true }
        let trees = Set(try linkedWorktrees + scratch.entries(root).map { "\(root)/\($0)" })
        return try trees.contains { place in
            try tree(of: place).values.contains { String(decoding: $0.bytes, as: UTF8.self) == text }
        }
    }

    /// Whether some ref leads to a commit, or a worktree that still stands, by its HEAD or what its reflog remembers.
    func reaches(_ commit: String, at location: SourceLocation = #_sourceLocation) throws -> Bool {
        try git("rev-list", "--all", "--reflog", at: location).lines.contains(commit)
    }

    /// All that a second `gc` must not change.
    func standing() throws -> [String: String] {
        var standing: [String: String] = ["refs": try git("for-each-ref").out]
        standing["worktrees"] = try git("worktree", "list", "--porcelain").out
        // What git answered is noted when its files are old enough, and a git that was told nothing ends by and by.
        for (name, entry) in try tree(of: state) where name != "configuration" && !name.hasPrefix("branch-") {
            standing["state/\(name)"] = entry.description
        }
        for (name, entry) in try tree(of: root) where !name.hasSuffix("/.git") {
            standing["root/\(name)"] = entry.description
        }
        return standing
    }
}
