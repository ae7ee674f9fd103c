/// One path that two commits have otherwise, as `git diff-tree` tells; a side that has nothing there has no mode.
package struct TreeDifference: Sendable {
    package struct Side: Sendable, Equatable {
        package let mode: String
        package let id: String

        package var isLink: Bool { mode == "120000" }
        package var isSubmodule: Bool { mode == "160000" }
    }

    package let path: [UInt8]
    package let old: Side?
    package let new: Side?

    package static func between(_ old: String, _ new: String, _ git: Git) throws(GitError) -> [TreeDifference] {
        let records = Text.records(try git.run(["diff-tree", "-r", "-z", "--no-renames", old, new]))
        return stride(from: 0, to: records.count - 1, by: 2).compactMap { pair in
            // ":oldmode newmode oldid newid letter" NUL path
            let words = String(decoding: records[pair].dropFirst(), as: UTF8.self).split(separator: " ")
            guard words.count == 5 else { return nil }
            func side(_ mode: Int) -> Side? {
                words[mode] == "000000" ? nil : Side(mode: String(words[mode]), id: String(words[mode + 2]))
            }
            return TreeDifference(path: Array(records[pair + 1]), old: side(0), new: side(1))
        }
    }
}
