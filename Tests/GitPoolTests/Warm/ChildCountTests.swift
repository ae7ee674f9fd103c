import Foundation
import GitPool
import Testing

/// How many git commands the fast paths run, and that none of them reads an index where nothing differs.
@Suite struct ChildCountTests {
    private struct Event: Decodable {
        let event: String
        let argv: [String]?
        let label: String?
    }

    /// The first calls in a pool ask which git it has to do with, and what is configured until that was left alone.
    private func warmUp(_ repository: Repository) throws {
        let isKnown = try Scratch.poll(5) { try traced(repository, ["list"]).commands.isEmpty }
        try #require(isKnown)
    }

    /// The commands that git-pool itself starts, and whether one of them read an index.
    private func traced(
        _ repository: Repository, _ words: [String], env: [String: String?] = [:], status: Int32 = 0
    ) throws -> (commands: [String], readsIndex: Bool) {
        let trace = repository.scratch.at("trace")
        try repository.scratch.write("trace", "")
        var env = env
        env["GIT_TRACE2_EVENT"] = trace
        try repository.scratch.run(["git-pool"] + words, in: repository.path, env: env).check(status)
        let events = try repository.scratch.read(trace).split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(Event.self, from: Data(line.utf8))
        }
        let commands = events.filter { $0.event == "start" }.compactMap(\.argv).map { words in
            // Past the options of git itself.
            var rest = words.dropFirst()
            while let word = rest.first, word.hasPrefix("-") {
                rest = rest.dropFirst(["-c", "-C"].contains(word) ? 2 : 1)
            }
            return rest.first ?? ""
        }
        // Some run at the same time.
        return (commands.sorted(), events.contains { $0.label == "do_read_index" })
    }

    private func idle() throws -> Repository {
        let repository = try Scratch().repository(files: ["a.txt": "one\n", "d/b.txt": "two\n"])
        try repository.pool("warm").ok()
        try warmUp(repository)
        return repository
    }

    @Test("E1 a warm add runs one git command, which reads no index")
    func warmAdd() throws {
        let repository = try idle()
        let add = ["add", "--pid", try repository.scratch.holderPid(), "a"]
        let found = try traced(repository, add)
        #expect(found.commands == ["update-ref"])
        #expect(!found.readsIndex)
        #expect(try repository.lease("b") != repository.slot(1))
    }

    @Test("E2 a cold add asks git for a branch and the tree of its commit, and for no file that a worktree has")
    func coldAdd() throws {
        let repository = try idle()
        let add = ["add", "--fresh", "--pid", try repository.scratch.holderPid()]
        _ = try traced(repository, add)
        try warmUp(repository)
        #expect(try traced(repository, add).commands == ["rev-parse", "update-ref"])
    }

    @Test(
        "B14 git is asked for attributes that it may read where a cold add does not look",
        arguments: ["~root/attributes", "%(prefix)/attributes", "installed"])
    func attributes(_ place: String) throws {
        let repository = try idle()
        _ = try repository.lease("a")
        if place == "installed" {
            let scratch = repository.scratch
            try scratch.write("opt/etc/gitattributes", "*.txt eol=crlf\n")
            try scratch.sh("mkdir opt/bin; ln -s \"$(command -v git)\" opt/bin/git", in: scratch.path).ok()
            scratch.findFirst(in: scratch.at("opt/bin"))
        } else {
            try repository.git("config", "core.attributesFile", place)
        }
        let add = ["add", "--fresh", "--pid", try repository.scratch.holderPid()]
        #expect(try traced(repository, add).commands.contains("check-attr"))
    }

    @Test("C7 done runs one git status before it returns; what follows behind are a handful of commands")
    func done() throws {
        let repository = try idle()
        _ = try repository.lease("a")
        try warmUp(repository)
        let killed = ["GIT_POOL_FAULT": FaultPoint.releasing.rawValue]
        let found = try traced(repository, ["done", "a"], env: killed, status: 137)
        #expect(found.commands == ["status"])
        try repository.pool("gc").ok()
        #expect(try repository.lease("a") == repository.slot(1))
        try warmUp(repository)
        let all = try traced(repository, ["done", "a"]).commands
        #expect(all.count <= 9, "\(all)")
        #expect(repository.records == ["1.idle"])
    }

    enum Shape: CaseIterable { case two, four, sha256 }

    @Test("C3 flags that hide changes are seen whatever the index looks like", arguments: Shape.allCases)
    func flags(_ shape: Shape) throws {
        let scratch = try Scratch()
        let repository = Repository(scratch: scratch, path: try scratch.directory("repo"))
        try repository.git("init", "-q", "--object-format=\(shape == .sha256 ? "sha256" : "sha1")")
        let long = String(repeating: "long/", count: 100) + "name.txt"
        let files = ["a.txt": "one\n", "d/b.txt": "two\n", "ünï.txt": "three\n", long: "deep\n"]
        try repository.commit("first", files)
        try repository.git("config", "index.version", shape == .four ? "4" : "2")
        let lease = try repository.lease("a")
        try warmUp(repository)
        let killed = ["GIT_POOL_FAULT": FaultPoint.doneJudged.rawValue]
        // Without flags the file alone is read.
        let found = try traced(repository, ["done", "a"], env: killed, status: 137)
        #expect(found.commands == ["status"])
        for (flag, negation) in [
            ("--assume-unchanged", "--no-assume-unchanged"), ("--skip-worktree", "--no-skip-worktree"),
        ] {
            try repository.git("update-index", flag, "d/b.txt", in: lease)
            try scratch.write("\(lease)/d/b.txt", "secret\n")
            try repository.pool("done", "a").check(7, says: "d/b.txt")
            try repository.git("update-index", negation, "d/b.txt", in: lease)
            try repository.git("checkout", "-q", "d/b.txt", in: lease)
        }
        try repository.git("update-index", "--split-index", in: lease)
        try repository.git("update-index", "--assume-unchanged", "d/b.txt", in: lease)
        try scratch.write("\(lease)/d/b.txt", "secret\n")
        try repository.pool("done", "a").check(7, says: "d/b.txt")
    }
}
