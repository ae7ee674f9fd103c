import Foundation
import POSIX
import Testing

@testable import Git
@testable import GitPool
@testable import PoolCommands

/// Whatever bytes stand where we read: they are understood or they are not, and nothing else happens. What is
/// understood is also written, or reckoned with, as a command would.
@Suite struct ParserFuzzTests {
    private func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    private func each(_ samples: [[UInt8]], _ rounds: Int = 1500, _ body: ([UInt8]) throws -> Void) rethrows {
        for sample in samples { try body(sample) }
        var mutator = Mutator(samples, seed: UInt64(samples.count))
        for _ in 0..<rounds { try body(mutator.next()) }
    }

    private static let id = String(repeating: "1a", count: 20)

    private static func record() -> SlotRecord {
        var record = SlotRecord(slot: 3, path: "/w/repo.pool/repo-3")
        record.admin = "repo-3"
        record.workID = "new-00ff00ff00ff00ff"
        record.head = id
        record.bootID = "b"
        (record.createdAt, record.lastUsedAt, record.useCount) = (1_700_000_000, 1_700_000_100, 7)
        record.base = "refs/heads/main"
        var lease = Lease(id: "00aa", name: "a\u{301}/b %", start: id)
        lease.branch = "a"
        lease.note = "line\n\u{1B}[31m%"
        lease.ttl = 240
        lease.leasedAt = 1_700_000_000
        lease.keepUntil = .max
        lease.release = Release(at: 1_700_000_050, work: .save)
        lease.release?.excused = ["12:345", "13:9"].compactMap(Bystander.init(text:))
        lease.release?.left = LeftBranch(ref: "refs/heads/a", commit: id)
        lease.claims = ["src/*.c", ":(icase)a"]
        lease.keptBecause = ["1 file modified"]
        lease.holder = Holder(fields: [
            "holder.boot": "b", "holder.pid": "12", "holder.start": "345", "holder.program": "sh",
            "holder.kind": "shell", "holder.host": "h", "holder.pidns": "4026531836",
        ])
        record.lease = lease
        return record
    }

