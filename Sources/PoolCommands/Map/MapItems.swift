internal import POSIX

/// What `map` is to run its command for: from the command line after `:::`, or one a line from a file.
struct MapItems: Equatable {
    let items: [String]
    /// The command's own words.
    let command: [String]

    struct NotText: Error { let number: Int }

    /// - Throws: `UsageError`; `NotText` for an item that could not be handed on as it is; `SystemError`.
    init(_ arguments: Arguments, from directory: String) throws {
        let words = arguments.command ?? []
        let parts = words.split(separator: ":::", maxSplits: 1, omittingEmptySubsequences: false)
        command = Array(parts.first ?? [])
        guard !command.isEmpty else { throw arguments.error(.noCommand) }
        let file = arguments.value("from-file")
        switch (parts.count > 1 ? Array(parts[1]) : nil, file) {
        case (nil, nil): throw arguments.error(.other("no items: give them after ':::', or with '--from-file'"))
        case (.some, .some): throw arguments.error(.other("items come from '--from-file' or from ':::', not from both"))
        case (let given?, nil): items = given
        case (nil, let file?):
            let bytes =
                try file == "-"
                ? Streams.readStandardInput() : Descriptor(opening: Path.join(directory, file), for: .read).readAll()
            items = try MapItems.split(bytes, isNulSeparated: arguments.flag("z"))
        }
    }

    /// Lines, of which empty ones are left out; or records that end in NUL.
    static func split(_ bytes: [UInt8], isNulSeparated: Bool) throws(NotText) -> [String] {
        var records = bytes.split(separator: isNulSeparated ? 0 : 0x0A, omittingEmptySubsequences: false)
        if records.last?.isEmpty == true { records.removeLast() }
        var items: [String] = []
        for record in records where isNulSeparated || !record.isEmpty {
            guard let text = String(validating: record, as: UTF8.self), !text.utf8.contains(0) else {
                throw NotText(number: items.count + 1)
            }
            items.append(text)
        }
        return items
    }

    /// A name for an item's lease, as near to the item as a name can be; nil where nothing is left of it.
    static func leaseName(_ item: String) -> String? {
        let allowed = item.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_")
                || (!scalar.isASCII && scalar.properties.isAlphabetic) ? Character(scalar) : "-"
        }
        let words = String(allowed).split(separator: "-")
        let name = String(words.joined(separator: "-").prefix(40))
        return name.isEmpty ? nil : name
    }
}
