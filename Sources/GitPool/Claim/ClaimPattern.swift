internal import POSIX

/// What a claim covers: a path with all below it, or a pattern, seen from the top of the worktree; two of them overlap
/// unless no path can lie in both.
package struct ClaimPattern: Sendable, Equatable {
    package enum Invalid: Error, Equatable { case empty, tooLong, outside, excluding, unknownMagic }

    /// As records keep it and lists show it: `.` is the whole worktree, a backslash takes a letter's meaning away.
    package let text: String

    /// No path that a program can open is longer (PATH_MAX).
    private static let longest = 4096

    /// A text that `init(_:in:)` made.
    package init(recorded text: String) { self.text = text }

    /// A pathspec as git has them (gitglossary(7)), typed in `folder`, which is relative to the top and empty there.
    package init(_ pathspec: String, in folder: String) throws(Invalid) {
        guard !pathspec.isEmpty else { throw .empty }
        guard pathspec.utf8.count + folder.utf8.count < ClaimPattern.longest else { throw .tooLong }
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
        func tokens(_ pattern: ClaimPattern) -> [UInt8?] {
            ClaimPattern.tokens(isBlind ? pattern.plain.lowercased() : pattern.plain)
        }
        // Only the few whose names fit are looked up.
        func coversBelow(_ pattern: ClaimPattern) -> Bool {
            let path = ClaimPattern.tokens(pattern.plain).compactMap { $0 }
            return !isFile(String(decoding: path, as: UTF8.self))
        }
        return ClaimPattern.meet(tokens(self), tokens(other)) {
            coversBelow(self)
        } otherCoversBelow: {
            coversBelow(other)
        }
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

    /// Whether some path matches both.
    ///
    /// - Parameter coversBelow: of one that is a plain path, whether what lies below it is meant too; asked last.
    private static func meet(
        _ one: [UInt8?], _ other: [UInt8?], coversBelow: () -> Bool, otherCoversBelow: () -> Bool
    ) -> Bool {
        guard !one.isEmpty, !other.isEmpty else { return true }
        let common = zip(one, other).prefix { $0 != nil && $0 == $1 }.count
        let (first, second) = (one[common...], other[common...])
        switch (first.contains(nil), second.contains(nil)) {
        case (false, false):
            return (first.isEmpty && second.isEmpty) || (first.isEmpty && second.first == slash && coversBelow())
                || (second.isEmpty && first.first == slash && otherCoversBelow())
        case (true, true):
            // What both have at their ends must fit; in between, each can wait in the other's gap.
            let ends = zip(first.reversed(), second.reversed()).first { $0 == nil || $0 != $1 }
            return isGap(first.first, second.first) && isGap(ends?.0, ends?.1)
        case (true, false): return matches(first, second) || (isOpen(first, below: second) && otherCoversBelow())
        case (false, true): return matches(second, first) || (isOpen(second, below: first) && coversBelow())
        }
    }

    private static let slash: UInt8?? = UInt8(ascii: "/")

    private static func isGap(_ one: UInt8??, _ other: UInt8??) -> Bool { one == .some(nil) || other == .some(nil) }

    /// Whether the pattern can go on below the path: it has a gap before they differ, or the path whole and a slash.
    private static func isOpen(_ pattern: ArraySlice<UInt8?>, below path: ArraySlice<UInt8?>) -> Bool {
        let step = zip(pattern, path + [UInt8(ascii: "/")]).first { $0 == nil || $0 != $1 }
        return step.map { $0.0 == nil } ?? true
    }

    /// Each piece between gaps is taken where it comes first, and further on where that leads nowhere.
    private static func matches(_ pattern: ArraySlice<UInt8?>, _ path: ArraySlice<UInt8?>) -> Bool {
        var (piece, place) = (pattern.startIndex, path.startIndex)
        var gap: (piece: Int, place: Int)?
        while place < path.endIndex {
            if piece < pattern.endIndex, pattern[piece] == nil {
                piece += 1
                gap = (piece, place)
            } else if piece < pattern.endIndex, pattern[piece] == path[place] {
                piece += 1
                place += 1
            } else if let last = gap {
                gap = (last.piece, last.place + 1)
                (piece, place) = (last.piece, last.place + 1)
            } else {
                return false
            }
        }
        return pattern[piece...].allSatisfy { $0 == nil }
    }
}
