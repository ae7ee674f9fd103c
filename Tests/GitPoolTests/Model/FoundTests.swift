import Foundation
import Testing

/// What random operations against the model have found (Tests/Model), each as short as it could be made.
@Suite struct FoundTests {
    @Test(
        "H5 F4 a rebase that leaves nothing to land, or whose tests fail, saves what it replaced",
        arguments: ["true", "false"])
    func replayed(_ test: String) throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("a")
        if test == "true" {
            try repository.git("commit", "-q", "--amend", "-m", "in other words", in: lease)
        } else {
            try repository.commit("work", ["w.txt": "w\n"], in: lease)
            try repository.commit("other work", ["o.txt": "o\n"])
        }
        let own = try #require(try repository.tip("a"))
        let landed = try repository.pool("land", "--strategy=rebase", "--test=\(test)", "a")
        #expect(landed.status == (test == "true" ? 0 : 7), "\(landed)")
        #expect(try repository.tip("a") != own)
        #expect(try repository.git("rev-list", "--glob=refs/pool/saved/*").lines.contains(own))
    }
}
