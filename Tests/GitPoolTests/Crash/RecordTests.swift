import Foundation
import GitPool
import Testing

/// Records are data: what is not understood is kept, and what they claim is looked up before it is believed.
@Suite struct RecordTests {
    enum Damage: CaseIterable {
        case truncated, empty, garbage, newer, unknownKey, misplaced, repeated, binary, escapingID, dotID, twice

        func apply(_ repository: Repository) throws {
            let path = "\(repository.state)/slots/1.leased"
            let text = try repository.scratch.read(path)
            switch self {
            case .truncated: try repository.scratch.write(path, String(text.prefix(text.count / 2)))
            case .empty: try repository.scratch.write(path, "")
            case .garbage: try repository.scratch.write(path, "$(touch /tmp/never)\nend\n")
            case .newer: try repository.scratch.write(path, text.replacingOccurrences(of: "slot 1\n", with: "slot 2\n"))
            case .unknownKey:
                try repository.scratch.write(
                    path, text.replacingOccurrences(of: "\nend\n", with: "\nfuture yes\nend\n"))
            case .misplaced, .repeated:
                var lines = text.split(separator: "\n")
                let last = lines.count - 2
                if self == .misplaced { lines.swapAt(last - 1, last) } else { lines.insert(lines[last], at: last) }
                try repository.scratch.write(path, lines.joined(separator: "\n") + "\n")
            case .binary: try repository.scratch.write(path, Data([0, 1, 2, 0xFF]))
            case .escapingID, .dotID:
                let id = self == .dotID ? "." : "slots"
                let lines = text.split(separator: "\n").map { $0.hasPrefix("work") ? "work \(id)" : String($0) }
                try repository.scratch.write(path, lines.joined(separator: "\n") + "\n")
                rename(path, "\(repository.state)/slots/1.trash")
            case .twice: try repository.scratch.write("\(repository.state)/slots/1.idle", text)
            }
        }
    }

    @Test(
        "H3 a record that is not understood is kept and never acted on, and done says so with status 8",
        arguments: Damage.allCases)
    func damaged(_ damage: Damage) throws {
        let repository = try Scratch().repository()
        let holder = try repository.scratch.holder()
        let lease = try repository.lease("a", "--pid", String(holder.pid))
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try damage.apply(repository)
        holder.kill()
        let records = repository.records
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        try repository.pool("list").check(0)
        #expect(try repository.lease("b") != lease)
        for words in [["a"], ["1"], [lease], ["--all"]] {
            let outcome = try repository.scratch.run(
                ["git", "pool", "done", "--save"] + words, in: repository.path)
            outcome.check(8, says: "the record of slot 1 cannot be read", "hint: see 'git pool doctor'")
        }
        #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
        #expect(Set(records).isSubset(of: Set(repository.records)))
        #expect(!Scratch.exists("/tmp/never"))
        try repository.fsck()
    }

    @Test("H1 a trash record without an id, as a full disk leaves it, costs no other slot anything")
    func trashWithoutID() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let other = try repository.lease("b")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        rename("\(repository.state)/slots/1.idle", "\(repository.state)/slots/1.trash")
        try repository.pool("gc").check(0)
        #expect(repository.records == ["2.leased"])
        #expect(Scratch.exists(other) && !Scratch.exists(lease))
        try repository.checkSound()
    }

    @Test("H1 work that somebody did in a slot between the kill and the emptying of the trash is kept")
    func workInTrash() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        rename("\(repository.state)/slots/1.idle", "\(repository.state)/slots/1.trash")
        try repository.scratch.write("\(lease)/new.txt", "precious\n")
        try repository.pool("gc").check(0)
        #expect(try repository.scratch.read("\(lease)/new.txt") == "precious\n")
    }

    @Test("H1 an idle slot of an earlier boot is judged before it is believed", arguments: [false, true])
    func earlierBoot(dirty: Bool) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        if dirty { try repository.scratch.write("\(lease)/a.txt", "half written\n") }
        let boot: [String: String?] = ["GIT_POOL_FAKE_BOOT_ID": "00000000-0000-0000-0000-00000000b007"]
        let other = try repository.add("--no-holder", "b", env: boot).ok().line
        #expect(try repository.scratch.read("\(other)/a.txt") == "one\n")
        #expect(try repository.status(of: other).isEmpty)
        if dirty { #expect(try repository.scratch.read("\(lease)/a.txt") == "half written\n") }
    }

    @Test("H1 an add killed in a later boot does not make an unjudged slot believed")
    func earlierBootKilled() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        try repository.scratch.write("\(lease)/a.txt", "half written\n")
        let boot = "00000000-0000-0000-0000-00000000b007"
        let killed: [String: String?] = [
            "GIT_POOL_FAKE_BOOT_ID": boot, "GIT_POOL_FAULT": FaultPoint.leasingWritten.rawValue,
        ]
        try repository.add("--no-holder", "b", env: killed).check(137)
        let other = try repository.add("--no-holder", "b", env: ["GIT_POOL_FAKE_BOOT_ID": boot]).ok().line
        #expect(try repository.status(of: other).isEmpty)
        #expect(try repository.holds("half written\n"))
    }

    @Test("H6 a slot replaced by a link, and a link in the trash, are not followed")
    func links() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let elsewhere = repository.scratch.at("elsewhere")
        rename(lease, elsewhere)
        symlink(elsewhere, lease)
        try repository.scratch.write("\(elsewhere)/new.txt", "precious\n")
        let before = try tree(of: elsewhere)
        try repository.pool("done", "--discard", "a").check(7)
        _ = try repository.pool("gc")
        #expect(try tree(of: elsewhere) == before)

        let second = try repository.lease("b")
        try repository.pool("done", "b").check(0)
        try repository.settle(second)
        let bystander = repository.scratch.at("bystander")
        try repository.git("worktree", "add", "-q", "-b", "bystander", bystander)
        let id = "trash-00000000000000aa"
        let text = try repository.scratch.read("\(repository.state)/slots/2.idle")
        let lines = text.split(separator: "\n").map { $0.hasPrefix("work") ? "work \(id)" : String($0) }
        Scratch.remove("\(repository.state)/slots/2.idle")
        try repository.scratch.write("\(repository.state)/slots/2.trash", lines.joined(separator: "\n") + "\n")
        try repository.scratch.directory("\(repository.root)/trash")
        symlink(bystander, "\(repository.root)/trash/\(id)")
        _ = try repository.pool("gc")
        #expect(Scratch.exists("\(bystander)/.git") && Scratch.exists("\(bystander)/a.txt"))
    }
}
