import Foundation
import POSIX
import Testing

@testable import PoolCommands

@Suite struct OutputTests {
    @Test func `JSON keeps order and fits lines`() {
        let short: JSON = ["b": 1, "a": [true, nil, "x"], "empty": [:], "none": []]
        #expect(short.text == #"{"b": 1, "a": [true, null, "x"], "empty": {}, "none": []}"# + "\n")
        let path = String(repeating: "p", count: 90)
        let long: JSON = ["schema": 1, "slots": [["slot": 1, "path": .string(path)]]]
        #expect(
            long.text == """
                {
                  "schema": 1,
                  "slots": [
                    {
                      "slot": 1,
                      "path": "\(path)"
                    }
                  ]
                }

                """
        )
    }

    @Test func `JSON of what is absent is null`() {
        #expect(JSON(nil as String?) == .null)
        #expect(JSON(nil as Int?) == .null)
        #expect(JSON(Int32(7)) == .integer(7))
        #expect(JSON(Timestamp(seconds: 0)) == "1970-01-01T00:00:00Z")
        #expect(JSON(["a"]) == ["a"])
    }

    @Test func `JSON strings survive a reader`() throws {
        let scalars = (0..<0x180).compactMap { Unicode.Scalar($0 as Int) } + ["\u{2028}", "😀", "\u{301}"]
        let text = String(String.UnicodeScalarView(scalars))
        let json = JSON.object([.init(text, .array([.string(text), .integer(.min), .bool(false)]))]).text
        let read = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [Any]]
        #expect((read?[text]?[0] as? String).map { Array($0.unicodeScalars) } == scalars)
        #expect((read?[text]?[1] as? NSNumber)?.int64Value == .min)
        #expect(JSON.string("\u{1}\"\\\n\u{7F}\u{9B}é").text == #""\u0001\"\\\n\u007f\u009bé""# + "\n")
    }

    private func table() -> Table {
        var table = Table([.init("name", isFlexible: true), .init("n", alignment: .right), .init("note")])
        table.append(["feature-with-a-long-name", "7", ""])
        table.append([.init("日本語"), "12", .init("x\ny\tz", .bad)])
        return table
    }

    @Test func `tables align and end without spaces`() {
        #expect(
            table().text(width: nil, style: .plain) == """
                name                       n  note
                feature-with-a-long-name   7
                日本語                    12  x?y z

                """
        )
    }

    @Test func `tables fit the terminal`() {
        #expect(
            table().text(width: 22, style: .plain, showsHeader: false) == """
                feature-wi…   7
                日本語       12  x?y z

                """
        )
        #expect(table().text(width: 3, style: .plain).hasPrefix("name       n  note\nfeature…   7\n"))
    }

    @Test func `colours do not count as width`() {
        let text = table().text(width: nil, style: Style(isColoured: true), showsHeader: false)
        #expect(text.hasSuffix("12  \u{1B}[31mx?y z\u{1B}[m\n"))
    }

    @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("😀", 2), ("…", 1), ("é", 1), ("", 0), ("a\u{200B}b", 2)])
    func `a width is that of what a terminal shows`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(arguments: [("abcdef", 4, "abc…"), ("日本語", 4, "日…"), ("abc", 3, "abc"), ("abc", 1, "…"), ("abc", 0, "")])
    func `what is cut ends in a mark and never within a letter`(text: String, width: Int, expected: String) {
        #expect(DisplayWidth.truncate(text, to: width) == expected)
    }

    @Test(
        arguments: [
            (nil, nil, ["TERM": "xterm"], true, true), (nil, nil, ["TERM": "xterm"], false, false),
            (nil, nil, ["TERM": "dumb"], true, false), (nil, nil, [:], true, false),
            (nil, nil, ["TERM": "xterm", "NO_COLOR": "1"], true, false),
            (nil, nil, ["TERM": "xterm", "NO_COLOR": ""], true, true),
            ("always", "never", ["NO_COLOR": "1"], false, true), ("never", "always", ["TERM": "xterm"], true, false),
            (nil, "Off", ["TERM": "xterm"], true, false), ("true", nil, ["TERM": "xterm"], false, false),
            ("auto", "false", ["TERM": "xterm"], true, true),
        ] as [(String?, String?, [String: String], Bool, Bool)])
    func `colour is resolved once`(
        pool: String?, general: String?, environment: [String: String], isTerminal: Bool, isColoured: Bool
    ) {
        let style = Style(colorPool: pool, colorUI: general, environment: environment, isTerminal: isTerminal)
        #expect(style.isColoured == isColoured)
    }

    @Test(arguments: [
        ("plain /path=x y", "plain /path=x y"), ("a\nb", #""a\nb""#), ("a\"\\", #""a\"\\""#), ("é", #""\303\251""#),
        ("\u{1}\u{7F}", #""\001\177""#), ("", ""),
    ])
    func `C quoting is that of git`(text: String, quoted: String) {
        #expect(CQuote.quote(text) == quoted)
    }

    @Test(arguments: [
        ("plain/path", "plain/path"), ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("hi!", #"'hi'\!''"#),
        ("$(x)\n", "'$(x)\n'"), ("=ls", "'=ls'"), ("é", "'é'"), ("~", "'~'"),
    ])
    func `a word is quoted only where a shell would change it`(word: String, quoted: String) {
        #expect(ShellQuote.quote(word) == quoted)
    }

    @Test func `sh reads back what was quoted`() throws {
        let words = ["a b", "it's", "hi!", "$HOME `x` \\", "\n", "", "-n", "*", "日本"]
        let shell = Process()
        let output = Foundation.Pipe()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "printf '%s\\0' " + ShellQuote.quote(words)]
        shell.standardOutput = output
        try shell.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        #expect(String(decoding: bytes, as: UTF8.self) == words.map { $0 + "\0" }.joined())
    }

    @Test(arguments: [
        (Diagnostic.fatal("no such lease: 'a\u{1B}[2Jb'", "see 'c'"), "fatal: no such lease: 'a?[2Jb'\nsee 'c'\n"),
        (.hint("one", "", "two"), "hint: one\nhint:\nhint: two\n"), (.error("a\r\nb"), "error: a??b\n"),
        (.warning("tab\tkept é\u{9B}"), "warning: tab\tkept é?\n"), (.note("leased 'x'"), "leased 'x'\n"),
    ])
    func `a diagnostic has its prefix, and each line stays harmless`(diagnostic: Diagnostic, text: String) {
        #expect(diagnostic.text == text)
    }
}
