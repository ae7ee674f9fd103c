import Foundation
import Testing

/// What `done` must refuse, and that refusing changes no byte.
@Suite struct RefusalTests {
    enum Risk: String, CaseIterable {
        case modified, staged, untracked, deleted, detachedCommits, merge, rebase, cherryPick, bisect, submodule,
            nestedRepository, nestedWorktree, process, stash, hiddenUntracked, assumeUnchanged, skipWorktree,
            unreadableIndex

        /// Puts the risk into the lease; gives what has to outlive the test's refusals.
        func plant(_ repository: Repository, _ lease: String) throws -> Background? {
            let scratch = repository.scratch
            switch self {
            case .modified: try scratch.write("\(lease)/a.txt", "changed\n")
            case .staged:
                try scratch.write("\(lease)/a.txt", "changed\n")
                try repository.git("add", "a.txt", in: lease)
            case .untracked: try scratch.write("\(lease)/d/new.txt", "new\n")
            case .deleted: try repository.git("rm", "-q", "--cached", "a.txt", in: lease)
            case .detachedCommits:
                try repository.git("switch", "-q", "--detach", in: lease)
                try repository.commit("nobody's", ["x.txt": "x\n"], in: lease)
            case .merge, .rebase, .cherryPick: try conflict(repository, lease)
            case .bisect: try repository.git("bisect", "start", in: lease)
            case .submodule: try scratch.write("\(lease)/sub/a.txt", "changed in the submodule\n")
            case .nestedRepository:
                try repository.git("init", "-q", "inner", in: lease)
                try repository.commit("inner", ["x.txt": "x\n"], in: "\(lease)/inner")
            case .nestedWorktree: try repository.git("worktree", "add", "-q", "--detach", "\(lease)/inner", in: lease)
            case .process: return try scratch.start(["sleep", "900"], in: lease)
            case .stash:
                try scratch.write("\(lease)/a.txt", "stashed\n")
                try repository.git("stash", "-q", in: lease)
            case .hiddenUntracked:
                try repository.git("config", "status.showUntrackedFiles", "no")
                try scratch.write("\(lease)/new.txt", "new\n")
            case .assumeUnchanged, .skipWorktree:
                let flag = self == .assumeUnchanged ? "--assume-unchanged" : "--skip-worktree"
                try repository.git("update-index", flag, "a.txt", in: lease)
                try scratch.write("\(lease)/a.txt", "hidden from status\n")
            case .unreadableIndex:
                // An index that cannot be read: what cannot be inspected is at risk.
                let index = try repository.git("rev-parse", "--absolute-git-dir", in: lease).line + "/index"
                try scratch.write(index, "not an index")
            }
            return nil
        }

        private func conflict(_ repository: Repository, _ lease: String) throws {
            try repository.commit("theirs", ["a.txt": "theirs\n"])
            try repository.commit("ours", ["a.txt": "ours\n"], in: lease)
            let words: [Risk: [String]] = [
                .merge: ["merge", "main"], .rebase: ["rebase", "main"], .cherryPick: ["cherry-pick", "main"],
            ]
            let outcome = try repository.scratch.run(["git"] + (words[self] ?? []), in: lease)
            #expect(outcome.status != 0)
        }
    }

    @Test("C3 work at risk is refused, with the ways on, and nothing changes", arguments: Risk.allCases)
    func refuse(_ risk: Risk) throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        if risk == .submodule { try repository.addSubmodule(at: "sub") }
        let lease = try repository.lease("a")
        if risk == .submodule {
            try repository.git("-c", "protocol.file.allow=always", "submodule", "update", "-q", "--init", in: lease)
        }
        let occupant = try risk.plant(repository, lease)
        let before = (try tree(of: lease), try repository.snapshot(), try admin(repository, lease))
        // A process alone is no work to be thrown away.
        let ways = risk == .process ? "is in use" : "--discard"
        let outcome = try repository.pool("done", "a").check(7, says: "--save", ways)
        #expect(outcome.out.isEmpty)
        let gc = try repository.pool("gc").check(0)
        #expect(try tree(of: lease) == before.0, "\(gc)")
        #expect(try repository.snapshot() == before.1)
        #expect(try admin(repository, lease) == before.2)
        #expect(try repository.leased == ["a"])
        occupant?.kill()
    }

    /// The administrative files of a worktree, such as those of an operation in progress. Of the index what it says
    /// counts: its memory of times and sizes may be refreshed.
    private func admin(_ repository: Repository, _ lease: String) throws -> [String: Data] {
        let directory = try repository.git("rev-parse", "--absolute-git-dir", in: lease).line
        var files = try tree(of: directory).mapValues(\.bytes)
        let listing = try repository.scratch.run(["git", "ls-files", "-z", "-s", "-v"], in: lease)
        files["index"] = listing.status == 0 ? listing.bytes : files["index"]
        return files
    }

    @Test("C3 done from inside does not count its caller, nor its caller's ancestors, as somebody in the way")
    func ownShell() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.scratch.sh("sh -c 'git pool done; echo $?'; :", in: lease).ok()
        #expect(try repository.leased.isEmpty)
    }

    @Test("C3 commits that only a reflog reaches do not refuse, and are not lost")
    func reflogOnly() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        let dropped = try repository.commit("dropped", ["x.txt": "x\n"], in: lease)
        try repository.git("reset", "-q", "--hard", "HEAD~1", in: lease)
        try repository.pool("done", "a").check(0)
        try repository.settle(lease)
        _ = try repository.lease("b")
        try repository.git(
            "-c", "gc.reflogExpire=now", "-c", "gc.reflogExpireUnreachable=now", "gc", "-q", "--prune=now")
        #expect(try repository.tip("\(dropped)") == dropped)
    }

    @Test("C3 a .gitignore that came with the lease hides nothing from the recycling")
    func leasedIgnore() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        try repository.commit("ignore", [".gitignore": "notes\n"], in: lease)
        try repository.scratch.write("\(lease)/notes", "mine\n")
        try repository.pool("done", "a").check(0)
        try repository.pool("gc").check(0)
        let blob = try repository.scratch.run(["git", "hash-object", "--stdin"], in: repository.path, input: "mine\n")
            .line
        let saved = try repository.git("rev-list", "--objects", "--glob=refs/pool/saved/*").out.contains(blob)
        let stays = Scratch.exists("\(lease)/notes")
        #expect(saved || stays)
        if try repository.state(at: lease) == "idle" { #expect(!stays, "the next lease would find it") }
    }
}
