import Foundation
import Glibc
import Testing

@testable import Git

@Suite struct PackedRefsTests {
    @Test("B5 packed refs are found by halves as git finds them, and git is asked where they are not sorted")
    func halves() throws {
        let repository = try Scratch().repository()
        try repository.git("commit", "-q", "--allow-empty", "-m", "second")
        let tips = [try repository.tip("HEAD"), try repository.tip("HEAD~1")].compactMap { $0 }
        try repository.git("tag", "-a", "-m", "annotated", "m-annotated")
        // Long ones and short ones, such as begin alike, and bytes above ASCII.
        let names = (0..<1500).map { number in
            let folder = [
                "heads/topic", "remotes/origin/\(String(repeating: "deep/", count: number % 40))x", "tags/é",
            ][number % 3]
            return "refs/\(folder)-\(number * 7919 % 1500)"
        }
        let lines = names.enumerated().map { "create \($1) \(tips[$0 % 2])\n" }.joined()
        let input = try repository.scratch.write("input", lines)
        try repository.scratch.run(["sh", "-c", "git update-ref --stdin <\(input)"], in: repository.path).ok()
        try repository.git("pack-refs", "--all")
        let common = repository.commonDirectory
        for line in try repository.git("for-each-ref", "--format=%(objectname) %(refname)").lines {
            let words = line.split(separator: " ").map(String.init)
            #expect(RefFiles.id(of: words[1], in: common) == words[0], "\(words[1])")
        }
        for name in [
            "refs/a", "refs/heads/topic-1500", "refs/heads/topic", "refs/tags/zz", "refs/zz", "refs/heads/mai",
        ] {
            #expect(RefFiles.id(of: name, in: common) == nil, "\(name)")
        }
        // What is loose wins.
        try repository.git("update-ref", "refs/heads/main", tips[1])
        #expect(RefFiles.id(of: "refs/heads/main", in: common) == tips[1])

        let packed = try repository.scratch.read("\(common)/packed-refs")
        try repository.scratch.write("\(common)/packed-refs", packed.replacingOccurrences(of: " sorted ", with: " "))
        #expect(RefFiles.id(of: names[0], in: common) == nil)
    }

    @Test("H3 packed refs that are cut off while they are looked through are asked of git")
    func cutOff() throws {
        let scratch = try Scratch()
        let id = String(repeating: "a", count: 40)
        let lines = (1000..<1400).map { "\(id) refs/heads/topic-\($0)\n" }
        try scratch.write("packed-refs", "# pack-refs with: peeled fully-peeled sorted \n" + lines.joined())
        guard let refs = PackedRefs(in: scratch.path) else { throw CocoaError(.fileNoSuchFile) }
        #expect(refs.id(of: "refs/heads/topic-1300") == id)
        truncate(scratch.at("packed-refs"), 100)
        #expect(refs.id(of: "refs/heads/topic-1300") == nil)
    }
}
