import Foundation
import Testing

/// What is mounted in a slot belongs to somebody else: it is neither saved away nor deleted.
@Suite struct MountTests {
    /// A lease with a folder from outside in its tree, which has a file in it.
    private final class Mounted {
        let repository: Repository
        let lease: String
        let target: String
        let outside: String

        init(_ place: String, _ repository: Repository, _ options: [String]) throws {
            self.repository = repository
            let words = ["git", "pool", "add", "a"] + options
            lease = try repository.scratch.run(words, in: repository.path).ok().line
            outside = try repository.scratch.directory("outside")
            try repository.scratch.write("\(outside)/precious.txt", "precious\n")
            target = place == "." ? lease : try repository.scratch.directory("\(lease)/\(place)")
        }

        deinit { _ = try? repository.scratch.sh("umount -l \"$1\"", target) }

        func mount() throws -> Bool {
            let outcome = try repository.scratch.run(["mount", "--bind", outside, target])
            if outcome.status != 0 { print("skipped: nothing can be mounted here: \(outcome.err)") }
            return outcome.status == 0
        }
    }

    private func mounted(_ place: String, holder: Int32? = nil) throws -> Mounted? {
        let files = ["folder/tracked.txt": "tracked\n", ".gitignore": "ignored/\n"]
        let options = holder.map { ["--pid", String($0)] } ?? ["--no-holder"]
        let mounted = try Mounted(place, try Scratch().repository(files: files), options)
        return try mounted.mount() ? mounted : nil
    }

    @Test(
        "E7 a folder from elsewhere that is mounted in a slot is not emptied by any release",
        arguments: ["a new\\one", "folder", "ignored/build"])
    func release(_ place: String) throws {
        guard let mounted = try mounted(place) else { return }
        let repository = mounted.repository
        for words in [["done"], ["done", "--save"], ["done", "--discard"]] {
            let outcome = try repository.scratch.run(["git-pool"] + words + ["a"], in: repository.path).check(7)
            #expect(outcome.err.contains("something mounted inside it, on '\(mounted.target)'"), "\(outcome)")
            #expect(outcome.err.contains("neither '--save' nor '--discard'"), "\(outcome)")
            try repository.pool("gc").check(0)
            #expect(try repository.scratch.read("\(mounted.outside)/precious.txt") == "precious\n")
        }
        try repository.scratch.sh("umount \"$1\"", mounted.target).ok()
        try repository.pool("done", "--discard", "a").check(0)
        try repository.settle(mounted.lease)
    }

    @Test("E7 a dead session's slot with a mount in it stays an orphan after its time, and nothing is emptied")
    func orphan() throws {
        let scratch = try Scratch()
        let holder = try scratch.holder()
        guard let mounted = try mounted("data", holder: holder.pid) else { return }
        let repository = mounted.repository
        holder.kill()
        let late: [String: String?] = ["GIT_POOL_FAKE_SECONDS": "100000"]
        for _ in 0..<2 { try repository.pool("gc", env: late).check(0) }
        #expect(try repository.state(at: mounted.lease) == "orphaned")
        #expect(try repository.scratch.read("\(mounted.outside)/precious.txt") == "precious\n")
    }

    @Test("G5 doctor writes nothing into what is mounted over a slot")
    func covered() throws {
        guard let mounted = try mounted(".") else { return }
        try mounted.repository.pool("doctor", "--fix").check(1)
        #expect(mounted.repository.scratch.entries(mounted.outside) == ["precious.txt"])
    }

    @Test("C3 a process in a container's volume within the slot stands inside")
    func volume() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(files: [".gitignore": "build/\n", "build/.keep": ""])
        let lease = try repository.lease("a")
        let place = try scratch.directory("place")
        let process = try scratch.start(
            [
                "unshare", "-m", "sh", "-euc",
                """
                mount --bind "$1" "$2"; mkdir -p "$2/build"; mount -t tmpfs none "$2/build"
                cd "$2/build"; : >"$3"; exec sleep 900
                """, "sh", lease, place, scratch.at("ready"),
            ])
        try scratch.until("it stands there") { Scratch.exists(scratch.at("ready")) || !process.isRunning }
        guard process.isRunning else { return print("skipped: nothing can be mounted here: \(process.err)") }
        try repository.pool("done", "a").check(7, says: "a process inside it, sleep")
        process.kill()
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
    }
}
