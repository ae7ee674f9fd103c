import Foundation
import POSIX
import Testing

@testable import GitPool

/// Real processes, each killed and waited for at the end.
@Suite struct LiveProcessTests {
    private static let surroundings = Surroundings(environment: [:])

    /// Runs `words`, waits until it has printed a line, and hands its pid to `body`. The child ends with its input.
    private func withProcess(
        _ words: [String], in directory: String = "/", _ body: (Int32) throws -> Void
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let input = Foundation.Pipe()
        let output = Foundation.Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer {
            kill(process.processIdentifier, SIGCONT)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        _ = output.fileHandleForReading.availableData
        try body(process.processIdentifier)
        withExtendedLifetime(input) {}
    }

    private func identify(_ pid: Int32) throws -> HolderIdentity {
        var policy = HolderPolicy()
        policy.user = getuid()
        let found = HolderSearch(
            ancestry: Ancestry(processes: [], end: .top), pid: pid, environment: [:], policy: policy,
            surroundings: LiveProcessTests.surroundings)
        guard case .found(let identity, _) = found else {
            Issue.record("\(found)")
            throw CancellationError()
        }
        return identity
    }

    private func verdict(_ identity: HolderIdentity) -> HolderVerdict {
        HolderVerdict.of(identity, in: LiveProcessTests.surroundings)
    }

    /// Both ways to know: with the pidfs inode and, as on kernels before 6.9, without.
    private func verdicts(_ identity: HolderIdentity) -> [HolderVerdict] {
        var old = identity
        old.pidfsInode = nil
        return [verdict(identity), verdict(old)]
    }

    private func waitUntil(_ condition: () -> Bool) -> Bool {
        for _ in 0..<500 {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }

    private func state(_ pid: Int32) -> Character? {
        guard case .present(let facts) = ProcessTable.read(pid) else { return nil }
        return facts.state
    }

    @Test("D1 a running process is alive, and dead once it was waited for")
    func lifeAndDeath() throws {
        var identity: HolderIdentity?
        try withProcess(["sh", "-c", "echo; read x"]) { (pid: Int32) throws in
            let found = try identify(pid)
            #expect(verdicts(found) == [.alive, .alive])
            #expect(found.kind == .explicit)
            identity = found
        }
        #expect(verdicts(try #require(identity)) == [.dead, .dead])
    }

    @Test("D9 a stopped process is alive")
    func stopped() throws {
        try withProcess(["sh", "-c", "echo; read x"]) { (pid: Int32) throws in
            let identity = try identify(pid)
            kill(pid, SIGSTOP)
            #expect(waitUntil { state(pid) == "T" })
            #expect(verdicts(identity) == [.alive, .alive])
        }
    }

    @Test("D1 a zombie is dead")
    func zombie() throws {
        let code = """
            import os, sys
            child = os.fork()
            if child == 0:
                sys.stdin.read(1)
                os._exit(0)
            print(child, flush=True)
            os.kill(os.getpid(), 19)
            """
        // The parent stops itself and so never waits; its child is killed here.
        try withProcess(["python3", "-c", code]) { (parent: Int32) throws in
            #expect(waitUntil { state(parent) == "T" })
            let child = try #require(try children(of: parent).first)
            let identity = try identify(child)
            #expect(verdict(identity) == .alive)
            kill(child, SIGKILL)
            #expect(waitUntil { state(child) == "Z" })
            #expect(kill(child, 0) == 0)
            #expect(verdicts(identity) == [.dead, .dead])
        }
    }

    @Test("D9 an exec keeps the holder")
    func exec() throws {
        let code = "import os, time; print(flush=True); time.sleep(0.3); os.execvp('sleep', ['sleep', '60'])"
        try withProcess(["python3", "-c", code]) { (pid: Int32) throws in
            let before = try identify(pid)
            #expect(waitUntil { ProcessTable.command(pid) == "sleep" })
            #expect(verdicts(before) == [.alive, .alive])
        }
    }

    @Test("D9 a process whose main thread is gone is alive while another thread lives")
    func leaderless() throws {
        let code = """
            import ctypes, sys, threading, time
            threading.Thread(target=lambda: time.sleep(60)).start()
            print(flush=True)
            ctypes.CDLL(None).syscall(60 if sys.platform == 'linux' and __import__('platform').machine() == 'x86_64' else 93, 0)
            """
        let directory = NSTemporaryDirectory() + "/leaderless-" + RandomID.make()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try withProcess(["python3", "-c", code], in: directory) { (pid: Int32) throws in
            #expect(waitUntil { state(pid) == "Z" })
            let identity = try identify(pid)
            #expect(verdicts(identity) == [.alive, .alive])
            let occupants = try Occupants.scan(try Files.realPath(directory))
            #expect(occupants.map(\.pid) == [pid])
        }
    }

    @Test("D9 a process that stands deeper than the kernel tells is seen where it stands, and nowhere else")
    func deep() throws {
        let code = """
            import os, time
            for level in range(20):
                os.mkdir('n' * 250)
                os.chdir('n' * 250)
            print(flush=True)
            time.sleep(60)
            """
        let directory = NSTemporaryDirectory() + "/deep-" + RandomID.make()
        try FileManager.default.createDirectory(atPath: directory + "/other", withIntermediateDirectories: true)
        defer { try? Directory.removeTree(directory) }
        try withProcess(["python3", "-c", code], in: directory) { (pid: Int32) throws in
            #expect(throws: SystemError.self) { try Files.target(ofLink: "/proc/\(pid)/cwd") }
            let place = try Files.realPath(directory)
            #expect(try Occupants.scan(place).map(\.pid) == [pid])
            #expect(try Occupants.scan(place + "/other").isEmpty)
        }
    }

    @Test("D1 a reused pid is another process")
    func reused() throws {
        try withProcess(["sh", "-c", "echo; read x"]) { (pid: Int32) throws in
            var identity = try identify(pid)
            if let inode = identity.pidfsInode {
                identity.pidfsInode = inode &+ 1
                #expect(verdict(identity) == .dead)
            }
            identity.pidfsInode = nil
            identity.startTicks -= 1
            #expect(verdict(identity) == .dead)
            identity.timeNamespace = 1
            #expect(verdict(identity) == .alive)
            identity.pidNamespace = 1
            #expect(verdict(identity) == .unknown(.foreignPIDNamespace))
        }
    }

    @Test("D1 a pid that is only a thread of another process now is dead")
    func thread() throws {
        let code = "import threading, time; threading.Thread(target=lambda: time.sleep(60)).start(); print(flush=True)"
        try withProcess(["python3", "-c", code]) { (pid: Int32) throws in
            let threads = try Directory.entries("/proc/\(pid)/task").compactMap { Int32($0) }
            let other = try #require(threads.first { $0 != pid })
            var identity = try identify(pid)
            identity.pid = other
            #expect(ProcessTable.read(other) == .absent)
            #expect(verdicts(identity) == [.dead, .dead])
        }
    }

    @Test("D1 the ancestry of this process leads upwards, each older than the one below")
    func ancestors() throws {
        let chain = Ancestry.read()
        #expect(chain.processes.first?.pid == getppid())
        #expect(zip(chain.processes, chain.processes.dropFirst()).allSatisfy { $0.startTicks >= $1.startTicks })
        guard case .present(let own) = ProcessTable.read(getpid()) else {
            Issue.record("cannot read myself")
            return
        }
        #expect(own.parent == getppid())
        #expect(own.user == getuid())
        #expect(own.session == getsid(0))
        #expect(own.group == getpgrp())
        #expect(own.arguments == CommandLine.arguments)
        let executable = try Files.target(ofLink: "/proc/self/exe")
        #expect(own.executable == executable)
        #expect(own.stackAddress != 0)
    }

    @Test("D1 the kernel's line is read behind the last parenthesis")
    func statLine() throws {
        let rest = "S 7 8 9 34816 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 12345 0 0 0 0 0 4096 0 0 0 0 0 0 0 0\n"
        let facts = try #require(ProcessFacts(statLine: Array("42 (a) R 1 (b\n) \(rest)".utf8)))
        #expect(facts.command == "a) R 1 (b\n")
        #expect((facts.pid, facts.parent, facts.group, facts.session) == (42, 7, 8, 9))
        #expect((facts.threads, facts.startTicks, facts.stackAddress) == (3, 12345, 4096))
        #expect(ProcessFacts(statLine: Array("42 (a) S 7".utf8)) == nil)
    }

    private func children(of parent: Int32) throws -> [Int32] {
        try ProcessTable.list().filter {
            guard case .present(let facts) = ProcessTable.read($0) else { return false }
            return facts.parent == parent
        }
    }

    @Test("D9 who stands in a directory is seen, also below it, moved with it, or in a removed part of it")
    func occupants() throws {
        let root = try Files.realPath(NSTemporaryDirectory()) + "/occupied-" + RandomID.make()
        let slot = root + "/slot"
        try FileManager.default.createDirectory(atPath: slot + "/a/b", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: root + "/slot-2", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try withProcess(["sh", "-c", "echo; read x"], in: slot + "/a/b") { (pid: Int32) throws in
            #expect(try Occupants.scan(slot) == [Occupant(pid: pid, name: "sh")])
            #expect(try Occupants.scan(slot, except: [pid]) == [])
            #expect(try Occupants.scan(root + "/slot-2") == [])
            #expect(try Occupants.scan(root).map(\.pid) == [pid])
            // The fence.
            try Files.rename(slot, root + "/aside")
            #expect(try Occupants.scan(root + "/aside").map(\.pid) == [pid])
            try FileManager.default.createDirectory(atPath: slot, withIntermediateDirectories: true)
            #expect(try Occupants.scan(slot) == [])
            try Files.removeDirectory(root + "/aside/a/b")
            try Files.removeDirectory(root + "/aside/a")
            #expect(try Occupants.scan(root + "/aside").map(\.pid) == [pid])
            try Files.removeDirectory(slot)
            try Files.rename(root + "/aside", slot)
            #expect(try Occupants.scan(slot).map(\.pid) == [pid])
            // An earlier tree of the same path is not this one.
            try Files.removeDirectory(slot)
            try FileManager.default.createDirectory(atPath: slot + "/a/b", withIntermediateDirectories: true)
            #expect(try Occupants.scan(slot) == [])
        }
        #expect(throws: SystemError.self) { try Occupants.scan(root + "/missing") }
    }

    @Test("D9 a thread that stands elsewhere than its process is seen where it stands")
    func strayThread() throws {
        let root = try Files.realPath(NSTemporaryDirectory()) + "/occupied-" + RandomID.make()
        try FileManager.default.createDirectory(atPath: root + "/below", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let code = """
            import ctypes, os, sys, threading, time
            def stray():
                ctypes.CDLL(None).unshare(0x200)
                os.chdir(sys.argv[1])
                print(flush=True)
                time.sleep(60)
            threading.Thread(target=stray, daemon=True).start()
            sys.stdin.read(1)
            """
        for start in ["/", "/usr"] {
            try withProcess(["python3", "-c", code, root + "/below"], in: start) { (pid: Int32) throws in
                #expect(try Occupants.scan(root).map(\.pid) == [pid])
                #expect(try Occupants.scan(root, asksThreads: false) == [])
            }
        }
    }

    @Test("D9 a folder whose name ends like a removed one's is occupied all the same")
    func namedDeleted() throws {
        let root = try Files.realPath(NSTemporaryDirectory()) + "/occupied-" + RandomID.make()
        let odd = root + "/slot (deleted)"
        try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try withProcess(["sh", "-c", "echo; read x"], in: odd) { (pid: Int32) throws in
            #expect(try Occupants.scan(odd).map(\.pid) == [pid])
            #expect(try Occupants.scan(root).map(\.pid) == [pid])
        }
    }

    @Test("D9 a process of ours that hides itself, as ssh-agent does, is no reason to keep every directory")
    func undumpable() throws {
        let root = try Files.realPath(NSTemporaryDirectory()) + "/occupied-" + RandomID.make()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let code = "import ctypes, time; ctypes.CDLL(None).prctl(4, 0); print(flush=True); time.sleep(60)"
        try withProcess(["python3", "-c", code], in: root) { (pid: Int32) throws in
            let canSee = (try? Files.target(ofLink: "/proc/\(pid)/cwd")) != nil
            #expect(try Occupants.scan(root).map(\.pid) == (canSee ? [pid] : []))
        }
    }
}
