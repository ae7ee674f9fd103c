import Foundation
import Testing

@testable import PoolCommands

@Suite struct ValueTests {
    @Test(arguments: [
        ("90s", 90), ("4m", 240), ("2h", 7200), ("30d", 2_592_000), ("15", 15), ("0", 0), ("007m", 420),
        ("9223372036854775807", Int64.max),
    ])
    func `a duration is read in seconds, whatever its unit`(text: String, seconds: Int64) throws {
        #expect(try PoolCommands.Duration(text).seconds == seconds)
    }

    @Test(arguments: ["", "m", "-1", "+1", "1.5h", "1h30m", "1 h", " 1", "4M", "2w", "٣", "1s\u{301}", "4m\n", "0x1"])
    func `what is no duration is refused`(text: String) {
        #expect(throws: PoolCommands.Duration.Invalid(text: text, isTooLong: false)) {
            try PoolCommands.Duration(text)
        }
    }

    @Test(arguments: ["9223372036854775808", "106751991167301d", "99999999999999999999999s"])
    func `a duration that no number holds is refused as too long`(text: String) {
        #expect(throws: PoolCommands.Duration.Invalid(text: text, isTooLong: true)) {
            try PoolCommands.Duration(text)
        }
    }

    @Test(arguments: [
        (0, "0s", "0s"), (59, "59s", "59s"), (60, "1m", "1m"), (90, "90s", "1m"), (240, "4m", "4m"),
        (7199, "7199s", "1h"), (86_400, "1d", "1d"), (172_800 + 5, "172805s", "2d"), (-5, "0s", "0s"),
    ])
    func `a duration is written whole, an age by its largest unit`(seconds: Int64, exact: String, age: String) {
        let duration = Duration(seconds: seconds)
        #expect(duration.description == exact)
        #expect(duration.age == age)
    }

    @Test func `milliseconds never overflow`() {
        #expect(Duration(seconds: 4).milliseconds == 4000)
        #expect(Duration(seconds: .max).milliseconds == nil)
    }

    @Test(arguments: [
        ("512M", 536_870_912), ("2G", 2_147_483_648), ("1k", 1024), ("1T", 1_099_511_627_776), ("7", 7), ("0", 0),
    ])
    func `a size is read in powers of 1024`(text: String, bytes: Int64) throws {
        #expect(try Size(text).bytes == bytes)
    }

    @Test(arguments: [
        ("", false), ("M", false), ("-1M", false), ("1.5G", false), ("1MB", false), ("9999999999T", true),
        ("1\u{212A}", false),
    ])
    func `what is no size is refused, and what no number holds`(text: String, isTooLarge: Bool) {
        #expect(throws: Size.Invalid(text: text, isTooLarge: isTooLarge)) { try Size(text) }
    }

    @Test(arguments: [
        (0, "0"), (1023, "1023"), (1024, "1.0K"), (1536, "1.5K"), (1537, "1.6K"), (10_239, "10K"), (10_240, "10K"),
        (10_241, "11K"), (536_870_912, "512M"), (Int64.max, "8388608T"),
    ])
    func `a size is written rounded up`(bytes: Int64, text: String) {
        #expect(Size(bytes: bytes).description == text)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_795_247_358, "2026-11-21T07:49:18Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (Int64.max, "9999-12-31T23:59:59Z"),
        (Int64.min, "0000-01-01T00:00:00Z"),
    ])
    func `a time is written as RFC 3339 has it, at any second`(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test func `times as Foundation has them`() {
        let formatter = ISO8601DateFormatter()
        for step in 0..<2000 {
            let seconds = Int64(step) * 86_400 * 31 + Int64(step) * 977
            let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            #expect(Timestamp(seconds: seconds).description == expected)
        }
    }
}
