import Testing

/// A filter that fails while git writes files leaves a tree half on its way to another commit: that is nobody's work.
@Suite struct HalfCheckoutTests {
    private let repository: Repository
    private var scratch: Scratch { repository.scratch }
    private var broken: String { scratch.at("broken") }
    private let early = ["a.z": "a\n", "b.txt": "b\n", "c.z": "c\n", "gone/d.txt": "d\n", "e.txt": "e\n"]

    /// While the file `broken` is there, the filter fails for the texts that it names.
    init() throws {
        repository = try Scratch().repository()
        let filter = try scratch.write(
            "filter.sh",
            """
            read text
            grep -qsx "$text" '\(broken)' && exit 1
            grep -qsx kill '\(broken)' && test "$text" = cc && kill -9 $PPID
            echo $text

            """)
        for (key, value) in [("smudge", "sh '\(filter)'"), ("clean", "cat"), ("required", "true")] {
            try repository.git("config", "filter.z.\(key)", value)
        }
        try repository.commit("early", early.merging([".gitattributes": "*.z filter=z\n"]) { $1 })
    }

    /// The branch that an idle slot follows goes on.
    private func moveOn() throws {
        try repository.git("rm", "-q", "-r", "gone")
        let late = ["a.z": "aa\n", "b.txt": "bb\n", "c.z": "cc\n", "e.txt": "ee\n", "new/f.txt": "f\n"]
        try repository.commit("late", late)
    }

    private func check(_ slot: String, _ texts: [String: String]) throws {
        #expect(try repository.status(of: slot).isEmpty)
        for (name, text) in texts { #expect(try scratch.read("\(slot)/\(name)") == text) }
        let saved = try repository.pool("list", "--saved").out
        #expect(!saved.contains("@"), "\(saved)")
    }

    @Test(
        "C2 where a filter fails while a slot is recycled, it says so, and is idle once the filter works",
        arguments: ["cc", "cc\nc", "kill"], [[], ["--save"], ["--discard"]])
    func recycled(_ failing: String, _ orders: [String]) throws {
        let slot = try repository.lease("a")
        try moveOn()
        try scratch.write(broken, failing + "\n")
        try scratch.run(["git", "pool", "done", "a"] + orders, in: repository.path).check(0, says: "released")
        let row = try repository.slots().first
        #expect(row?["state"] as? String == "cleaning", "\(row ?? [:])")
        #expect((row?["keptBecause"] as? [String])?.first?.contains("its recycling failed") == true, "\(row ?? [:])")
        _ = try repository.pool("gc")
        Scratch.remove(broken)
        try repository.settle(slot)
        try check(slot, ["a.z": "aa\n", "c.z": "cc\n", "e.txt": "ee\n"])
        #expect(!Scratch.exists("\(slot)/gone"))
    }

    @Test(
        "B1 where a filter fails while an idle slot is made ready, the slot is as it was, or once the filter works",
        arguments: ["cc", "cc\nc"])
    func leased(_ failing: String) throws {
        let slot = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(slot)
        try moveOn()
        try scratch.write(broken, failing + "\n")
        try repository.pool("add", "--no-holder", "b").check(128, says: "smudge filter z failed")
        _ = try repository.pool("gc")
        let state = try repository.state(at: slot)
        #expect(state == (failing == "cc" ? "idle" : "cleaning"))
        if failing == "cc" { try check(slot, early) }
        Scratch.remove(broken)
        try repository.settle(slot)
        #expect(try repository.lease("c") == slot)
        try check(slot, ["a.z": "aa\n", "c.z": "cc\n", "e.txt": "ee\n"])
    }

    @Test("C3 what somebody wrote in an idle slot is theirs, though a filter makes of it what the next lease has")
    func filtered() throws {
        try repository.git("config", "filter.strip.clean", "sed /^out/d")
        try scratch.write("\(repository.path)/.git/info/attributes", "*.nb filter=strip\n")
        let start = try repository.commit("old", ["t.nb": "v1\n"])
        try repository.git("switch", "-q", "-c", "next")
        try repository.commit("next", ["t.nb": "v2\n", "new.nb": "cell\n"])
        try repository.git("switch", "-q", "main")
        let slot = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(slot)
        try scratch.write("\(slot)/new.nb", "cell\nout: hours\n")
        try scratch.write("\(slot)/t.nb", "v2\nout: more\n")
        #expect(try repository.lease("b", "--from", "next") != slot)
        #expect(try scratch.read("\(slot)/new.nb") == "cell\nout: hours\n")
        #expect(try scratch.read("\(slot)/t.nb") == "v2\nout: more\n")
        #expect(try repository.git("rev-parse", "HEAD", in: slot).line == start)
        #expect(try repository.state(at: slot) == "orphaned")
    }

    @Test("C2 what somebody wrote into a tree that is half on its way is kept")
    func foreign() throws {
        let slot = try repository.lease("a")
        try moveOn()
        let filter = scratch.at("filter.sh")
        try scratch.write(filter, "read text; test $text != cc && exec echo $text; echo mine >b.txt; exit 1\n")
        try repository.pool("done", "a").check(0, says: "released")
        _ = try repository.pool("gc")
        #expect(try scratch.read("\(slot)/b.txt") == "mine\n")
        #expect(try scratch.read("\(slot)/e.txt") == "e\n")
        #expect(try repository.state(at: slot) == "leased")
        try repository.pool("done", "a").check(7, says: "b.txt")
    }
}
