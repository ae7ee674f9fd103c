internal import Git
internal import POSIX

/// The texts a save keeps beside the files.
struct SavedState {
    let index: [UInt8]
    let intents: [UInt8]
    private let refs: [UInt8]
    let permissions: [[UInt8]: UInt32]
    private(set) var assumed: [[UInt8]] = []
    private(set) var skipped: [[UInt8]] = []
    private let tree: String
    private let git: Git

    private static func refuse(_ what: ArraySlice<UInt8>) -> PoolError {
        .restoreBlocked(.notOurs(String(decoding: what, as: UTF8.self)))
    }

    /// A path of the worktree, and nothing of its repository or outside: git would not check out another either.
    static func check(_ path: ArraySlice<UInt8>) throws {
        for part in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            let name = String(decoding: part, as: UTF8.self).lowercased()
            if ["", ".", "..", ".git"].contains(name) { throw refuse(path) }
        }
    }

    init(_ saved: Saved, _ git: Git) throws {
        self.git = git
        // HEAD is the first parent where there was one, the state the one after it.
        tree = try git.line(["rev-parse", saved.id + (saved.head == nil ? "^1^{tree}" : "^2^{tree}")])
        let tree = tree
        func text(_ name: String) throws -> [UInt8] { try git.run(["cat-file", "blob", "\(tree):\(name)"]) }
        index = try text("index")
        intents = try text("intents")
        refs = try text("refs")
        var modes: [[UInt8]: UInt32] = [:]
        for record in Text.records(try text("permissions")) {
            let digits = record.prefix { $0 != 0x20 }
            modes[Array(record.dropFirst(digits.count + 1))] = UInt32(String(decoding: digits, as: UTF8.self), radix: 8)
        }
        permissions = modes
        for record in Text.records(try text("flags")) {
            guard let tag = record.first else { continue }
            let path = Array(record.dropFirst(2))
            if tag == UInt8(ascii: "S") || tag == UInt8(ascii: "s") { skipped.append(path) }
            if (0x61...0x7A).contains(tag) { assumed.append(path) }
        }
    }

    /// The refs of the worktree alone.
    func privateRefs() throws -> [(ref: String, id: String)] {
        try refs.split(separator: 0x0A).map { line in
            let words = line.split(separator: 0x20, maxSplits: 1)
            guard words.count == 2, Text.isObjectID(String(decoding: words[0], as: UTF8.self)),
                ["refs/worktree/", "refs/bisect/", "refs/rewritten/"].contains(where: { words[1].starts(with: $0.utf8) }
                )
                    || PrivateRefs.operations.contains(where: { words[1].elementsEqual($0.utf8) })
            else { throw SavedState.refuse(line) }
            return (String(decoding: words[1], as: UTF8.self), String(decoding: words[0], as: UTF8.self))
        }
    }

    func operation() throws -> [(path: String, bytes: [UInt8])] {
        let names = Text.records(
            try git.run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", tree, "operation/"]))
        return try names.map { name in
            let path = String(decoding: name, as: UTF8.self)
            let file = String(decoding: name.dropFirst(10), as: UTF8.self)
            guard Operation.knows(file) else { throw SavedState.refuse(name) }
            return (file, try git.run(["cat-file", "blob", "\(tree):\(path)"]))
        }
    }
}
