import Foundation
import Testing

/// A repository that was put back as it was some time ago, while its worktrees stayed as they are.
@Suite struct BackupTests {
    enum Way: String, CaseIterable, Sendable {
        /// The folder is another one then.
        case instead = "mv repo/.git old; cp -r backup repo/.git"
        /// Only files are written, with the times they had.
        case over = "cp -a backup/. repo/.git; rm repo/.git/pool/slots/1.leased"

        /// Its files are as old as backups are.
        func makeAndPutBack(_ repository: Repository, _ between: () throws -> Void) throws {
            let scratch = repository.scratch
            try scratch.sh("cp -a repo/.git backup; find backup -exec touch -hd '1 hour ago' {} +", in: scratch.path)
                .ok()
            try between()
            try scratch.sh(rawValue, in: scratch.path).ok()
        }
    }

    @Test(
        "A5 an idle slot of a repository that came back from a backup is looked at before it is leased",
        arguments: Way.allCases)
    func liveLease(_ way: Way) throws {
        let repository = try Scratch().repository()
        let path = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(path)
        try way.makeAndPutBack(repository) {
            #expect(try repository.lease("b") == path)
            try repository.scratch.write("\(path)/new.txt", "precious\n")
        }
        #expect(try repository.state(at: path) == "idle")
        #expect(try repository.lease("c") != path)
        #expect(try repository.state(at: path) == "orphaned")
        #expect(try repository.scratch.read("\(path)/new.txt") == "precious\n")
        try repository.pool("doctor").check(0)
    }

    @Test("G5 a worktree that is younger than the backup is kept, and doctor tells of it", arguments: Way.allCases)
    func younger(_ way: Way) throws {
        let repository = try Scratch().repository()
        let first = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(first)
        var path = ""
        try way.makeAndPutBack(repository) {
            _ = try repository.lease("b")
            path = try repository.lease("c")
            try repository.scratch.write("\(path)/new.txt", "precious\n")
        }
        // What is written over a repository takes nothing away.
        if way == .over {
            try repository.scratch.sh("rm -r .git/worktrees/repo-2 .git/pool/slots/2.*", in: repository.path).ok()
        }
        for _ in 0..<2 {
            let doctor = try repository.pool("doctor", "--fix").check(1)
            #expect(
                doctor.out.contains("a worktree that git knows nothing of any more is left over: '\(path)'"),
                "\(doctor)")
        }
        #expect(try repository.lease("d") != path)
        #expect(try repository.scratch.read("\(path)/new.txt") == "precious\n")
        Scratch.remove(path)
        try repository.pool("doctor").check(0)
    }

    @Test("B1 an idle slot in which nobody worked since the backup is leased after that look", arguments: Way.allCases)
    func untouched(_ way: Way) throws {
        let repository = try Scratch().repository()
        let path = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(path)
        try way.makeAndPutBack(repository) { try repository.scratch.write("repo/.git/pool/slots/1.leased", "") }
        #expect(try repository.lease("b") != path)
        #expect(try repository.state(at: path) == "idle")
        #expect(try repository.lease("c") == path)
    }
}
