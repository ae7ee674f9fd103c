import POSIX
import Testing

@testable import GitPool

private let here = Surroundings(
    bootID: "boot-b", pidNamespace: 10, timeNamespace: 20, host: "host", user: 1000, ownBoots: ["boot-a", "boot-b"])

private func identity(
    boot: String = "boot-b", pidNamespace: UInt64? = 10, timeNamespace: UInt64? = 20, inode: UInt64? = 99,
    host: String = "host"
) -> HolderIdentity {
    HolderIdentity(
        bootID: boot, pidNamespace: pidNamespace, timeNamespace: timeNamespace, pid: 4711, startTicks: 500,
        pidfsInode: inode, program: "bash", kind: .shell, host: host)
}

@Suite struct HolderVerdictTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let identity: HolderIdentity
        let observed: HolderVerdict.Observation
        let expected: HolderVerdict
    }

    static let running = HolderVerdict.Observation.process(hasEnded: false, pidfsInode: 99, startTicks: 500)

    static func without(inode ticks: UInt64?) -> HolderVerdict.Observation {
        .process(hasEnded: false, pidfsInode: nil, startTicks: ticks)
    }

    /// Where a holder was recorded, what is seen of it now, and what that proves.
    static let table: [Case] = [
        Case(testDescription: "boot is over", identity: identity(boot: "boot-a"), observed: running, expected: .dead),
        Case(
            testDescription: "boot in the list, other host", identity: identity(boot: "boot-a", host: "node7"),
            observed: .noSuchProcess, expected: .unknown(.foreignHost("node7"))),
        Case(
            testDescription: "boot not in the list", identity: identity(boot: "boot-x"), observed: .noSuchProcess,
            expected: .unknown(.foreignBoot("boot-x"))),
        Case(
            testDescription: "other pid namespace", identity: identity(pidNamespace: 11), observed: .noSuchProcess,
            expected: .unknown(.foreignPIDNamespace)),
        Case(testDescription: "ESRCH", identity: identity(), observed: .noSuchProcess, expected: .dead),
        Case(
            testDescription: "other inode, same ticks", identity: identity(),
            observed: .process(hasEnded: false, pidfsInode: 98, startTicks: 500), expected: .dead),
        Case(
            testDescription: "other ticks, no inode", identity: identity(inode: nil), observed: without(inode: 501),
            expected: .dead),
        Case(
            testDescription: "other ticks, other time namespace", identity: identity(timeNamespace: 21, inode: nil),
            observed: without(inode: 501), expected: .alive),
        Case(
            testDescription: "same ticks, inode recorded only", identity: identity(), observed: without(inode: 500),
            expected: .alive),
        Case(
            testDescription: "no ticks, no inode", identity: identity(), observed: without(inode: nil), expected: .alive
        ),
        Case(
            testDescription: "pidfd readable", identity: identity(),
            observed: .process(hasEnded: true, pidfsInode: 99, startTicks: 500), expected: .dead),
        Case(
            testDescription: "EMFILE", identity: identity(),
            observed: .unavailable(SystemError(code: 24, call: "pidfd_open")),
            expected: .unknown(.unavailable(SystemError(code: 24, call: "pidfd_open")))),
        Case(testDescription: "otherwise", identity: identity(), observed: running, expected: .alive),
    ]

    @Test("D1 D3 D9 nothing but a proof says dead", arguments: table)
    func verdict(_ row: Case) {
        #expect(HolderVerdict.of(row.identity, in: here, observed: row.observed) == row.expected)
    }

    @Test("D1 an unreadable record and an unknown boot are unknown")
    func unknown() {
        #expect(HolderVerdict.of(nil, in: here) == .unknown(.unreadableRecord))
        var nowhere = here
        nowhere.bootID = nil
        #expect(HolderVerdict.of(identity(), in: nowhere) == .unknown(.noBootID))
    }

    @Test("D1 a holder's record is read back as it was written")
    func roundTrip() {
        for record in [identity(), identity(pidNamespace: nil, timeNamespace: nil, inode: nil)] {
            #expect(Holder(record).identity == record)
        }
    }

    @Test(
        "D1 a record with anything missing, malformed or new is not read",
        arguments: [
            ("holder.boot", nil), ("holder.boot", ""), ("holder.pid", nil), ("holder.pid", "0"), ("holder.pid", "-1"),
            ("holder.pid", "+5"), ("holder.pid", "05"), ("holder.pid", "99999999999"), ("holder.start", "1.0"),
            ("holder.inode", "x"), ("holder.pidns", ""), ("holder.timens", "-1"), ("holder.kind", "daemon"),
            ("holder.host", nil), ("holder.program", nil), ("holder.future", "1"),
        ] as [(String, String?)])
    func strict(_ key: String, _ value: String?) {
        var fields = Dictionary(uniqueKeysWithValues: identity().fields)
        fields[key] = value
        #expect(Holder(fields: fields.map { ($0.key, $0.value) }).identity == nil)
    }
}
