import Foundation
import Testing

@testable import PoolCommands

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws -> JSON { try JSONReader.read(Array(text.utf8)) }

    private func problem(_ bytes: [UInt8]) -> JSONReader.Malformed.Problem? {
        do {
            _ = try JSONReader.read(bytes)
            return nil
        } catch { return error.problem }
    }

    @Test(
        arguments: [
            ("null", JSON.null), (" \t\r\n true ", true), ("-0", 0), ("12", 12),
            ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .decimal("9223372036854775808")), ("1.50", .decimal("1.50")),
            ("-2E+3", .decimal("-2E+3")), (#""""#, ""), (#""a\/\"\\\b\f\n\r\t""#, "a/\"\\\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\ud83d\ude00\u0000""#, "A\u{E9}\u{1F600}\0"), ("[ ]", []), ("[1,[2]]", [1, [2]]),
            (#"{"b":{},"a":[null,false]}"#, ["b": [:], "a": [nil, false]]),
            (#"{"\u00e9":1,"e\u0301":2}"#, ["\u{E9}": 1, "e\u{301}": 2]), ("\"\u{2028}\u{7F}\"", "\u{2028}\u{7F}"),
        ] as [(String, JSON)])
    func `a value is read, and read alike from what is written of it`(text: String, value: JSON) throws {
        #expect(try read(text) == value)
        #expect(try read(value.text) == value)
    }

    @Test(
        arguments: [
            ("", .truncated), ("{", .truncated), ("[1,", .truncated), ("\"abc", .truncated), (#""\"#, .truncated),
            (#""\u00"#, .truncated), (#""\ud83d"#, .truncated), ("tru", .truncated), ("-", .truncated),
            ("1.", .truncated),
            ("1e", .truncated), (#"{"a""#, .truncated), (#"{"a":"#, .truncated), ("01", .unexpected),
            ("+1", .unexpected),
            (".5", .unexpected), ("1.x", .unexpected), ("0x10", .unexpected), ("NaN", .unexpected),
            ("[1,]", .unexpected),
            (#"{"a":1,}"#, .unexpected), ("{a:1}", .unexpected), ("{1:1}", .unexpected), ("'a'", .unexpected),
            ("[1] 2", .unexpected), ("null\0", .unexpected), ("\u{FEFF}1", .unexpected), ("\"a\nb\"", .unexpected),
            (#""\x41""#, .unexpected), (#""\u00g0""#, .unexpected), ("\u{A0}1", .unexpected), ("// a\n1", .unexpected),
            (#""\ud83d""#, .loneSurrogate), (#""\ude00\ud83d""#, .loneSurrogate), (#""\ud83dx""#, .loneSurrogate),
            (#""\ud83d\u0041""#, .loneSurrogate), (#""\ud83d\n""#, .loneSurrogate),
            (#"{"a":1,"a":2}"#, .repeatedName), (#"{"a":1,"\u0061":2}"#, .repeatedName),
        ] as [(String, JSONReader.Malformed.Problem)])
    func `what is no JSON is refused, and told why`(text: String, problem: JSONReader.Malformed.Problem) {
        #expect(self.problem(Array(text.utf8)) == problem, "\(text)")
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func `what is no UTF-8 is no string`(bytes: [UInt8]) {
        #expect(problem([0x22] + bytes + [0x22]) == .notText)
        #expect(problem(bytes) == .unexpected)
    }

    @Test func `as deep and as large as is allowed, and not more`() throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        let objects = String(repeating: #"{"a":"#, count: 65) + "1" + String(repeating: "}", count: 65)
        #expect(problem(nested(64)) == nil)
        #expect(problem(nested(65)) == .tooDeep)
        #expect(problem(Array(objects.utf8)) == .tooDeep)
        #expect(problem([UInt8](repeating: UInt8(ascii: "["), count: JSONReader.mostBytes)) == .tooDeep)
        let most = [UInt8](repeating: 0x20, count: JSONReader.mostBytes - 1) + [UInt8(ascii: "1")]
        #expect(problem(most) == nil)
        #expect(problem([0x20] + most) == .tooLarge)
    }

    @Test func `every beginning of a value is refused, and as Foundation has it`() throws {
        let text = #"{"session_id":"a\u00e9\ud83d\ude00","n":[-1.5e3,0,{"x":null}],"t":true}"#
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count { #expect(problem(Array(bytes[..<count])) == .truncated, "\(count)") }
        let written = try JSONReader.read(bytes).text
        let both = try [text, written].map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary }
        #expect(both[0] != nil && both[0] == both[1])
    }
}
