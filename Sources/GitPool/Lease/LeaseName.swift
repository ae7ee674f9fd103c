internal import POSIX

/// Names of leases: what git takes as a branch name (git-check-ref-format(1)), so that a name can be one.
package enum LeaseName {
    private static let longest = 200

    /// Nil if the name is good.
    package static func problem(with name: String) -> PoolError.BadName? {
        let bytes = Array(name.utf8)
        if bytes.isEmpty { return .empty }
        if bytes.count > longest { return .tooLong }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return .control }
        return isBranchName(name) ? nil : .notARef
    }

    /// The rules of git-check-ref-format(1), `--branch`; of bytes, as git has them: a combining mark hides nothing.
    package static func isBranchName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        if bytes == Array("HEAD".utf8) || bytes == Array("@".utf8) { return false }
        if bytes.first == UInt8(ascii: "-") || bytes.last == UInt8(ascii: ".") { return false }
        if bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F || forbidden.contains($0) }) { return false }
        for pair in zip(bytes, bytes.dropFirst()) {
            if pair == (UInt8(ascii: "."), UInt8(ascii: ".")) || pair == (UInt8(ascii: "@"), UInt8(ascii: "{")) {
                return false
            }
        }
        return bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.first != UInt8(ascii: ".") && !$0.suffix(5).elementsEqual(".lock".utf8)
        }
    }

    private static let forbidden = Set("~^:?*[\\".utf8)

    /// `adjective-noun`, and from the twentieth try on with a number, so that a free one is always found.
    static func generated(attempt: Int) -> String {
        let number = RandomID.number()
        let adjective = adjectives[Int(number % UInt64(adjectives.count))]
        let noun = nouns[Int((number >> 20) % UInt64(nouns.count))]
        return attempt < 20 ? "\(adjective)-\(noun)" : "\(adjective)-\(noun)-\(number >> 44)"
    }

    private static let adjectives = [
        "able", "agile", "amber", "ample", "azure", "bold", "brave", "brisk", "bright", "calm", "clear", "clever",
        "coral", "crisp", "deft", "eager", "early", "fair", "fleet", "fond", "fresh", "gentle", "glad", "golden",
        "grand", "happy", "hardy", "hazel", "humble", "ivory", "jolly", "keen", "kind", "lively", "loyal", "lucid",
        "mellow", "merry", "mild", "neat", "nimble", "noble", "olive", "patient", "plain", "proud", "quick", "quiet",
        "rapid", "ready", "rosy", "sharp", "silver", "sleek", "smooth", "snug", "solid", "steady", "sunny", "swift",
        "tidy", "vivid", "warm", "witty",
    ]
    private static let nouns = [
        "acorn", "alder", "aspen", "badger", "beacon", "beaver", "birch", "bison", "brook", "canyon", "cedar",
        "cliff", "comet", "crane", "creek", "delta", "dune", "eagle", "ember", "falcon", "fern", "finch", "fjord",
        "forest", "fox", "glade", "grove", "harbor", "hawk", "heron", "hill", "island", "lagoon", "lake", "larch",
        "lark", "lynx", "maple", "marsh", "meadow", "moss", "oak", "otter", "owl", "pebble", "pine", "plover", "pond",
        "quartz", "raven", "reed", "ridge", "river", "robin", "sparrow", "spruce", "stone", "summit", "swan",
        "thistle", "trout", "valley", "willow", "wren",
    ]
}
