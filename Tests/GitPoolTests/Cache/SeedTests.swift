import Foundation
import Testing

/// What a new slot begins with in mode `clone`, here on whatever disk there is: asked for by name, files are copied.
@Suite struct SeedTests {
    private let scratch: Scratch
    private let repository: Repository

    init() throws {
        scratch = try Scratch()
        repository = try scratch.repository(files: [
            "Cargo.toml": "", ".gitignore": "/target\n", "src/main.rs": "fn main() {}\n",
        ])
        try repository.git("config", "pool.cache.cargo.mode", "clone")
    }

    private func build(in place: String) throws {
        try scratch.write("\(place)/target/debug/app", "built", mode: 0o755)
        try scratch.sh("ln -s debug/app \"$1/target/link\"; touch -d 2020-01-01 \"$1/target/debug/app\"", place).ok()
    }

    private func seeded(_ name: String) throws -> Bool {
        let place = try repository.lease(name)
        #expect(try repository.git("status", "--porcelain", in: place).out == "")
        return Scratch.exists("\(place)/target")
    }

    @Test("E4 clone: a new slot has the output of a warm one, times and modes included, and its own copy of it")
    func copies() throws {
        let one = try repository.lease("one")
        #expect(!Scratch.exists("\(one)/target"))
        try build(in: one)
        let two = try repository.lease("two")
        let show = "cd \"$1/target\"; stat -c '%n %a %Y %s' debug/app debug; readlink link; cat debug/app"
        #expect(try scratch.sh(show, two).ok().out == scratch.sh(show, one).ok().out)
        try scratch.write("\(two)/target/debug/app", "other")
        #expect(try scratch.read("\(one)/target/debug/app") == "built")
    }

    @Test("E4 clone: the main worktree is warm enough for the first slot")
    func main() throws {
        try build(in: repository.path)
        #expect(try seeded("one"))
    }

    @Test("E4 clone: what changes, leads back, is a repository or is not ignored is not copied")
    func refused() throws {
        let one = try repository.lease("one")
        try build(in: one)
        try scratch.sh("touch -d '+1 hour' \"$1/target/debug/new\"", one).ok()
        #expect(try !seeded("written"))
        try scratch.sh("rm \"$1/target/debug/new\"; ln -s \"$1\" \"$1/target/back\"", one).ok()
        #expect(try !seeded("linked"))
        try scratch.sh("rm \"$1/target/back\"; git init -q \"$1/target/dep\"", one).ok()
        #expect(try !seeded("nested"))
        try scratch.sh("rm -rf \"$1/target/dep\"", one).ok()
        #expect(try seeded("whole"))
        try repository.commit("not ignored", [".gitignore": "\n"])
        #expect(try !seeded("shown"))
        try repository.git("config", "pool.cache.cargo.mode", "slot")
        #expect(try !seeded("own"))
    }

    @Test("E4 clone: output is not taken for newer than a file that was not built into it")
    func stale() throws {
        let one = try repository.lease("one")
        try scratch.write("\(one)/src/main.rs", "fn main() { panic!() }\n")
        try build(in: one)
        // A cloned source keeps its time and is older than that output: then nothing is copied.
        // From the main worktree: of a slot that is known since its birth git would make the changed file anew.
        Scratch.remove("\(repository.path)/.git/pool/births")
        let cloned = try repository.lease("cloned")
        #expect(!Scratch.exists("\(cloned)/target/debug/app"))
        // By times alone: the source of the new slot has to be the newer one.
        try repository.git("config", "pool.storage", "checkout")
        let two = try repository.lease("two")
        let newer = try scratch.sh("find \"$1/target\" -newer \"$1/src/main.rs\" | wc -l", two).ok().line
        #expect(Scratch.exists("\(two)/target/debug/app") && newer.trimmingCharacters(in: .whitespaces) == "0")
    }
}
