internal import POSIX

/// Which files of a slot are our copies, and of what: a file is replaced only while it carries the mark we left it
/// with. A record that cannot be read, or belongs to another slot of this number, knows no copies.
struct IncludeRecord {
    struct Copy: Equatable {
        let source: FileMark
        let copy: FileMark
    }

    private static let version = "git-pool-includes 1"

    private(set) var copies: [[UInt8]: Copy] = [:]
    /// Being written when this was written down: whatever stands there is ours, because nobody had the slot then.
    var pending: Set<[UInt8]> = []
    private let owner: String

    init(_ record: SlotRecord) { owner = "\(record.createdAt) \(record.path)" }

    init(reading path: String, _ record: SlotRecord) {
        self.init(record)
        guard let bytes = try? Files.read(path, limit: 1 << 26) else { return }
        var fields = bytes.split(separator: 0, omittingEmptySubsequences: false)[...]
        guard fields.popLast()?.elementsEqual("end\n".utf8) == true,
            fields.popFirst()?.elementsEqual(IncludeRecord.version.utf8) == true,
            fields.popFirst()?.elementsEqual(owner.utf8) == true, fields.count.isMultiple(of: 3)
        else { return }
        while let source = fields.popFirst(), let copy = fields.popFirst(), let name = fields.popFirst() {
            if source.isEmpty {
                pending.insert(Array(name))
            } else if let source = FileMark(text: String(decoding: source, as: UTF8.self)),
                let copy = FileMark(text: String(decoding: copy, as: UTF8.self))
            {
                copies[Array(name)] = Copy(source: source, copy: copy)
            }
        }
    }

    subscript(_ path: [UInt8]) -> Copy? { copies[path] }

    mutating func note(_ path: [UInt8], _ copy: Copy) {
        pending.remove(path)
        copies[path] = copy
    }

    func write(to path: String) throws {
        if let folder = Path.parent(path) { try Files.makeDirectories(folder) }
        var fields: [[UInt8]] = [Array(IncludeRecord.version.utf8), Array(owner.utf8)]
        for name in pending { fields += [[], [], name] }
        for (name, copy) in copies where !pending.contains(name) {
            fields += [Array(copy.source.text.utf8), Array(copy.copy.text.utf8), name]
        }
        try Files.replace(path, fields.reduce(into: [UInt8]()) { $0 += $1 + [0] } + Array("end\n".utf8))
    }
}

extension Pool {
    func includeRecordPath(_ number: Int) -> String { Path.join(directory, "includes/\(number)") }
}