    @Test("H3 records: what is read can be written, planned, shown and compared, and reads the same again")
    func records() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let pool = try Pool(lookingAt: repository.commonDirectory, environment: scratch.environment)
        var idle = ParserFuzzTests.record()
        idle.lease = nil
        var understood = 0
        each([Array(ParserFuzzTests.record().text.utf8), Array(idle.text.utf8)], 3000) { bytes in
            guard let record = SlotRecord(bytes: bytes) else { return }
            understood += 1
            #expect(SlotRecord(text: record.text) == record)
            #expect(!record.path.utf8.contains(0) && !record.admin.utf8.contains(0x2F))
            for state in SlotState.allCases {
                let slot = Slot(number: record.slot, state: state, record: record)
                _ = pool.plan(slot)
                _ = LeaseSummary(slot).map(Words.holding)
                _ = SlotDescription(pool).json(slot).text
                _ = IdleSlots(pool, [slot, slot]).deadline
                _ = pool.variables(of: slot)
            }
            _ = record.lease.flatMap { JournalLine($0, in: .leased, at: 5) }.map(\.text)
            for claim in record.lease?.claims ?? [] {
                _ = ClaimPattern(recorded: claim).overlaps(.init(recorded: "src"), ignoringCase: true) { _ in false }
            }
        }
        #expect(understood > 100)
    }

    @Test("H3 what git prints: status, configuration, records, index entries, versions")
    func git() {
        let id = ParserFuzzTests.id
        let status = bytes(
            "1 .M N... 100644 100644 100644 \(id) \(id) a b.txt\0? new/\0u UU N... 1 2 3 4 \(id) \(id) \(id) x\0",
            "# branch.oid \(id)\01 M. SCMU 160000 160000 160000 \(id) \(id) sub\0")
        each(status) { bytes in
            for entry in WorktreeStatus.parse(bytes) ?? [] { #expect(!entry.path.isEmpty) }
        }
        let keys = bytes(
            "pool.max\n64\0pool.ttl\n4m\0pool.warm\n2\0pool.exclusive\0pool.group.ios.max\n2k\0core.bare\nfalse\0",
            "pool.portbase\n20000\0pool.portcount\n10\0pool.minfree\n1g\0pool.limit.memory\n64m\0"
                + "pool.cache.cargo.mode\nshared\0pool.cache.x.env\nX\0pool.cache.x.path\ny\0hook.a.event\nb\0",
            "pool.orphanttl\n24h\0pool.idletimeout\nnever\0pool.maxage\n9d\0pool.land.strategy\nff\0pool.strategy\npooled\0"
        )
        each(keys) { bytes in
            let configuration = Configuration(parsing: bytes)
            guard let settings = try? Settings(configuration) else { return }
            // As they are added to times and numbers.
            for length in [settings.ttl, settings.orphanTtl, settings.saveExpire, settings.fetchInterval * 1000] {
                _ = 1_800_000_000 + length
            }
            _ = settings.limit - 100
            for slot in [1, 64, 100_000, Int.max] { _ = settings.ports.first(of: slot) }
            _ = settings.branch(for: "x")
        }
        each(bytes("git version 2.39.5 (Apple Git-154)", "git version 2.55.GIT")) { bytes in
            _ = GitVersion(line: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("H3 reflogs: a name with a tab, a line without a message, one cut short")
    func reflogs() {
        let id = ParserFuzzTests.id
        let zero = String(repeating: "0", count: 40)
        let log = Array(
            "\(zero) \(id) A\tB <a@b> 17 +0000\tOn x: y\n\(id) \(id) C <> 18 +0000\n\(id) \(id.dropLast())".utf8)
        let lines = ReflogLine.lines(log)
        #expect(lines.map(\.old) == [zero, id, id])
        #expect(lines.map(\.new) == [id, id, nil])
        #expect(lines.map(\.seconds) == [17, 18, nil])
        #expect(lines.map(\.message) == ["On x: y", nil, nil])
        each([log]) { bytes in
            for line in ReflogLine.lines(bytes) { #expect(line.new.map(Text.isObjectID) ?? true) }
        }
    }

    @Test("H3 what the kernel prints: a process's line, whatever it calls itself")
    func kernel() {
        let rest = "S 1 12 12 34816 12 4194560 1 0 0 0 1 2 0 0 20 0 1 0 345 1000 50 18446744073709551615 1 2 140 0 0"
        each(bytes("12 (sh) \(rest)\n", "12 (a) b ) c) \(rest)", "7 () R")) { bytes in
            guard let facts = ProcessFacts(statLine: bytes) else { return }
            _ = facts.hasEnded
        }
    }

    @Test("H3 our own notes: journal, counts, set-up stamps, marks, boots, holders")
    func notes() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let pool = try Pool(lookingAt: repository.commonDirectory, environment: scratch.environment)
        try scratch.directory("\(repository.state)/slots")
        let id = ParserFuzzTests.id
        let lines = bytes("lease 00aa made 5 9 12 reaped", "lease 00ab reused 5 9 - -", "slot 00ff", "save 00aa \(id)")
        var history = UseHistory()
        var counts = Counts()
        each(lines) { bytes in
            guard let line = String(validating: bytes, as: UTF8.self).flatMap({ JournalLine($0) }) else { return }
            #expect(JournalLine(line.text) == line)
            guard case .lease(let facts) = line else { return }
            counts.add(facts)
            history.add(from: facts.from, to: facts.to, at: 1_800_000_000)
        }
        each(bytes("\(id) cafe", "1,2,3,4,5,6,7", "12:345")) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let stamp = SetupStamp(text) { #expect(stamp.text == text) }
            if let mark = FileMark(text: text) { #expect(FileMark(text: mark.text) == mark) }
        }
        let file = "\(repository.state)/stats"
        let text = "git-pool-stats 1\nsince 5\njournal 00aa 77\nuse 60 120 30\nmade 5\nwaited 9\nend\n"
        try each(bytes(text), 300) { bytes in
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            if case .found(let counts) = CountsFile.read(pool) {
                _ = counts.history.cells(of: UseHistory.scales[0], at: 9)
            }
        }
    }

    @Test("H3 what users type: options, durations, sizes, names, patterns, items")
    func typed() throws {
        let words = bytes(
            "--ttl=4m --no-holder x", "-n --json -- a b", "--wait=30s --exclusive --pid 12", "-b a/b --from HEAD~1 c")
        each(words) { bytes in
            let words = bytes.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            for syntax in [AddCommand.syntax, DoneCommand.syntax, RunCommand.syntax] {
                guard case .run(let arguments)? = try? Parser.parse(words, by: syntax) else { continue }
                _ = arguments.operands
            }
        }
        each(bytes("90s", "4m", "30d", "512M", "2G", "feature/a", "a.lock", "v[0-9]*?\\*", ":(top,glob)a/../b")) {
            bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let duration = try? Duration(text) { _ = (duration.description, duration.age, duration.milliseconds) }
            if let size = try? Size(text) { _ = (size.description, size.text) }
            if LeaseName.problem(with: text) == nil { #expect(!text.utf8.contains { $0 <= 0x20 }) }
            _ = Glob(text).matches("feature/a")
            if let pattern = try? ClaimPattern(text, in: "src") {
                #expect(pattern.overlaps(pattern, ignoringCase: false) { _ in false })
            }
            _ = MapItems.leaseName(text)
            #expect(!CQuote.quote(text).utf8.contains { $0 < 0x20 })
            #expect(!Printable.line(text).utf8.contains { $0 < 0x20 && $0 != 9 || $0 == 0x7F })
            _ = DisplayWidth.truncate(text, to: 5)
        }
    }
}
