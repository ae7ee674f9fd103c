import Foundation
import GitPool
import Glibc
import Testing

/// Disks that can share blocks, as loop files; where mounting is not allowed these tests say so and look at nothing.
@Suite struct CloneDiskTests {
    private func onDisk(_ kind: String, _ body: (Scratch, String) throws -> Void) throws {
        let scratch = try Scratch()
        let place = try scratch.directory("disk")
        let mounted = try scratch.sh(
            "PATH=$PATH:/usr/sbin:/sbin; truncate -s 400M image; $1 image >made 2>&1; mount -o loop image disk 2>>made",
            kind == "xfs" ? "mkfs.xfs -q -m reflink=1" : "mkfs.btrfs -q", in: scratch.path)
        guard mounted.status == 0 else {
            print("skipped: cannot mount \(kind) here")
            return
        }
        defer { _ = try? scratch.sh("umount disk || umount -l disk", in: scratch.path) }
        try body(scratch, place)
    }

    @Test(
        "E3 on a disk that can, new files share their blocks, whatever was moved about in the donor",
        arguments: ["xfs", "btrfs"])
    func shared(_ kind: String) throws {
        try onDisk(kind) { scratch, place in
            let fixture = try CloneFixture(
                scratch, named: "\(place)/repo",
                extra:
                    "for d in one two; do mkdir -p $d/in; (cd $d/in; seq 1 200 | sed s/^/$d/ | split -l 1 -a 2 -); done"
            )
            let repository = fixture.repository
            let first = try repository.lease("a")
            let best = kind == "btrfs" ? "snapshot\n" : "reflink\n"
            #expect(try scratch.read("\(repository.state)/storage").hasSuffix(best))
            // File by file, as a snapshot would leave nothing to prove.
            try repository.git("config", "pool.storage", "reflink")
            #expect(Scratch.exists("\(repository.state)/births/1"))
            try fixture.check(first)
            // Files that nobody touched come to stand where others were.
            try scratch.sh("mv one x; mv two one; mv x two; mv one/in/aa one/in/ab", in: first)
            try fixture.check(try repository.lease("b"))
            try repository.git("checkout", "-q", "-f", ".", in: first)
            let third = try repository.lease("c")
            try fixture.check(third)
            #expect(fixture.isCloned(third, "large.bin"))
            let extents = try scratch.sh("sync; filefrag -v \"$1/large.bin\" 2>&1 | grep -c shared || :", third)
            if Scratch.isInstalled("filefrag") { #expect(extents.line != "0") }
            try repository.pool("done", "--all").ok()
        }
    }

    /// Whether a folder is a subvolume: its inode says so (btrfs-subvolume(8)).
    private func isSubvolume(_ path: String) throws -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_ino == 256
    }

    private func templates(_ repository: Repository) -> [String] {
        repository.scratch.entries("\(repository.root)/templates/\(repository.name)")
    }

    @Test("E3 on btrfs the third slot of a tree is one snapshot, which git finds clean without reading a file")
    func snapshots() throws {
        try onDisk("btrfs") { scratch, place in
            let fixture = try CloneFixture(scratch, named: "\(place)/repo")
            let repository = fixture.repository
            let first = try repository.lease("a")
            #expect(try !isSubvolume(first))
            #expect(templates(repository).isEmpty)
            let others = try ["b", "c"].map { try repository.lease($0) }
            for slot in others {
                #expect(try isSubvolume(slot))
                try fixture.check(slot)
                #expect(fixture.isCloned(slot, "large.bin"))
            }
            #expect(templates(repository).count == 1)

            // What is done in one is seen in no other.
            try scratch.write("\(others[0])/new", "mine\n")
            try scratch.sh("echo more >>large.bin; rm a.txt", in: others[0])
            #expect(try repository.git("status", "--porcelain", in: others[1]).out == "")
            try fixture.check(try repository.lease("d"))

            // Configuration that makes git write other bytes is respected, and so is `pool.storage`.
            try repository.git("config", "core.autocrlf", "true")
            #expect(try !isSubvolume(repository.lease("e")))
            try repository.git("config", "--unset", "core.autocrlf")
            try repository.git("config", "pool.storage", "reflink")
            #expect(try !isSubvolume(repository.lease("f")))
            try repository.git("config", "--unset", "pool.storage")

            // Another commit has a template of its own, which takes the place of the first one.
            try repository.commit("second", ["b.txt": "new\n"])
            for name in ["g", "h"] { _ = try repository.lease(name) }
            let last = try repository.lease("i")
            #expect(try isSubvolume(last))
            #expect(try scratch.read("\(last)/b.txt") == "new\n")
            #expect(try repository.git("status", "--porcelain", in: last).out == "")
            try repository.pool("gc").ok()
            #expect(templates(repository).count == 1)

            // Slots that are subvolumes go like any other, with what was worked there kept.
            try repository.pool("done", "--all", "--save").ok()
            try repository.git("config", "pool.idleTimeout", "0")
            try scratch.until("every slot and the template are gone") {
                try repository.pool("gc").ok()
                return repository.records.isEmpty && !Scratch.exists("\(repository.root)/templates")
            }
            #expect(scratch.entries("\(repository.root)/trash").isEmpty)
            let saved = try repository.git("for-each-ref", "--format=%(refname)", "refs/pool/saved/").lines
            let kept = try saved.map { try scratch.run(["git", "show", "\($0):new"], in: repository.path).out }
            #expect(kept.contains("mine\n"))
            try repository.pool("doctor").ok()
        }
    }

    @Test("E3 on btrfs a tree with files that git converts has no template, and is not cloned twice for every slot")
    func converted() throws {
        try onDisk("btrfs") { scratch, place in
            let fixture = try CloneFixture(
                scratch, named: "\(place)/repo", extra: "echo '*.bat eol=crlf' >.gitattributes; echo x >a.bat")
            let repository = fixture.repository
            for name in ["a", "b", "c"] {
                let slot = try repository.lease(name)
                #expect(try !isSubvolume(slot))
                #expect(try scratch.read("\(slot)/a.bat") == "x\r\n")
                #expect(try repository.git("status", "--porcelain", in: slot).out == "")
            }
            #expect(templates(repository).isEmpty)
            let tree = try repository.git("rev-parse", "HEAD^{tree}").out
            #expect(try scratch.read("\(repository.state)/template-refused") == tree)
        }
    }

    @Test(
        "H1 SIGKILL while a template or a snapshot of it is made: the next command converges",
        arguments: [FaultPoint.templateFilled, .templatePublished, .addSnapshotted, .addExchanged])
    func killed(_ point: FaultPoint) throws {
        try onDisk("btrfs") { scratch, place in
            let fixture = try CloneFixture(scratch, named: "\(place)/repo")
            let repository = fixture.repository
            _ = try repository.lease("a")
            try repository.pool("add", "--pid", scratch.holderPid(), "b", env: ["GIT_POOL_FAULT": point.rawValue])
                .check(137)
            try repository.pool("gc").ok()
            #expect(repository.records == ["1.leased"])
            #expect(scratch.entries("\(repository.root)/trash").isEmpty)
            #expect(try repository.tip("refs/heads/pool/b") == nil)
            #expect(templates(repository).count == (point == .templateFilled ? 0 : 1))
            try fixture.check(try repository.lease("b"))
            try fixture.check(try repository.lease("c"))
            try repository.pool("doctor").ok()
            try repository.git("fsck", "--strict")
        }
    }
}
