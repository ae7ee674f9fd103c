import Foundation
import Testing

private let installed = (ProcessInfo.processInfo.environment["HOME"] ?? "") + "/.cargo/bin"
private let isThere = Scratch.isInstalled("cargo") || Scratch.exists(installed + "/cargo")

/// What two checkouts of one package do to each other, with the real cargo: offline, and without dependencies.
@Suite struct CargoTests {
    private let scratch: Scratch
    private let repository: Repository
    private let env: [String: String?]

    init() throws {
        scratch = try Scratch()
        repository = try scratch.repository(files: [
            "Cargo.toml": "[package]\nname = \"said\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
            "src/main.rs": CargoTests.saying("first"), ".gitignore": "/target\nCargo.lock\n",
        ])
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
        env = [
            "PATH": "\(scratch.environment["PATH"] ?? ""):\(installed)",
            "RUSTUP_HOME": ProcessInfo.processInfo.environment["RUSTUP_HOME"] ?? "\(home)/.rustup",
            "CARGO_HOME": scratch.at("home/.cargo"), "CARGO_NET_OFFLINE": "true", "CARGO_TERM_COLOR": "never",
        ]
    }

    private static func saying(_ word: String) -> String { "fn main() { println!(\"\(word)\"); }\n" }

    private func cargo(_ words: String..., for lease: String) throws -> Outcome {
        let place = try repository.pool("path", lease).ok().line
        let script = "cd \"$1\"; shift; eval \"$(git pool env)\"; exec cargo \"$@\""
        return try scratch.run(["sh", "-euc", script, "sh", place] + words, in: repository.path, env: env)
    }

    @Test("E4 by default each worktree runs what it has built, and a recycled slot builds on", .enabled(if: isThere))
    func apart() throws {
        let one = try repository.lease("one")
        let two = try repository.lease("two")
        // As old as the first: only the directory can tell the two apart.
        try scratch.write("\(two)/src/main.rs", CargoTests.saying("second"))
        try scratch.sh("touch -d 2020-01-01 \"$1/src/main.rs\" \"$2/src/main.rs\"", one, two).ok()
        #expect(try cargo("run", "-q", for: "one").ok().line == "first")
        #expect(try cargo("run", "-q", for: "two").ok().line == "second")

        try repository.pool("done", "one").ok()
        try repository.settle(one)
        #expect(try repository.lease("three") == one)
        let again = try cargo("build", for: "three").ok()
        #expect(!again.err.contains("Compiling") && again.err.contains("Finished"), "\(again)")
    }

    @Test(
        "E4 a shared directory is what the user asked for: one for all, and one binary for both", .enabled(if: isThere))
    func together() throws {
        try repository.git("config", "pool.cache.cargo.mode", "shared")
        let one = try repository.lease("one")
        let two = try repository.lease("two")
        try scratch.write("\(two)/src/main.rs", CargoTests.saying("second"))
        try scratch.sh("touch -d 2020-01-01 \"$1/src/main.rs\" \"$2/src/main.rs\"", one, two).ok()
        #expect(try cargo("run", "-q", for: "one").ok().line == "first")
        // The hazard that doctor warns of; were cargo to end it, `shared` could be the default.
        #expect(try cargo("run", "-q", for: "two").ok().line == "first")
        #expect(!Scratch.exists("\(one)/target") && !Scratch.exists("\(two)/target"))
        let doctor = try repository.pool("doctor").ok()
        #expect(doctor.lines.count { $0.contains("share one directory for what cargo builds") } == 1, "\(doctor)")
        #expect(doctor.out.contains("can run each other's binary"))
    }
}
