/// A word for sh, bash and zsh: whatever it holds, the shell sees one word and runs nothing of it.
package enum ShellQuote {
    /// Unchanged where no shell would see more than the word itself.
    package static func quote(_ word: String) -> String {
        guard word.isEmpty || !word.utf8.allSatisfy(isPlain) || word.utf8.first == UInt8(ascii: "=") else {
            return word
        }
        var quoted = "'"
        for scalar in word.unicodeScalars {
            // `!` would be history expansion in an interactive csh even here, so git leaves the quotes for it too.
            if scalar == "'" || scalar == "!" {
                quoted += "'\\" + String(scalar) + "'"
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }

    package static func quote(_ words: [String]) -> String { words.map { quote($0) }.joined(separator: " ") }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+,-./:=@_".utf8.contains(byte)
        }
    }
}
