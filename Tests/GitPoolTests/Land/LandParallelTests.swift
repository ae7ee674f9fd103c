import Foundation
import Testing

@Suite struct LandParallelTests {
    @Test("F4 a target that moves during the tests is merged and tested again")
    func again() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("work")
        let work = try repository.commit("work", ["w.txt": "w\n"], in: lease)
        let test = """
            echo tested >>"\(repository.scratch.at("tests"))"
            test -e moved.txt && exit 0
            cd "\(repository.path)" && echo m >moved.txt && git add moved.txt && git commit -qm moved
            """
        try repository.pool("land", "work", "--test", test).check(0, says: "has moved meanwhile")
        #expect(try repository.scratch.read("tests") == "tested\ntested\n")
        let parents = try repository.git("log", "-1", "--format=%P", "main").line
        #expect(try parents == "\(#require(try repository.tip("main^"))) \(work)")
        #expect(try repository.git("log", "-1", "--format=%s", "main^").line == "moved")
    }

    @Test("F4 an ignored file that the tests left is not overwritten when a merge is taken back")
    func ignoredFile() throws {
        let repository = try Scratch().repository(files: ["out.txt": "tracked\n"])
        let lease = try repository.lease("work")
        try repository.commit("work", ["w.txt": "w\n"], in: lease)
        try repository.git("rm", "-q", "out.txt")
        try repository.commit("ignored from now on", [".gitignore": "out.txt\n"])
        let test = """
            test -e moved.txt && exit 0
            echo precious >out.txt
            cd "\(repository.path)" && echo m >moved.txt && git add moved.txt && git commit -qm moved
            """
        try repository.pool("land", "work", "--test", test).check(0, says: "has moved meanwhile")
        #expect(try repository.scratch.read("\(lease)/out.txt") == "precious\n")
        #expect(Scratch.exists("\(repository.path)/w.txt"))
        #expect(try repository.status(of: lease).isEmpty)
    }

    @Test(
        "F4 ten parallel landings all land, one after the other, and each is tested once",
        arguments: ["no-ff", "rebase"])
    func parallel(_ strategy: String) throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let names = (1...(strategy == "no-ff" ? 10 : 2)).map { "w\($0)" }
        for name in names {
            let lease = try repository.lease(name)
            try repository.commit(name, ["\(name).txt": "w\n"], in: lease)
        }
        let test = "echo $GIT_POOL_NAME >>'\(scratch.at("tests"))'; ls"
        let running = try names.map {
            try scratch.start(["git", "pool", "land", $0, "--strategy", strategy, "--test", test], in: repository.path)
        }
        for process in running { try process.wait().check(0) }
        for name in names { #expect(Scratch.exists("\(repository.path)/\(name).txt")) }
        #expect(try scratch.read("tests").split(separator: "\n").sorted() == names.sorted().map { $0[...] })
        #expect(try repository.git("status", "--porcelain").out == "")
        let count = try repository.git("rev-list", "--count", "--first-parent", "main").line
        #expect(count == String(names.count + 1))
        #expect(
            scratch.entries("\(repository.state)/land").allSatisfy {
                scratch.entries("\(repository.state)/land/\($0)").isEmpty
            })
    }

    @Test("F4 H4 who waits says for whom, and passes over one that is stopped")
    func stopped() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        for name in ["first", "second"] {
            let lease = try repository.lease(name)
            try repository.commit(name, ["\(name).txt": "w\n"], in: lease)
        }
        let first = try scratch.start(
            ["git-pool", "land", "first"], in: repository.path, env: ["GIT_POOL_FAULT": "land.integrated:pause"])
        try scratch.until("it is stopped") {
            try scratch.run(["ps", "-o", "state=", "-p", String(first.pid)]).line.hasPrefix("T")
        }
        try repository.pool("land", "second").check(0, says: "waiting for 'first' (pid ", "lands in 'main' first")
        // It stops again in its second round.
        try scratch.until("it has ended") {
            first.signal(SIGCONT)
            return !first.isRunning
        }
        try first.wait().check(0, says: "has moved meanwhile")
        #expect(Scratch.exists("\(repository.path)/first.txt") && Scratch.exists("\(repository.path)/second.txt"))
    }
}
