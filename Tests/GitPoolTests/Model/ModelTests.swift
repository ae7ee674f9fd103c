import Foundation
import Testing

/// The random operations of `Tests/Model/run.py`, briefly: `.ci/run` gives them two minutes, `--soak` as long as one likes.
@Suite struct ModelTests {
    private func run(_ scratch: Scratch, _ binary: String, seed: Int, operations: Int) throws -> Outcome {
        let tests = Scratch.parent(of: Scratch.parent(of: Scratch.parent(of: #filePath)))
        let words = [
            "python3", "-B", "\(tests)/Model/run.py", "--binary", binary, "--seed", String(seed), "--operations",
            String(operations), "--shrink-seconds", "0",
        ]
        return try scratch.run(words, seconds: 300)
    }

    private static let binary = Scratch.binaryDirectory + "/git-pool"

    @Test("H5 random operations of a fixed seed keep every promise")
    func keepsPromises() throws {
        let outcome = try run(Scratch(), ModelTests.binary, seed: 1, operations: 40)
        outcome.check(0)
        #expect(outcome.out.contains(" 0 promises broken"))
    }

    @Test("H5 the model notices saves that come to nothing")
    func noticesLostSaves() throws {
        let scratch = try Scratch()
        // A git that says it has made the ref of a save, and has not.
        try scratch.write(
            "shim/git",
            #"""
            #!/bin/sh
            PATH=${PATH#*:}
            case "$*" in
            *"update-ref --stdin"*)
                input=$(mktemp)
                cat >"$input"
                grep -q refs/pool/saved "$input" && exit 0
                exec git "$@" <"$input" ;;
            esac
            exec git "$@"
            """#, mode: 0o755)
        let wrapper = try scratch.write(
            "git-pool", "#!/bin/sh\nPATH=\(scratch.at("shim")):$PATH exec \(ModelTests.binary) \"$@\"\n", mode: 0o755)
        let outcome = try run(scratch, wrapper, seed: 1, operations: 200)
        outcome.check(1, says: "lost")
        #expect(outcome.out.contains(" 1 promises broken"))
    }
}
