/// The words of a command with places in them for an item: `{}` is the item, `{#}` its number, `{name}` its lease's name.
///
/// What is put in is never looked at again: an item with `{name}` in it stays as it is.
struct MapTemplate: Equatable, Sendable {
    let words: [String]

    /// Without a `{}` anywhere the item is the last word.
    init(_ words: [String]) {
        let hasItem = words.contains { word in MapTemplate.parts(word).contains { $0 == .item } }
        self.words = hasItem ? words : words + ["{}"]
    }

    func filled(item: String, number: Int, name: String) -> [String] {
        words.map { word in
            MapTemplate.parts(word).map { part in
                switch part {
                case .text(let text): text
                case .item: item
                case .number: String(number)
                case .name: name
                }
            }.joined()
        }
    }

    private enum Part: Equatable { case text(String), item, number, name }

    private static func parts(_ word: String) -> [Part] {
        let marks: [(String, Part)] = [("{}", .item), ("{#}", .number), ("{name}", .name)]
        var parts: [Part] = []
        var text: [UInt8] = []
        var rest = Array(word.utf8)[...]
        func flush() { if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) } }
        while let byte = rest.first {
            if let (mark, part) = marks.first(where: { rest.starts(with: $0.0.utf8) }) {
                flush()
                text = []
                parts.append(part)
                rest = rest.dropFirst(mark.utf8.count)
            } else {
                text.append(byte)
                rest = rest.dropFirst()
            }
        }
        flush()
        return parts
    }
}
