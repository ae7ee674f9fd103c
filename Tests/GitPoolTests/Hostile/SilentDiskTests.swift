import Foundation
import Glibc
import Testing

/// A disk that does not answer, as a network's does whose server is gone: whoever stands on it stands in no slot.
@Suite struct SilentDiskTests {
    /// A file system of one folder, served by a program that is silent while a file is there, for 20 seconds at the most.
    private static let server = """
        import ctypes, os, struct, sys, time
        target, silence, said = sys.argv[1:4]
        device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
        if ctypes.CDLL(None).mount(b"silent", target.encode(), b"fuse.silent", 0, options):
            sys.exit(1)
        open(said, "w").close()
        folder = struct.pack("<6Q10I", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)
        answers = {26: struct.pack("<IIIIHHIIHHI7I", 7, 31, 65536, 0, 12, 9, 65536, 1, 0, 0, 0, *([0] * 7)),
                   3: struct.pack("<QII", 0, 0, 0) + folder, 27: struct.pack("<QII", 1, 0, 0), 28: b"", 29: b""}
        while True:
            question = os.read(device, 1 << 17)
            end = time.time() + 20
            while os.path.exists(silence) and time.time() < end:
                time.sleep(0.02)
            operation, number = struct.unpack("<IQ", question[4:16])
            answer = answers.get(operation)
            if operation not in (2, 36, 42):
                error = 0 if answer is not None else -38
                os.write(device, struct.pack("<IiQ", 16 + len(answer or b""), error, number) + (answer or b""))

        """

    /// Where the disk is mounted; nil where none can be.
    private static func serve(_ scratch: Scratch, at place: String = "disk") throws -> String? {
        let disk = try scratch.directory(place)
        try scratch.write("server.py", server)
        _ = try scratch.start(["python3", scratch.at("server.py"), disk, scratch.at("silence"), scratch.at("mounted")])
        guard Scratch.poll(5, { Scratch.exists(scratch.at("mounted")) }) else {
            print("skipped: no file system can be served here")
            return nil
        }
        return disk
    }

    @Test("D2 a process that stands on a disk that does not answer is in nobody's way, neither done's nor a keeper's")
    func stander() throws {
        let kept = try Kept()
        let (scratch, repository) = (kept.scratch, kept.repository)
        guard let disk = try SilentDiskTests.serve(scratch) else { return }
        defer { _ = try? scratch.sh("rm -f \"$2\"; umount -l \"$1\"", disk, scratch.at("silence")) }
        let stander = try scratch.start(["sh", "-c", "cd '\(disk)' && exec sleep 1000"])
        try scratch.until("it stands there") { Kept.words(stander.pid).first == "sleep" }

        let holder = try scratch.holder()
        _ = try kept.lease("a", holder: holder)
        _ = try kept.lease("b", holder: try scratch.holder())
        _ = try kept.keeper()
        try scratch.write("silence", "")
        try repository.pool("done", "b", env: kept.env, seconds: 10).ok()
        holder.kill()
        try scratch.until("both are idle") { kept.isRecorded("1.idle") && kept.isRecorded("2.idle") }
        #expect(stander.isRunning)
    }

    @Test("D9 a process in a slot that is mounted over such a disk stands in the slot")
    func covered() throws {
        let repository = try Scratch().repository()
        let scratch = repository.scratch
        let lease = try repository.lease("a")
        guard let disk = try SilentDiskTests.serve(scratch) else { return }
        defer { _ = try? scratch.sh("umount -l \"$1\"; umount -l \"$1\"", disk) }
        try scratch.sh("mount --bind \"$1\" \"$2\"", lease, disk).ok()
        let stander = try scratch.start(["sh", "-c", "cd '\(disk)' && exec sleep 1000"])
        try scratch.until("it stands there") { Kept.words(stander.pid).first == "sleep" }
        try repository.pool("done", "a").check(7, says: "sleep")
        #expect(try repository.state(at: lease) == "leased")
    }

    @Test("E7 a disk that does not answer and is mounted in a slot keeps it, and nobody goes into it")
    func inside() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let holder = try scratch.holder()
        let lease = try repository.lease("a", "--pid", String(holder.pid))
        guard let disk = try SilentDiskTests.serve(scratch, at: "\(lease)/disk") else { return }
        defer { _ = try? scratch.sh("rm -f \"$2\"; umount -l \"$1\"", disk, scratch.at("silence")) }
        try scratch.write("silence", "")
        for words in [["done"], ["done", "--discard"]] {
            try scratch.run(["git-pool"] + words + ["a"], in: repository.path, seconds: 10)
                .check(7, says: "something mounted inside it, on '\(disk)'")
        }
        let mounted = "something mounted inside it, on '\(disk)'"
        try scratch.run(["git-pool", "save", "a"], in: repository.path, seconds: 10).check(7, says: mounted)
        for words in [["list", "--status"], ["stats", "--disk"], ["show", "a"]] {
            let outcome = try scratch.run(["git-pool"] + words, in: repository.path, seconds: 10).ok()
            #expect(words[0] != "show" || outcome.out.contains("keeps it  \(mounted)"), "\(outcome)")
        }
        try repository.git("config", "pool.maxDisk", "1G")
        try scratch.run(["git-pool", "add", "--no-holder", "b"], in: repository.path, seconds: 10).ok()
        holder.kill()
        try scratch.run(["git-pool", "gc"], in: repository.path, seconds: 10).ok()
        #expect(repository.records == ["1.orphaned", "2.leased"])
    }

    @Test("E3 nothing is cloned out of an idle slot that such a disk is mounted in")
    func template() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try repository.git("config", "pool.template", "true")
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        guard let disk = try SilentDiskTests.serve(scratch, at: "\(lease)/disk") else { return }
        defer { _ = try? scratch.sh("rm -f \"$2\"; umount -l \"$1\"", disk, scratch.at("silence")) }
        try scratch.write("silence", "")
        try scratch.run(["git-pool", "add", "--no-holder", "--fresh", "b"], in: repository.path, seconds: 10).ok()
    }

    @Test("F3 a limit of the disk is kept beside one that does not answer, which the command mounted in its worktree")
    func limited() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        try scratch.write("server.py", SilentDiskTests.server)
        let script = """
            mkdir disk
            python3 "$1/server.py" "$PWD/disk" "$1/silence" "$1/mounted" </dev/null >/dev/null 2>&1 &
            for i in $(seq 500); do test -e "$1/mounted" && break; sleep 0.01; done
            test -e "$1/mounted" || exit 77
            touch "$1/silence"
            head -c 3000000 /dev/zero >file
            exec sleep 900

            """
        let running = try scratch.start(
            ["git-pool", "run", "--disk=1M", "a", "--", "sh", "-c", script, "sh", scratch.path], in: repository.path)
        let disk = "\(repository.slot(1))/disk"
        defer { _ = try? scratch.sh("rm -f \"$2\"; umount -l \"$1\"", disk, scratch.at("silence")) }
        let outcome = try running.wait(15)
        guard outcome.status != 77 else { return print("skipped: no file system can be served here") }
        outcome.check(9, says: "'a' is kept: something mounted inside it")
    }
}
