import Foundation
import Testing

/// What a program left behind: a value that a test compares whole or asks about.
struct Outcome: Equatable, CustomStringConvertible {
    let command: String
    let status: Int32
    let out: String
    let err: String
    /// Standard output as it came, for what is not text.
    let bytes: Data

    /// Standard output without its line end.
    var line: String { out.hasSuffix("\n") ? String(out.dropLast()) : out }
    var lines: [String] { out.split(separator: "\n").map(String.init) }

    var description: String { "\(command)\n-> \(status)\nout: \(out)\nerr: \(err)" }

    /// Ends the test unless the program ended well.
    @discardableResult
    func ok(at location: SourceLocation = #_sourceLocation) throws -> Outcome {
        try #require(status == 0, "\(self)", sourceLocation: location)
        return self
    }

    /// Records an issue unless the program ended with `status` and standard error holds every one of `words`.
    @discardableResult
    func check(_ status: Int32, says words: String..., at location: SourceLocation = #_sourceLocation) -> Outcome {
        #expect(self.status == status, "\(self)", sourceLocation: location)
        for word in words { #expect(err.contains(word), "no \(word) in\n\(self)", sourceLocation: location) }
        return self
    }

    /// Standard output as one JSON value.
    func json(at location: SourceLocation = #_sourceLocation) throws -> Any {
        try ok(at: location)
        return try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)
    }

    func object(at location: SourceLocation = #_sourceLocation) throws -> [String: Any] {
        try #require(try json(at: location) as? [String: Any], "\(self)", sourceLocation: location)
    }
}
