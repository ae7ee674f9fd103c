import Foundation
import Testing

@testable import GitPool

/// What many worktrees take of a disk, measured by `df` and by `stats --disk`.
@Suite(.serialized) struct DiskTests {
    private func report(_ repository: Repository) throws -> (json: [String: Any], text: String) {
        (try repository.pool("stats", "--disk", "--json").object(), try repository.pool("stats", "--disk").ok().out)
    }

    private func bytes(_ json: [String: Any], _ name: String) throws -> Int64 {
        (try #require(json[name] as? NSNumber, "\(name) in \(json)")).int64Value
    }

    @Test("E5 with shared caches thirty leases take less than two with theirs, where artifacts dominate")
    func sharedCache() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(files: ["Cargo.toml": "", "src/main.rs": "fn main() {}\n"])
        try repository.git("config", "pool.cache.cargo.mode", "shared")
        let build =
            "mkdir -p \"$CARGO_TARGET_DIR/debug\"; test -e \"$CARGO_TARGET_DIR/debug/app\" || "
            + "head -c 4000000 /dev/urandom >\"$CARGO_TARGET_DIR/debug/app\""
        func used() throws -> Int64 {
            Int64(try scratch.sh("du -sk \"$1\" | cut -f1", repository.root).ok().line) ?? 0
        }
        func lease(_ number: Int) throws {
            let place = try repository.lease("l\(number)")
            try scratch.sh("eval \"$(git pool env)\"; " + build, in: place).ok()
        }
        try lease(1)
        let one = try used()
        for number in 2...DiskReport.aim { try lease(number) }
        #expect(try used() < 2 * one)
        let (json, text) = try report(repository)
        #expect(json["fits"] as? Bool == true && json["worktrees"] as? Int == DiskReport.aim)
        let (real, whole) = (try bytes(json, "realBytes"), try bytes(json, "oneBytes"))
        #expect(real < 2 * whole)
        #expect(try bytes(json, "cacheBytes") >= 4_000_000)
        #expect(text.contains("30 worktrees: ") && text.contains(", less than twice one ("), "\(text)")
    }

    @Test("E5 where thirty cannot fit into two, the arithmetic is said, and what would do")
    func tooMuch() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(files: [".gitignore": "out\n"])
        #expect(try repository.pool("stats", "--disk").ok().out == "no worktrees\n")
        for name in ["one", "two"] {
            try scratch.sh("mkdir \"$1/out\"; head -c 1000000 /dev/urandom >\"$1/out/a\"", try repository.lease(name))
                .ok()
            if name == "one" {
                #expect(try report(repository).text.contains("of one worktree alone nobody can tell"))
            }
        }
        let (json, text) = try report(repository)
        #expect(json["fits"] as? Bool == false && json["sharingWouldDo"] as? Bool == true)
        #expect(try bytes(json, "outputBytes") >= 2_000_000)
        #expect(try bytes(json, "sourceBytes") < 100_000)
        #expect(try bytes(json, "expectedBytes") >= 30_000_000)
        for words in [
            " + 29 x ", ", more than twice one (", "each further one may take ", "mode=shared would do: its output",
        ] {
            #expect(text.contains(words), "\(words) in\n\(text)")
        }
    }

    @Test(
        "E5 on a disk that clones, thirty leases take less than two: new slots begin with a warm one's output",
        arguments: ["btrfs", "xfs"])
    func clones(type: String) throws {
        let scratch = try Scratch()
        guard let disk = try Disk(type, in: scratch) else {
            print("not tested on \(type): loop mounts need root")
            return
        }
        let repository = try scratch.repository(
            named: "disk/repo", files: ["Cargo.toml": "", ".gitignore": "/target\n", "src/main.rs": "fn main() {}\n"])
        let first = try repository.lease("l1")
        try scratch.sh("mkdir \"$1/target\"; head -c 8000000 /dev/urandom >\"$1/target/app\"", first).ok()
        let one = try disk.used()
        for number in 2...DiskReport.aim {
            let place = try repository.lease("l\(number)")
            #expect(Scratch.exists("\(place)/target/app"))
        }
        let grown = try disk.used() - one
        #expect(grown < 9_000_000, "\(grown) more than one")
        let (json, text) = try report(repository)
        #expect(json["fits"] as? Bool == true && json["fileSystem"] as? String == type)
        #expect(try bytes(json, "sharedBytes") >= 28 * 8_000_000)
        let (real, whole) = (try bytes(json, "realBytes"), try bytes(json, "oneBytes"))
        #expect(real >= 8_000_000 && real < 2 * whole, "\(text)")
    }
}

/// A file system of its own in a file, mounted for one test; nil where that is not allowed.
private final class Disk {
    private let path: String
    private let scratch: Scratch

    init?(_ type: String, in scratch: Scratch) throws {
        self.scratch = scratch
        path = try scratch.directory("disk")
        let make = """
            command -v mkfs.\(type) >/dev/null || exit 9
            truncate -s 400M "$1.img"; mkfs.\(type) -q "$1.img"; mount -o loop "$1.img" "$1"
            """
        let env: [String: String?] = ["PATH": "\(scratch.environment["PATH"] ?? ""):/usr/sbin:/sbin"]
        guard try scratch.sh(make, path, env: env).status == 0 else { return nil }
    }

    deinit { _ = try? scratch.sh("umount -l \"$1\"", path) }

    /// Bytes, once everything is on it.
    func used() throws -> Int64 {
        let line = try scratch.sh("sync -f \"$1\"; df --output=used -B1 \"$1\" | tail -n 1", path).ok().line
        return Int64(line.trimmingCharacters(in: .whitespaces)) ?? 0
    }
}
