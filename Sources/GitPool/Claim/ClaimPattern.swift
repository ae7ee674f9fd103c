internal import POSIX

/// What a claim covers: a path with all below it, or a pattern, seen from the top of the worktree; two of them overlap
/// unless no path can lie in both.
package struct ClaimPattern: Sendable, Equatable {
    package enum Invalid: Error, Equatable { case empty, outside, excluding, unknownMagic }

    /// As records keep it and lists show it: `.` is the whole worktree, a backslash takes a letter's meaning away.
    package let text: String

    /// A text that `init(_:in:)` made.
    package init(recorded text: String) { self.text = text }

    /// A pathspec as git has them (gitglossary(7)), typed in `folder`, which is relative to the top and empty there.
    package init(_ pathspec: String, in folder: String) throws(Invalid) {
        guard !pathspec.isEmpty else { throw .empty }
        let (magic, rest) = try ClaimPattern.magic(pathspec)
        let start = magic.contains("top") ? [] : ClaimPattern.parts(folder).map { ClaimPattern.escaped($0) }
        let typed = ClaimPattern.parts(rest).map { magic.contains("literal") ? ClaimPattern.escaped($0) : $0 }
        var parts: [String] = []
        for part in start + typed where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { throw .outside }
            } else {
                parts.append(part)
            }
        }
        text =
            (magic.contains("icase") ? ClaimPattern.caseBlind : "")
            + (parts.isEmpty ? "." : parts.joined(separator: "/"))
    }

    private static func magic(_ text: String) throws(Invalid) -> (words: Set<String>, rest: String) {
        guard text.hasPrefix(":") else { return ([], text) }
        if text.hasPrefix(":(") {
            guard let end = text.firstIndex(of: ")") else { throw .unknownMagic }
            let list = text[text.index(text.startIndex, offsetBy: 2)..<end]
            let words = Set(list.split(separator: ",").map(String.init))
            guard !words.contains("exclude") else { throw .excluding }
            guard words.isSubset(of: ["top", "literal", "glob", "icase"]) else { throw .unknownMagic }
            return (words, String(text[text.index(after: end)...]))
        }
        let rest = text.dropFirst()
        if rest.hasPrefix("/") { return (["top"], String(rest.dropFirst())) }
        guard !rest.hasPrefix("!"), !rest.hasPrefix("^") else { throw .excluding }
        guard rest.isEmpty else { throw .unknownMagic }
        return (["top"], "")
    }

    private static func parts(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }

    private static func escaped(_ part: String) -> String {
        String(
            part.unicodeScalars.reduce(into: String.UnicodeScalarView()) { result, scalar in
                if "*?[\\".unicodeScalars.contains(scalar) { result.append("\\") }
                result.append(scalar)
            })
    }

    // MARK: - Overlap

    /// - Parameter isFile: whether a path is known to be no folder; any other may become one, and is claimed with all
    ///   that will be below it. A pattern covers what it matches alone, as a pathspec does.
    package func overlaps(_ other: ClaimPattern, ignoringCase: Bool, isFile: (String) -> Bool) -> Bool {
        let isBlind = ignoringCase || isCaseBlind || other.isCaseBlind
        func end(_ pattern: ClaimPattern) -> (tokens: [UInt8?], coversBelow: Bool) {
            let literal = ClaimPattern.tokens(pattern.plain).reduce(into: [UInt8]?([])) { path, token in
                guard let token else { return path = nil }
                path?.append(token)
            }
            let coversBelow = literal.map { !isFile(String(decoding: $0, as: UTF8.self)) } ?? false
            return (ClaimPattern.tokens(isBlind ? pattern.plain.lowercased() : pattern.plain), coversBelow)
        }
        return ClaimPattern.meet(end(self), end(other))
    }

    private static let caseBlind = ":(icase)"
    private var isCaseBlind: Bool { text.hasPrefix(ClaimPattern.caseBlind) }

    /// Without its magic; empty for the whole worktree.
    private var plain: String {
        let pattern = isCaseBlind ? String(text.dropFirst(ClaimPattern.caseBlind.count)) : text
        return pattern == "." ? "" : pattern
    }

    /// Bytes; nil is any number of any bytes. `?` and `[…]` are taken for that too: they may stand for letters of more
    /// than one byte, and one claim too few is worse than one too many.
    private static func tokens(_ text: String) -> [UInt8?] {
        var tokens: [UInt8?] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"): tokens.append(rest.popFirst() ?? byte)
            case UInt8(ascii: "*"), UInt8(ascii: "?"): tokens.append(nil)
            case UInt8(ascii: "["):
                if let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "]")) {
                    rest = rest[(end + 1)...]
                    tokens.append(nil)
                } else {
                    tokens.append(byte)
                }
            default: tokens.append(byte)
            }
        }
        return tokens
    }

    /// Whether some path matches both. From the ends of both to their beginnings: `next[j]` tells it of what follows
    /// `one[i]` and `other[j]`.
    private static func meet(
        _ first: (tokens: [UInt8?], coversBelow: Bool), _ second: (tokens: [UInt8?], coversBelow: Bool)
    ) -> Bool {
        let (one, other) = (first.tokens, second.tokens)
        guard !one.isEmpty, !other.isEmpty else { return true }
        /// One of them has ended: whether what is left of the other can be nothing, or lie below.
        func isMet(_ rest: ArraySlice<UInt8?>, below: Bool) -> Bool {
            guard let first = rest.first, let byte = first else { return below || rest.allSatisfy { $0 == nil } }
            return below && byte == UInt8(ascii: "/")
        }
        var next = (0...other.count).map { isMet(other[$0...], below: first.coversBelow) }
        for i in one.indices.reversed() {
            var row = [Bool](repeating: false, count: other.count + 1)
            row[other.count] = isMet(one[i...], below: second.coversBelow)
            for j in other.indices.reversed() {
                row[j] =
                    switch (one[i], other[j]) {
                    case (nil, _), (_, nil): next[j] || row[j + 1]
                    case (let a, let b): a == b && next[j + 1]
                    }
            }
            next = row
        }
        return next[0]
    }
}
