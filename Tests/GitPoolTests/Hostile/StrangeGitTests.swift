import Foundation
import Glibc
import Testing

/// A git that is none: no answer of it is believed, nothing is changed, and no command outlasts it.
@Suite struct StrangeGitTests {
    @Test(
        "H2 no git, or one that cannot run, dies, says nothing or says anything: status 128, and nothing is changed",
        arguments: ["missing", "plain file", "folder", "no program", "killed", "silent", "garbage", "endless"])
    func strange(_ kind: String) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        let folder = try scratch.directory("strange")
        let script: String? =
            switch kind {
            case "missing": nil
            case "plain file": ""
            case "folder": nil
            case "no program": "\u{7F}ELF?"
            case "killed": "#!/bin/sh\nkill -9 $$\n"
            case "silent": "#!/bin/sh\nexit 0\n"
            case "garbage": "#!/bin/sh\nprintf '\\033[31m\\377\\n\\n/a\\ntrue\\nx\\0y\\n0\\n'\n"
            default: "#!/bin/sh\nyes /a | head -c 3000000\n"
            }
        if kind == "folder" { try scratch.directory("strange/git") }
        if let script { try scratch.write("strange/git", script, mode: kind == "plain file" ? 0o644 : 0o755) }
        let program = try scratch.sh("command -v git-pool").ok().line
        let path = ["missing", "plain file", "folder"].contains(kind) ? folder : "\(folder):/usr/bin:/bin"
        let before = (repository.records, try repository.snapshot())
        for words in [
            ["list"], ["add", "--no-holder", "b"], ["done", "--save", "a"], ["done", "--discard", "a"], ["gc"],
            ["doctor", "--fix"], ["run", "c", "--", "true"],
        ] {
            let outcome = try scratch.run([program] + words, in: repository.path, env: ["PATH": path], seconds: 30)
            #expect(outcome.status == 128 && outcome.out.isEmpty && outcome.err.hasPrefix("fatal: "), "\(outcome)")
            #expect(!outcome.err.contains("\u{1B}"))
        }
        #expect(repository.records == before.0)
        #expect(try repository.snapshot() == before.1)
        #expect(try scratch.read("\(lease)/new.txt") == "precious\n")
    }

    /// A git that waits for ever in one of its commands, under its own name, and says that it does.
    private struct Hanging {
        let scratch: Scratch
        let path: String

        init(_ scratch: Scratch, in command: String) throws {
            self.scratch = scratch
            let real = try scratch.sh("mkfifo never; command -v git", in: scratch.path).ok().line
            let script = """
                #!/bin/sh
                for word; do
                    if [ "$word" = \(command) ]; then
                        echo $$ >'\(scratch.at("hung"))'
                        exec 9<>'\(scratch.at("never"))'
                        read -r answer <&9
                    fi
                done
                exec \(real) "$@"

                """
            try scratch.write("hanging/git", script, mode: 0o755)
            path = scratch.at("hanging") + ":" + (scratch.environment["PATH"] ?? "")
        }

        /// Starts git-pool; nil if it ended without that command.
        func start(_ words: [String], _ repository: Repository) throws -> Background? {
            Scratch.remove(scratch.at("hung"))
            let process = try scratch.start(["git-pool"] + words, in: repository.path, env: ["PATH": path])
            try scratch.until("it hangs, or ends", within: 30) { pid != nil || !process.isRunning }
            return pid == nil ? nil : process
        }

        var pid: Int32? { (try? scratch.read("hung")).flatMap { Int32($0.trimmingCharacters(in: .newlines)) } }
    }

    enum Ending: CaseIterable { case interrupted, terminated, gitKilled }

    @Test(
        "H4 a git that hangs keeps nobody else waiting, and whatever ends it nothing is half made",
        arguments: ["rev-parse", "update-ref", "status", "read-tree", "config"])
    func hanging(_ command: String) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let lease = try repository.lease("a")
        try scratch.write("\(lease)/new.txt", "precious\n")
        let hanging = try Hanging(scratch, in: command)
        let soon: [String: String?] = ["GIT_POOL_LOCK_TIMEOUT": "300"]
        var hung = 0
        for words in [["add", "--no-holder", "--fresh", "b"], ["done", "--save", "a"], ["doctor"]] {
            for ending in Ending.allCases {
                guard let process = try hanging.start(words, repository), let git = hanging.pid else { continue }
                hung += 1
                try scratch.until("nobody has the pool lock") {
                    try scratch.run(["flock", "-n", "\(repository.state)/lock", "true"]).status == 0
                }
                try repository.pool("list", env: soon, seconds: 20).check(0)
                try repository.add("other", env: soon, seconds: 20).check(0)
                try repository.pool("done", "other", env: soon, seconds: 20).check(0)
                switch ending {
                case .interrupted:
                    kill(-process.pid, SIGINT)
                    #expect(try process.wait(10).status == 130)
                case .terminated:
                    process.signal(SIGTERM)
                    #expect(try process.wait(10).status == 143)
                    // That git still owns the slot it is at, and is named.
                    let other = try repository.pool("done", "--save", "a", env: soon, seconds: 20)
                    if other.status != 0 { other.check(3, says: "git \(command) (pid \(git))") }
                    if words[0] == "done", command == "status" { other.check(3) }
                    kill(git, SIGKILL)
                case .gitKilled:
                    // Some are tried once more in another way.
                    try scratch.until("it gives up") {
                        if let git = hanging.pid { kill(git, SIGKILL) }
                        return !process.isRunning
                    }
                    let outcome = try process.wait(10)
                    #expect([0, 1, 7, 128].contains(outcome.status), "\(outcome)")
                    if outcome.status == 128 { #expect(outcome.err.contains(" \(command) "), "\(outcome)") }
                    if outcome.status == 7 { outcome.check(7, says: "git \(command): it was ended by signal 9") }
                }
                #expect(process.out.isEmpty || process.out.hasPrefix("/"), "\(process.out)")
                for _ in 0..<2 { try repository.pool("gc", env: soon, seconds: 20).check(0) }
                _ = try repository.pool("done", "b")
                try repository.checkSound()
                #expect(try repository.holds("precious\n"))
                if try repository.slot(named: "a") == nil { _ = try repository.pool("restore", "a") }
            }
        }
        #expect(hung > 0)
    }
}
