import Foundation
import Testing

/// A git that is too old, played by a file in front of the real one.
@Suite struct OldGitTests {
    /// Says that it is `version`, and does not know what came after 2.30.
    private func shim(_ scratch: Scratch, _ version: String, knowsPathFormat: Bool = true) throws -> [String: String?] {
        let real = try scratch.sh("command -v git").ok().line
        let script = """
            #!/bin/sh
            for word; do
                case $word in
                version) echo "git version \(version)"; exit ;;
                --path-format=*) \(knowsPathFormat ? ":" : "echo \"$word\"; exit 0") ;;
                esac
            done
            exec \(real) "$@"

            """
        try scratch.write("old-\(version)/git", script, mode: 0o755)
        return ["PATH": "\(scratch.at("old-\(version)")):\(scratch.environment["PATH"] ?? "")"]
    }

    @Test("H2 a git before 2.36 is refused before anything is made")
    func refused() throws {
        let repository = try Scratch().repository()
        let before = try repository.snapshot()
        let env = try shim(repository.scratch, "2.35.9")
        for words in [["add", "--no-holder", "a"], ["run", "a", "--", "true"]] {
            try repository.scratch.run(["git-pool"] + words, in: repository.path, env: env)
                .check(128, says: "fatal: git 2.35.9 is too old: git-pool needs 2.36 or later", "hint: ")
        }
        #expect(try repository.snapshot() == before)
        #expect(!Scratch.exists(repository.state))
        #expect(!Scratch.exists(repository.root))
    }

    @Test("H2 one that fails us otherwise is named as the reason")
    func veryOld() throws {
        let repository = try Scratch().repository()
        let env = try shim(repository.scratch, "2.25.1", knowsPathFormat: false)
        // From here git itself has to be asked where the repository is.
        try repository.scratch.run(["git-pool", "list"], in: repository.commonDirectory, env: env)
            .check(128, says: "fatal: git 2.25.1 is too old")
    }

    @Test("H2 a pool that a newer git made is left alone by an older one, and told of by doctor")
    func downgraded() throws {
        let repository = try Scratch().repository()
        let place = try repository.lease("a")
        try repository.scratch.write("\(place)/new.txt", "work\n")
        let env = try shim(repository.scratch, "2.35.9")
        for words in [["done", "--discard", "a"], ["gc"], ["add", "--no-holder", "b"], ["list"]] {
            try repository.scratch.run(["git-pool"] + words, in: repository.path, env: env)
                .check(128, says: "fatal: git 2.35.9 is too old")
        }
        #expect(repository.records == ["1.leased"])
        #expect(try repository.scratch.read("\(place)/new.txt") == "work\n")
        let doctor = try repository.scratch.run(["git-pool", "doctor"], in: repository.path, env: env)
        #expect(doctor.status == 1 && doctor.out.contains("git 2.35.9 is older than 2.36"), "\(doctor)")
    }

    @Test(
        "H2 how distributions write their versions is understood",
        arguments: ["2.36.0", "2.55.GIT", "2.47.1.windows.2"])
    func spelled(version: String) throws {
        let repository = try Scratch().repository()
        let env = try shim(repository.scratch, version)
        try repository.scratch.run(["git-pool", "add", "--no-holder", "a"], in: repository.path, env: env).ok()
        try repository.scratch.run(["git-pool", "done", "a"], in: repository.path, env: env).ok()
    }
}
