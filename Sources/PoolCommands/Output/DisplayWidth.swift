/// How many terminal columns text takes, near enough: a width that is off by one may never cut or merge a letter.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        if Printable.isPlain(text) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        if wide.contains(where: { $0.contains(scalar.value) }) || scalar.properties.isEmojiPresentation { return 2 }
        let category = scalar.properties.generalCategory
        if category == .nonspacingMark || category == .enclosingMark { return 0 }
        return category == .format && scalar != "\u{AD}" ? 0 : 1
    }

    /// At most `width` columns, the last of them `…` if something was cut.
    static func truncate(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var used = 1
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            used += of(scalar)
            guard used <= width else { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    /// The blocks Unicode's EastAsianWidth gives as wide or full; emoji are asked of their own property.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F5FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
    ]
}
