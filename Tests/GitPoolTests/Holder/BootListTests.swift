import Foundation
import POSIX
import Testing

@testable import GitPool

@Suite struct BootListTests {
    private static let machine = "0123456789abcdef0123456789abcdef"

    private func withHome(_ body: (String, BootList) throws -> Void) throws {
        let home = NSTemporaryDirectory() + "/boots-" + RandomID.make()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let list = try #require(BootList(environment: ["HOME": home], machineID: BootListTests.machine))
        try body(home + "/.local/state/git-pool/boots-" + BootListTests.machine, list)
    }

    @Test("D3 a boot is noted once, and the oldest are forgotten")
    func keeps() throws {
        try withHome { path, list in
            #expect(list.read() == [])
            for number in 0..<210 {
                list.remember("boot-\(number)")
                list.remember("boot-\(number)")
            }
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == BootList.limit)
            #expect(lines.first == "boot-10")
            #expect(lines.last == "boot-209")
        }
    }

    @Test("D3 a damaged list is read as far as it goes, an unreadable one is left alone")
    func tolerates() throws {
        try withHome { path, list in
            list.remember("one")
            try Data("one\n\u{0}\nwith space\n\ntwo".utf8).write(to: URL(fileURLWithPath: path))
            #expect(list.read() == ["one", "two"])
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            list.remember("three")
            #expect(list.read() == [])
        }
    }

    @Test("D3 without a home or a machine id there is no list")
    func nowhere() {
        #expect(BootList(environment: [:], machineID: BootListTests.machine) == nil)
        #expect(BootList(environment: ["HOME": "/x"], machineID: nil) == nil)
        #expect(BootList(environment: ["HOME": "relative"], machineID: BootListTests.machine) == nil)
    }

    @Test("D3 a simulated reboot ends the holders of the boot before, and of no unknown boot")
    func reboot() throws {
        let home = NSTemporaryDirectory() + "/boots-" + RandomID.make()
        defer { try? FileManager.default.removeItem(atPath: home) }
        func surroundings(_ boot: String) -> Surroundings {
            Surroundings(environment: ["HOME": home, "GIT_POOL_FAKE_BOOT_ID": boot])
        }
        guard BootIdentity.machineID() != nil else { return }
        let before = surroundings("first")
        before.rememberBoot(environment: ["HOME": home])
        let record = HolderIdentity(
            bootID: "first", pidNamespace: before.pidNamespace, timeNamespace: before.timeNamespace, pid: 1,
            startTicks: 0, pidfsInode: nil, program: "init", kind: .explicit, host: before.host)
        #expect(HolderVerdict.of(record, in: surroundings("second")) == .dead)
        var foreign = record
        foreign.bootID = "elsewhere"
        #expect(HolderVerdict.of(foreign, in: surroundings("second")) == .unknown(.foreignBoot("elsewhere")))
    }
}
