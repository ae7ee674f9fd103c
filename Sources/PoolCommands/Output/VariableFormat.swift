internal import GitPool
internal import POSIX

/// How variables are written for the programs that read them: each value is read back as it was, and nothing in it is
/// run.
enum VariableFormat: String, CaseIterable {
    case sh, fish, dotenv, json

    func text(_ variables: LeaseVariables) -> String {
        let values = variables.values
        switch self {
        case .sh:
            return variables.withdrawn.map { "unset \($0)\n" }.joined()
                + values.map { "export \($0.name)=\(ShellQuote.quote($0.value))\n" }.joined()
        case .fish:
            return variables.withdrawn.map { "set -e \($0)\n" }.joined()
                + values.map { "set -gx \($0.name) \(VariableFormat.fish($0.value))\n" }.joined()
        case .dotenv: return values.map { "\($0.name)=\(VariableFormat.dotenv($0.value).text)\n" }.joined()
        case .json: return JSON.object(values.map { .init($0.name, .string($0.value)) }).text
        }
    }

    /// In fish's single quotes only `\\` and `\'` are escapes.
    static func fish(_ word: String) -> String {
        var quoted = "'"
        for scalar in word.unicodeScalars {
            if scalar == "'" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "'"
    }

    /// Plain where no parser sees more than the value (that of docker takes quotes for part of it); else in single quotes,
    /// which all the others take literally. A value with single quotes of its own needs double ones, whose escapes are not
    /// the same everywhere.
    static func dotenv(_ value: String) -> (text: String, isReadAlike: Bool) {
        let scalars = value.unicodeScalars
        if scalars.allSatisfy({ plain.contains($0) }) { return (value, true) }
        // A backslash before a quote or another one is an escape to python-dotenv.
        let isEscape = value.utf8.last == UInt8(ascii: "\\") || contains(value, "\\\\")
        if !scalars.contains("'"), !isEscape { return ("'" + value + "'", true) }
        let special: [Unicode.Scalar] = ["\"", "\\", "$", "`"]
        var quoted = "\""
        for scalar in scalars {
            if special.contains(scalar) { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return (quoted + "\"", !scalars.contains { special.contains($0) })
    }

    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+,-./:@_%".unicodeScalars)

    private static func contains(_ text: String, _ part: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { [$0, $1] == Array(part.utf8) }
    }
}
