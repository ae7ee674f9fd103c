import Foundation
import Git
import POSIX
import Testing

/// What is read from an index, and that nothing which is none can do harm.
@Suite struct IndexFileTests {
    private func index(_ version: Int, _ format: String, _ prepare: String = ":") throws -> [UInt8] {
        let scratch = try Scratch()
        try scratch.git("config", "--global", "index.version", String(version))
        let fixture = try CloneFixture(scratch, format: format)
        try scratch.sh(prepare, in: fixture.repository.path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(fixture.repository.path)/.git/index")))
    }

    private func digest(_ format: String) -> Digest { Digest(format: format) }

    @Test("E3 an index is read, and written as git reads it", arguments: [2, 4], ["sha1", "sha256"])
    func roundTrip(_ version: Int, _ format: String) throws {
        let scratch = try Scratch()
        try scratch.git("config", "--global", "index.version", String(version))
        let repository = try CloneFixture(scratch, format: format).repository
        let path = "\(repository.path)/.git/index"
        try repository.git("config", "core.untrackedCache", "true")
        try repository.git("update-index", "--untracked-cache")
        try repository.git("status")
        let before = try repository.git("ls-files", "-s", "-z").bytes
        var index = try IndexFile([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), digest: digest(format))
        #expect(index.tree == (try repository.git("rev-parse", "HEAD^{tree}").line))
        #expect(index.entries.count == before.split(separator: 0).count)
        index.clear()
        try Data(index.contents).write(to: URL(fileURLWithPath: path))
        #expect(try repository.git("ls-files", "-s", "-z").bytes == before)
        try repository.fsck()
        #expect(try repository.git("status", "--porcelain").out == "")
    }

    @Test("E3 an index that only git understands is refused")
    func refused() throws {
        let split = try index(2, "sha1", "git update-index --split-index; printf 'n' >n; git add n")
        #expect(throws: IndexFile.Refusal.needs("link")) { try IndexFile(split, digest: .sha1) }
        let merging = try index(
            2, "sha1",
            "git checkout -qb x; echo 1 >c; git add c; git commit -qm 1; git checkout -q main; echo 2 >c; git add c; "
                + "git commit -qm 2; git merge -q x || :")
        #expect(throws: IndexFile.Refusal.entry) { try IndexFile(merging, digest: .sha1) }
        let flagged = try index(2, "sha1", "echo 1 >c; git add -N c")
        #expect(try IndexFile(flagged, digest: .sha1).hasFlags)
        #expect(throws: IndexFile.Refusal.truncated) { try IndexFile([], digest: .sha1) }
    }

    /// Bytes are changed, and the hash is made right again, so that the reader has to look for itself.
    @Test(
        "E3 H3 a garbled index is refused or read, and never crashes or hangs", arguments: [2, 4], ["sha1", "sha256"])
    func garbled(_ version: Int, _ format: String) throws {
        let whole = try index(version, format)
        let digest = digest(format)
        var dice = Dice(UInt64(version))
        var refusals = 0
        for round in 0..<1500 {
            var bytes = Array(whole.dropLast(digest.size))
            for _ in 0..<Int.random(in: 1...4, using: &dice) where !bytes.isEmpty {
                // Most of what can go wrong is in the lengths, near the start of each part.
                let place = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<5, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
                case 2: bytes.removeSubrange(place...)
                case 3: bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF], at: place)
                default: bytes[place] = 0xFF
                }
            }
            if round % 10 == 0, bytes.count > 12 { bytes.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF]) }
            bytes += digest.of(bytes[...])
            do {
                var index = try IndexFile(bytes, digest: digest)
                _ = index.tree
                index.clear()
                for entry in index.entries {
                    #expect(!index.path(entry).isEmpty && index.id(entry).count == digest.size)
                }
                #expect(try IndexFile(index.contents, digest: digest).entries.count == index.entries.count)
            } catch {
                refusals += 1
            }
        }
        #expect(refusals > 300)
        var wrong = whole
        wrong[whole.count / 2] ^= 1
        #expect(throws: IndexFile.Refusal.hash) { try IndexFile(wrong, digest: digest) }
    }

    @Test(
        "E3 paths that lead out of a tree, or into a repository, are refused",
        arguments: [
            "../x", "a/../x", "./x", "/x", "a//x", "a/", ".git/x", "a/.GIT/x", "..",
        ])
    func paths(_ path: String) throws {
        var bytes: [UInt8] = Array("DIRC".utf8) + [0, 0, 0, 2, 0, 0, 0, 1]
        var entry = [UInt8](repeating: 0, count: 62)
        (entry[26], entry[27]) = (0x81, 0xA4)
        entry[61] = UInt8(path.utf8.count)
        entry += Array(path.utf8)
        entry += [UInt8](repeating: 0, count: 8 - entry.count % 8)
        bytes += entry
        bytes += Digest.sha1.of(bytes[...])
        #expect(throws: IndexFile.Refusal.entry) { try IndexFile(bytes, digest: .sha1) }
    }

    @Test("E3 hashes are git's, at every length around a block", arguments: ["sha1", "sha256"])
    func hashes(_ format: String) throws {
        let scratch = try Scratch()
        let repository = Repository(scratch: scratch, path: try scratch.directory("r"))
        try repository.git("init", "-q", "--object-format=\(format)")
        let lengths = [0, 1, 48, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 70_000]
        for length in lengths {
            try scratch.write(
                "\(repository.path)/f\(length)", Data((0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }))
        }
        let ids = try repository.scratch.run(
            ["git", "hash-object"] + lengths.map { "f\($0)" }, in: repository.path
        ).ok().lines
        for (length, id) in zip(lengths, ids) {
            let blob = Array("blob \(length)\0".utf8) + (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
            let hash = digest(format).of(blob[...]).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(hash == id, "\(length) bytes")
        }
    }
}
