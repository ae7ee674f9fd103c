internal import Git

/// Values of `pool.*` keys by kind, each kind read and refused in one place; nil where the key is not set.
extension Configuration {
    /// Nil for an empty value too.
    func text(_ key: String) -> String? { string(key).flatMap { $0.isEmpty ? nil : $0 } }

    func seconds(_ key: String) throws(ConfigurationError) -> Int64? {
        guard let text = string(key) else { return nil }
        do { return try Seconds.parse(text) } catch {
            throw ConfigurationError(key: key, value: text, expected: .duration)
        }
    }

    /// A number that is not negative.
    func count(_ key: String) throws(ConfigurationError) -> Int? {
        guard let number = try integer(key) else { return nil }
        guard number >= 0 else { throw ConfigurationError(key: key, value: String(number), expected: .integer) }
        return number
    }

    /// One of a few words, which the refusal lists.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String
    ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
        guard let text = string(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw ConfigurationError(key: key, value: text, expected: .choice(Choice.allCases.map(\.rawValue)))
        }
        return choice
    }
}
