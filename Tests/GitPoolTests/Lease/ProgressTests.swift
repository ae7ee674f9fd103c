import Testing

/// Who waits for the files of a new worktree is told how far they are, as by `git worktree add`.
@Suite struct ProgressTests {
    @Test(
        "B1 a terminal is shown how far the files of a new worktree are",
        arguments: [[], ["-c", "pool.storage=checkout"]])
    func shown(_ options: [String]) throws {
        let repository = try Scratch().repository()
        func add(_ words: String..., delay: String) throws -> (screen: String, path: String) {
            let terminal = try Terminal(
                repository.scratch, ["git"] + options + ["pool", "add", "--no-holder"] + words, in: repository.path,
                env: ["GIT_PROGRESS_DELAY": delay])
            let screen = try terminal.process.wait().ok().out
            return (screen, screen.split(whereSeparator: \.isNewline).last.map(String.init) ?? "")
        }
        let slow = try add("a", delay: "0")
        #expect(slow.screen.contains("Updating files: 100% (") && slow.screen.contains(", done.\r\n"), "\(slow)")
        #expect(slow.path == repository.slot(1))
        for quick in [try add("b", delay: "900"), try add("-q", "c", delay: "0")] {
            #expect(!quick.screen.contains("Updating"), "\(quick)")
        }
        let caught = try repository.scratch.run(
            ["git"] + options + ["pool", "add", "--no-holder", "d"], in: repository.path,
            env: ["GIT_PROGRESS_DELAY": "0"])
        #expect(!caught.err.contains("Updating"), "\(caught)")
    }

    @Test("B1 a terminal is shown how far an idle slot is that has another commit")
    func moved() throws {
        let repository = try Scratch().repository()
        let early = try repository.lease("early", "--no-holder")
        try repository.pool("done", "early").ok()
        try repository.settle(early)
        try repository.commit("more", ["a.txt": "a\n", "b.txt": "b\n"])
        let terminal = try Terminal(
            repository.scratch, ["git", "pool", "add", "--no-holder", "a"], in: repository.path,
            env: ["GIT_PROGRESS_DELAY": "0"])
        let screen = try terminal.process.wait().ok().out
        #expect(screen.contains("Updating files: 100% (2/2)"), "\(screen)")
        #expect(screen.contains(repository.slot(1)), "\(screen)")
    }

    @Test("H2 what git complains of in a checkout is told without the progress before it")
    func failing() throws {
        let repository = try Scratch().repository()
        try repository.git("config", "filter.broken.clean", "cat")
        try repository.git("config", "filter.broken.smudge", "false")
        try repository.git("config", "filter.broken.required", "true")
        try repository.commit("attributes", [".gitattributes": "*.z filter=broken\n", "a.z": "z\n", "b.txt": "b\n"])
        let terminal = try Terminal(
            repository.scratch, ["git", "pool", "add", "--no-holder", "a"], in: repository.path,
            env: ["GIT_PROGRESS_DELAY": "0"])
        let outcome = try terminal.process.wait()
        #expect(outcome.status == 128)
        let fatal = outcome.out.split(whereSeparator: \.isNewline).last {
            $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ")
        }
        #expect(fatal?.contains("smudge filter broken failed") == true, "\(outcome)")
        #expect(fatal?.contains("Updating") == false)
    }
}
