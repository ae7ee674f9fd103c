internal import POSIX

/// The configuration git would use here, read by one call; a later value of a key hides an earlier one.
package struct Configuration: Sendable {
    private let values: [String: [String?]]

    /// Reads the keys that git-pool looks at, in one child.
    package init(reading git: Git) throws(GitError) {
        try self.init(answer: git.attempt(Configuration.question), git)
    }

    static let question = [
        "config", "-z", "--show-origin", "--get-regexp",
        "^(pool|extensions|core|color|advice|hook|user|remote|attr|include|includeif)\\.",
    ]

    /// - Parameter answer: what git gave to `question`; status 1 says that there is no such key.
    init(answer: Outcome, _ git: Git) throws(GitError) {
        switch answer.termination {
        case .exited(0), .exited(1): self.init(answer: answer.output)
        default: throw git.failure(Configuration.question, answer)
        }
    }

    /// Every second record of the answer says where the one after it comes from.
    init(answer bytes: [UInt8]) {
        self.init(records: Text.records(bytes).enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
    }

    /// Whether git had the whole of an answer from these files and from our own command line.
    static func isExplained(_ answer: [UInt8], by files: [String]) -> Bool {
        // A worktree's own file (git-worktree(1), "CONFIGURATION FILE") and what others include are none of them.
        let known = Set(["command line:", "file:.git/config"] + files.map { "file:" + $0 })
        let origins = Text.records(answer).enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let configuration = Configuration(answer: answer)
        return origins.allSatisfy { known.contains(String(decoding: $0, as: UTF8.self)) }
            && !configuration.keys.contains { $0.hasPrefix("include.") || $0.hasPrefix("includeif.") }
            && (try? configuration.bool("extensions.worktreeconfig")) ?? false != true
    }

    /// `key LF value NUL`, or `key NUL` for a key without a value (git-config(1), `-z`).
    package init(parsing bytes: [UInt8]) { self.init(records: Text.records(bytes)) }

    private init(records: [ArraySlice<UInt8>]) {
        var values: [String: [String?]] = [:]
        for record in records {
            let end = record.firstIndex(of: 0x0A)
            let key = String(decoding: record[..<(end ?? record.endIndex)], as: UTF8.self)
            let value = end.map { String(decoding: record[($0 + 1)...], as: UTF8.self) }
            values[key, default: []].append(value)
        }
        self.values = values
    }

    /// Reads the text of a configuration file that is not git's own: what it includes is not followed.
    package init(text: [UInt8], keys pattern: String, _ git: Git) throws(GitError) {
        let question = ["config", "--no-includes", "-z", "--file", "-", "--get-regexp", pattern]
        let outcome = try git.attempt(question, input: text)
        switch outcome.termination {
        case .exited(0), .exited(1): self.init(parsing: outcome.output)
        default: throw git.failure(question, outcome)
        }
    }

    private init(_ values: [String: [String?]]) { self.values = values }

    /// The same, with the keys of `defaults` that are not set here and that `mayFill` lets through.
    package func filled(from defaults: Configuration, where mayFill: (String) -> Bool) -> Configuration {
        let missing = defaults.values.filter { values[$0.key] == nil && mayFill($0.key) }
        return Configuration(values.merging(missing) { own, _ in own })
    }

    /// Keys as git prints them: section and name in lower case, the subsection as it was written.
    package func string(_ key: String) -> String? { values[key]?.last.map { $0 ?? "" } }

    package func strings(_ key: String) -> [String] { (values[key] ?? []).map { $0 ?? "" } }

    /// Of the hooks in the configuration, whatever they are for.
    package var hookNames: [String] {
        values.keys.filter { $0.hasPrefix("hook.") && $0.hasSuffix(".event") }.sorted()
            .map { String($0.dropFirst(5).dropLast(6)) }
    }

    package var keys: Dictionary<String, [String?]>.Keys { values.keys }

    /// git's idea of a boolean; a key without a value is true, and so is every number but zero.
    /// - Throws: `ConfigurationError` for anything else.
    package func bool(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let value = values[key]?.last else { return nil }
        guard let text = value else { return true }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off", "": return false
        default:
            guard let number = try? integer(key) else {
                throw ConfigurationError(key: key, value: text, expected: .boolean)
            }
            return number != 0
        }
    }

    /// git's idea of an integer: `k`, `m` and `g` are powers of 1024.
    package func integer(_ key: String) throws(ConfigurationError) -> Int? {
        guard let text = string(key) else { return nil }
        let scale: Int? =
            switch text.lowercased().last {
            case "k": 1 << 10
            case "m": 1 << 20
            case "g": 1 << 30
            default: nil
            }
        let digits = scale == nil ? text[...] : text.dropLast()
        guard let number = Int(digits),
            case let (result, overflow) = number.multipliedReportingOverflow(by: scale ?? 1),
            !overflow
        else { throw ConfigurationError(key: key, value: text, expected: .integer) }
        return result
    }
}

/// A value that does not fit its key.
package struct ConfigurationError: Error, Equatable {
    package enum Expected: Sendable {
        case boolean, integer, duration, choice([String]), name, range(ClosedRange<Int>), patternInside
        /// The name of an environment variable that may be set.
        case variable
        /// A path without a way up in it.
        case path
    }

    package let key: String
    package let value: String
    package let expected: Expected

    package init(key: String, value: String, expected: Expected) {
        self.key = key
        self.value = value
        self.expected = expected
    }

    package static func == (one: ConfigurationError, other: ConfigurationError) -> Bool {
        one.key == other.key && one.value == other.value
    }
}
