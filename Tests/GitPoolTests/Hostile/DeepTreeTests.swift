import Foundation
import POSIX
import Testing

/// Trees deeper than descriptors, paths or stacks go, and trees that hold what is mounted elsewhere.
@Suite struct DeepTreeTests {
    /// Folders in each other, made by one that goes down: no path names the last of them.
    private static let dig = """
        import os, sys
        os.chdir(sys.argv[1])
        for level in range(int(sys.argv[2])):
            os.mkdir("d"); os.chdir("d")
            if level + 1 == int(sys.argv[3]): os.mkdir(".git")
        open("leaf", "w").write("built\\n")
        """

    private func dig(_ levels: Int, repositoryAt level: Int = 0, in folder: String, _ scratch: Scratch) throws {
        try scratch.run(["/usr/bin/python3", "-c", DeepTreeTests.dig, folder, String(levels), String(level)]).ok()
    }

    private static let later: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "9999999"]

    private func gc(_ repository: Repository, descriptors: Int) throws -> Outcome {
        try repository.scratch.run(
            ["sh", "-c", "ulimit -n \(descriptors); exec git-pool gc"], in: repository.path, env: DeepTreeTests.later)
    }

    private func idle(_ repository: Repository, _ fill: (String) throws -> Void) throws -> String {
        let lease = try repository.lease("a")
        try repository.scratch.write("\(lease)/.gitignore", "*\n")
        try fill(lease)
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(lease)
        return lease
    }

    @Test(
        "H2 a tree of 2,000 levels goes with 64 descriptors, and with the 40 that leave hardly any",
        arguments: [64, 40])
    func goes(_ descriptors: Int) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        defer { _ = try? scratch.run(["rm", "-rf", repository.root]) }
        let lease = try idle(repository) { try dig(2000, in: $0, scratch) }
        try scratch.run(
            ["sh", "-c", "ulimit -n \(descriptors); exec git-pool list --status --json"], in: repository.path
        ).check(0)
        try gc(repository, descriptors: descriptors).check(0)
        #expect(!Scratch.exists(lease) && scratch.entries("\(repository.root)/trash").isEmpty)
        #expect(repository.records.isEmpty)
        try repository.checkSound()
    }

    @Test("H2 a repository 1,900 levels down keeps the slot, and what is below it")
    func keeps() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        defer { _ = try? scratch.run(["rm", "-rf", repository.root]) }
        let lease = try idle(repository) { try dig(2000, repositoryAt: 1900, in: $0, scratch) }
        _ = try gc(repository, descriptors: 64)
        #expect(try repository.state(at: lease) == "orphaned")
        let found = try scratch.run(["find", lease, "-name", "leaf"]).ok()
        #expect(found.lines.count == 1)
    }

    /// A file whose path from the tree's top is as long as one call takes: with the tree's own path it is longer.
    private static let reach = """
        import os, sys
        name = "n" * 250
        os.chdir(sys.argv[1])
        for level in range(16):
            if len(sys.argv) > 2: os.makedirs(name, exist_ok=True)
            os.chdir(name)
        for leaf, target in ("f" * 70, None), ("l" * 70, "precious"):
            if len(sys.argv) == 2: print(os.readlink(leaf) if target else open(leaf).read())
            elif target: os.path.lexists(leaf) and os.unlink(leaf); os.symlink(sys.argv[2], leaf)
            else: open(leaf, "w").write(sys.argv[2])
        """

    private func leaves(of tree: String, _ scratch: Scratch, becoming text: String? = nil) throws -> [String] {
        let words = ["/usr/bin/python3", "-c", DeepTreeTests.reach, tree] + (text.map { [$0] } ?? [])
        return try scratch.run(words).ok().lines
    }

    @Test("C3 a file whose whole path is longer than PATH_MAX is saved and brought back", arguments: [false, true])
    func longPath(isTracked: Bool) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        if isTracked {
            _ = try leaves(of: lease, scratch, becoming: "early")
            try repository.git("add", ".", in: lease)
            try repository.git("commit", "-q", "-m", "early", in: lease)
        }
        _ = try leaves(of: lease, scratch, becoming: "precious")
        try repository.pool("done", "--save", "a").check(0)
        try repository.settle(lease)
        let restored = try repository.pool("restore", "a", "--no-holder").ok().lines.last ?? ""
        #expect(try leaves(of: restored, scratch) == ["precious", "precious"])
        // What makes way for the save is seen as well.
        try repository.pool("save", "a").check(0)
        _ = try leaves(of: restored, scratch, becoming: "mine")
        try repository.pool("restore", "--here", "a", in: restored).check(7)
        #expect(try leaves(of: restored, scratch) == ["mine", "mine"])
    }

    @Test("E7 what is mounted inside a slot is neither removed nor taken for nothing")
    func mounted() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let outside = try scratch.directory("outside")
        try scratch.write("outside/theirs.txt", "precious\n")
        let lease = try idle(repository) { try scratch.directory("\($0)/cache") }
        let script = "mount --bind \"$1\" \"$2/cache\" && cd \"$3\" && exec git-pool gc"
        let outcome = try scratch.run(
            ["unshare", "-m", "sh", "-c", script, "sh", outside, lease, repository.path], in: repository.path,
            env: DeepTreeTests.later)
        guard outcome.status != 1 else { return print("skipped: nothing can be mounted here: \(outcome.err)") }
        #expect(try scratch.read("outside/theirs.txt") == "precious\n")
        #expect(try repository.state(at: lease) == "orphaned", "\(outcome)")
        // Without the mount it goes like any other.
        try repository.pool("done", "--discard", "a").check(0)
        #expect(try scratch.read("outside/theirs.txt") == "precious\n")
    }

    @Test("E7 a folder that became a link since it was listed: nothing is removed through it")
    func linked() throws {
        let scratch = try Scratch()
        try scratch.write("outside/f.txt", "precious\n")
        try scratch.write("tree/d/f.txt", "x\n")
        let file = TreeFile(scratch.at("tree"), Array("d/f.txt".utf8))
        let deeper = TreeFile(scratch.at("tree"), Array("d/e/f.txt".utf8))
        try scratch.sh("mv tree/d tree/was; ln -s ../outside tree/d; mkdir outside/e; touch outside/e/f.txt").ok()
        for file in [file, deeper] {
            #expect(throws: SystemError.self) { try file.removeWithEmptyFolders() }
        }
        #expect(try scratch.read("outside/f.txt") == "precious\n")
        #expect(Scratch.exists(scratch.at("outside/e/f.txt")))
        try scratch.sh("rm tree/d; mv tree/was tree/d").ok()
        try file.removeWithEmptyFolders()
        try deeper.removeWithEmptyFolders()
        #expect(scratch.entries(scratch.at("tree")).isEmpty)
    }
}
