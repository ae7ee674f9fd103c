import Foundation
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
}
