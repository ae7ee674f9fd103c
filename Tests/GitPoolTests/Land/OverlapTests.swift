import Foundation
import Testing

@Suite struct OverlapTests {
    private func overlaps(
        _ repository: Repository, _ name: String
    ) throws -> [String: (paths: [String], conflicts: [String]?)] {
        let slot = try repository.slots("--status").first { $0["name"] as? String == name }
        let list = try #require(slot?["overlaps"] as? [[String: Any]])
        return Dictionary(
            uniqueKeysWithValues: list.map {
                ($0["name"] as? String ?? "?", ($0["paths"] as? [String] ?? [], $0["conflicts"] as? [String]))
            })
    }

    @Test("F5 list --status shows files that two leases changed, and merges that would conflict, before anyone merges")
    func overlap() throws {
        let lines = (1...20).map { "\($0)\n" }
        let repository = try Scratch().repository(files: ["a.txt": lines.joined(), "b.txt": "b\n", "c.txt": "c\n"])
        func edited(_ line: Int, _ text: String) -> String {
            lines.enumerated().map { $0.offset == line - 1 ? text + "\n" : $0.element }.joined()
        }
        let one = try repository.lease("one")
        let two = try repository.lease("two")
        let three = try repository.lease("three")
        _ = try repository.lease("four")
        try repository.commit("one", ["a.txt": edited(2, "one")], in: one)
        try repository.commit("two", ["a.txt": edited(2, "two")], in: two)
        try repository.commit("three", ["a.txt": edited(19, "three")], in: three)
        // Not committed yet, and still in each other's way.
        try repository.scratch.write("\(two)/b.txt", "two\n")
        try repository.scratch.write("\(three)/b.txt", "three\n")
        try repository.scratch.write("\(one)/new.txt", "one\n")
        try repository.scratch.write("\(three)/new.txt", "three\n")
        let before = try repository.git("for-each-ref").out

        let first = try overlaps(repository, "one")
        #expect(first["two"]?.paths == ["a.txt"] && first["two"]?.conflicts == ["a.txt"])
        #expect(first["three"]?.paths == ["a.txt", "new.txt"] && first["three"]?.conflicts == [])
        #expect(first.count == 2)
        #expect(try overlaps(repository, "two")["three"]?.paths == ["a.txt", "b.txt"])
        #expect(try overlaps(repository, "four").isEmpty)
        #expect(try repository.slots().allSatisfy { $0["overlaps"] is NSNull })
        let table = try repository.pool("list", "--status").ok()
        #expect(table.lines[0].contains("OVERLAPS"))
        #expect(table.lines.contains { $0.contains("two conflicts, three") })
        #expect(try repository.git("for-each-ref").out == before)
    }

    @Test("F5 list --status shows what would conflict with the base as it is now")
    func base() throws {
        let repository = try Scratch().repository()
        let lease = try repository.lease("work")
        try repository.commit("work", ["a.txt": "work\n"], in: lease)
        func conflicts() throws -> [String]? { try repository.slots("--status").first?["baseConflicts"] as? [String] }
        #expect(try conflicts() == [])
        #expect(try !repository.pool("list", "--status").ok().out.contains("OVERLAPS"))
        try repository.commit("main", ["a.txt": "main\n"])
        #expect(try conflicts() == ["a.txt"])
        #expect(try repository.pool("list", "--status").ok().out.contains("main conflicts"))
    }
}
