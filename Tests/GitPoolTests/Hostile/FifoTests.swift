import Foundation
import Glibc
import Testing

/// A FIFO where git reads a file: git waits for ever for its other end, and nobody may wait for that git.
@Suite struct FifoTests {
    private let repository: Repository
    private var scratch: Scratch { repository.scratch }

    init() throws { repository = try Scratch().repository(files: ["a.txt": "one\n", "d/b.txt": "two\n"]) }

    private func plant(_ path: String) throws {
        unlink(path)
        #expect(mkfifo(path, 0o600) == 0)
    }

    @Test(
        "H4 done is refused where a FIFO stands in the place of a file of rules, which it names, and goes on without it",
        arguments: [".gitignore", ".gitattributes", "d/.gitignore", "exclude", "excludesFile", "attributesFile"])
    func done(_ name: String) throws {
        let lease = try repository.lease("a")
        var fifo = "\(lease)/\(name)"
        switch name {
        case "exclude": fifo = "\(repository.commonDirectory)/info/exclude"
        case "excludesFile", "attributesFile":
            fifo = scratch.at("rules")
            try repository.git("config", "core.\(name)", fifo)
        default: break
        }
        // Attributes are asked after where a file has to be read.
        try scratch.write("\(lease)/a.txt", "two\n")
        try plant(fifo)
        for words in [["done", "a"], ["done", "--save", "a"]] {
            try scratch.run(["git", "pool"] + words, in: repository.path, seconds: 40)
                .check(7, says: "'\(fifo)', a FIFO that nobody writes to", "remove '\(fifo)'", "pool done a' again")
        }
        #expect(repository.records == ["1.leased"])
        #expect(try scratch.read("\(lease)/a.txt") == "two\n")
        unlink(fifo)
        try repository.pool("done", "--save", "a").ok()
        try repository.settle(lease)
    }

    @Test("H4 a FIFO in a submodule, where another git waits below the one that was started")
    func submodule() throws {
        try repository.addSubmodule()
        let lease = try repository.lease("a", env: ["GIT_ALLOW_PROTOCOL": "file"])
        try plant("\(lease)/library/.gitignore")
        try repository.pool("done", "a").check(7, says: "'\(lease)/library/.gitignore', a FIFO that nobody writes to")
    }

    @Test("H4 what only shows something goes on without what git cannot tell")
    func shown() throws {
        let lease = try repository.lease("a")
        try plant("\(lease)/.gitignore")
        for words in [["list", "--status"], ["show", "a"], ["path", "a"], ["doctor"]] {
            let outcome = try scratch.run(["git", "pool"] + words, in: repository.path, seconds: 40).ok()
            #expect(outcome.out.contains(words == ["doctor"] ? "slots: 1" : lease), "\(outcome)")
            let reason = "git status: it waited for '\(lease)/.gitignore', a FIFO that nobody writes to"
            #expect(words[0] != "show" || outcome.out.contains(reason), "\(outcome)")
        }
    }

    @Test("H4 configuration that is a FIFO is a fatal error, which names it")
    func configuration() throws {
        _ = try repository.lease("a")
        let fifo = scratch.at("more")
        try repository.git("config", "include.path", fifo)
        try plant(fifo)
        // As 'git pool' it would be git itself that waits.
        try scratch.run(["git-pool", "done", "a"], in: repository.path, seconds: 40)
            .check(128, says: "fatal: git waited for '\(fifo)'", "hint: remove it")
        // Two gits at once are asked there, and both wait.
        try scratch.run(
            ["git-pool", "list"], in: repository.path, env: ["GIT_DIR": repository.commonDirectory], seconds: 40
        )
        .check(128, says: "fatal: git waited for '\(fifo)'")
        try scratch.until("none of its gits is left") {
            try scratch.run(["pgrep", "-f", "git -C .*\(repository.path)"]).status == 1
        }
    }

    @Test("H4 where one dead holder's slot has a FIFO it is kept, and the others are recycled")
    func keeper() throws {
        let kept = try Kept()
        let (first, second) = (try kept.scratch.holder(), try kept.scratch.holder())
        let place = try kept.lease("a", holder: first)
        _ = try kept.lease("b", holder: second)
        _ = try kept.keeper()
        try plant("\(place)/.gitignore")
        first.kill()
        second.kill()
        try kept.scratch.until("one is kept, one idle", within: 30) {
            kept.isRecorded("1.orphaned") && kept.isRecorded("2.idle")
        }
        try kept.scratch.until("the log says why") {
            kept.log.contains("'\(place)/.gitignore', a FIFO that nobody writes to")
        }
    }

    @Test("H4 a FIFO that somebody opens late is waited for, and a filter may wait for one as long as it likes")
    func late() throws {
        let lease = try repository.lease("a")
        let fifo = scratch.at("filter")
        try plant(fifo)
        let script = "touch '\(scratch.at("waits"))'; test -p '\(fifo)' && read line <'\(fifo)'; cat\n"
        let filter = try scratch.write("filter.sh", script)
        try repository.git("config", "filter.slow.clean", "sh '\(filter)'")
        try scratch.write("\(repository.commonDirectory)/info/attributes", "a.txt filter=slow\n")
        try scratch.write("\(lease)/a.txt", "six\n")
        let done = try scratch.start(["git", "pool", "done", "a"], in: repository.path)
        try scratch.until("the filter waits") { Scratch.exists(scratch.at("waits")) }
        #expect(!Scratch.poll(5) { !done.isRunning })
        try scratch.sh("exec 3>\"$1\"; rm \"$1\"; echo go >&3", fifo)
        try done.wait(40).check(7, says: "1 file modified ('a.txt')")
    }

    @Test("C6 a FIFO or a socket where the next commit has a file or a folder makes way for it")
    func recycled() throws {
        let lease = try repository.lease("a")
        try plant("\(lease)/new.txt")
        let script = "import socket; socket.socket(socket.AF_UNIX).bind('folder')"
        try scratch.run(["python3", "-c", script], in: lease).ok()
        try plant("\(lease)/elsewhere")
        try repository.commit("second", ["new.txt": "new\n", "folder/file.txt": "new\n"])
        try repository.pool("done", "a").ok()
        #expect(repository.records == ["1.idle"])
        #expect(try repository.lease("b") == lease)
        #expect(try scratch.read("\(lease)/new.txt") == "new\n" && scratch.read("\(lease)/folder/file.txt") == "new\n")
    }
}
