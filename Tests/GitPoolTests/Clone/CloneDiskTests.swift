import Foundation
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
            #expect(try scratch.read("\(repository.state)/storage").hasSuffix("reflink\n"))
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
}
