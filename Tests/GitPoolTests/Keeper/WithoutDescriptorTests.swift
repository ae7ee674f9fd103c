import Foundation
import Glibc
import Testing

/// A host without pidfd_open(2), as under gVisor or an old seccomp filter: here a filter of the test's own, which whatever
/// is started under it inherits.
private enum Filter {
    /// Gives ENOSYS for system call 434, which is pidfd_open everywhere; then runs its arguments.
    private static let code = """
        import ctypes, os, struct, sys
        libc = ctypes.CDLL(None, use_errno=True)
        rules = [(0x20, 0, 0, 0), (0x15, 0, 1, 434), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7fff0000)]
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
        program = ctypes.create_string_buffer(struct.pack("HP", len(rules), ctypes.addressof(code)))
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.c_ulong(ctypes.addressof(program)), 0, 0): sys.exit(77)
        if libc.syscall(434, os.getpid(), 0) != -1 or ctypes.get_errno() != 38: sys.exit(77)
        os.execvp(sys.argv[1], sys.argv[1:])
        """

    static let words = ["python3", "-c", code]

    static let isPossible =
        (try? Scratch().run(words + ["true"]).status) == 0
}

@Suite(.enabled(if: Filter.isPossible, "no seccomp filter can be set here"))
struct WithoutDescriptorTests {
    private let kept: Kept

    init() throws { kept = try Kept() }

    private func pool(_ words: String..., env: [String: String?]? = nil) throws -> Outcome {
        try kept.scratch.run(
            Filter.words + ["git", "pool"] + words, in: kept.repository.path,
            env: env ?? kept.env)
    }

    private func record(_ name: String) throws -> String {
        try kept.scratch.read("\(kept.repository.state)/slots/\(name)")
    }

    @Test(
        "D2 D9 without pidfd the keeper asks every two seconds: ended and zombie holders lose their leases, a stopped one not"
    )
    func keeper() throws {
        let (waited, zombie, stopped) = (
            try kept.scratch.holder(), try kept.scratch.holder(), try kept.scratch.holder()
        )
        for (name, holder) in [("a", waited), ("b", zombie), ("c", stopped)] {
            try pool("add", "--pid", String(holder.pid), name).ok()
        }
        #expect(!(try record("1.leased").contains("holder.inode")))
        let keeper = try kept.keeper()
        stopped.signal(SIGSTOP)
        waited.kill()
        Glibc.kill(zombie.pid, SIGKILL)
        try kept.scratch.until("both leases have ended", within: 20) {
            kept.isRecorded("1.idle") && kept.isRecorded("2.idle")
        }
        #expect(kept.isRecorded("3.leased"))
        #expect(try kept.keeper() == keeper)
        let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(keeper)/fd")
        for number in numbers {
            let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(keeper)/fd/\(number)")
            #expect(!target.contains("pidfd"))
        }
    }

    @Test("D1 D9 without pidfd a verdict needs its proof all the same: a reused pid by its start, and nothing less")
    func verdicts() throws {
        let holder = try kept.scratch.holder()
        let quiet: [String: String?] = ["GIT_POOL_AUTO": "0"]
        try pool("add", "--pid", String(holder.pid), "a", env: quiet).ok()
        holder.signal(SIGSTOP)
        try pool("gc", env: quiet).ok()
        #expect(kept.isRecorded("1.leased"))
        let text = try record("1.leased")
        let start = try #require(text.split(separator: "\n").first { $0.hasPrefix("holder.start ") })
        let path = "\(kept.repository.state)/slots/1.leased"
        // Another time namespace moves the start, thus proves nothing.
        try kept.scratch.sh(
            "sed -i 's/^holder.start .*/holder.start 1/; s/^holder.timens .*/holder.timens 1/' \"$1\"", path
        ).ok()
        try pool("gc", env: quiet).ok()
        #expect(kept.isRecorded("1.leased"))
        // With pidfd: a lease of such a host is judged the same here.
        try kept.scratch.write(path, text)
        try kept.repository.pool("gc").ok()
        #expect(kept.isRecorded("1.leased"))
        try kept.scratch.write(path, text.replacingOccurrences(of: start, with: "holder.start 1"))
        try pool("gc", env: quiet).ok()
        #expect(kept.isRecorded("1.idle"))
    }

    @Test("D5 without pidfd a shell's exit hook waits for the shell all the same")
    func exitHook() throws {
        try kept.repository.git("config", "pool.keeper", "false")
        let shell = try Terminal(
            kept.scratch, Filter.words + Shell.bash.words, in: kept.repository.path,
            env: kept.env)
        shell.type("\(Shell.bash.integration); git pool add --quiet a\n")
        try kept.scratch.until("the lease is made", within: 20) { kept.isRecorded("1.leased") }
        // It goes into the worktree first, at the next prompt.
        shell.type("echo $PWD >'\(kept.scratch.at("tmp/place"))'; exit\n")
        try kept.scratch.until("the lease has ended", within: 20) { kept.isRecorded("1.idle") }
    }
}
