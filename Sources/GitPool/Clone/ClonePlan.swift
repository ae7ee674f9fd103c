internal import Git
internal import POSIX

/// The files to copy from one tree to another, each by path and object id, in a form that several processes can share
/// out among themselves.
package struct ClonePlan: Sendable {
    let from: String
    let to: String
    let order: FolderPair.Order
    private(set) var items: [Item] = []
    private var paths: [UInt8] = []
    private var ids: [UInt8] = []

    struct Item {
        let kind: FolderPair.Blob
        fileprivate let path: Range<Int>
    }

    /// What became of some of the items.
    package struct Result: Sendable {
        /// The items made, by their numbers.
        var made: [(number: Int, data: StatData)] = []
        var sharing = 0
        var failure: SystemError?
    }

    init(from: String, to: String, _ order: FolderPair.Order) {
        self.from = from
        self.to = to
        self.order = order
    }

    private var digest: Digest { order.digest }

    mutating func add(_ kind: FolderPair.Blob, _ path: ArraySlice<UInt8>, id: ArraySlice<UInt8>) {
        let start = paths.count
        paths += path
        ids += id
        items.append(Item(kind: kind, path: start..<paths.count))
    }

    /// Items that follow each other lie in one folder: parts are shared out by runs of this length.
    private static let run = 128

    /// Makes every `count`th run of items, from the `share`th on. What the donor has not is left out; where the new tree
    /// cannot be written, nothing more is tried.
    func carryOut(share: Int, of count: Int, _ watch: FileProgress.Watch? = nil) -> Result {
        var result = Result()
        do {
            var folders = try FolderPair(from: from, to: to, order)
            for number in items.indices where number / ClonePlan.run % count == share {
                let item = items[number]
                // The others are as far, more or less.
                if number % ClonePlan.run == 0 { watch?(.cloned(number, of: items.count)) }
                let id = ids[(number * digest.size)..<((number + 1) * digest.size)]
                switch folders.clone(paths[item.path], as: item.kind, id: id) {
                case .made(let data, let sharesBlocks):
                    result.made.append((number, data))
                    if sharesBlocks { result.sharing += 1 }
                case .missing: break
                case .failed(let error):
                    // Two paths that the disk takes for one: git's checkout knows what to do.
                    if error.isExisting { continue }
                    result.failure = error
                    return result
                }
            }
            watch?(.cloned(items.count, of: items.count))
        } catch {
            result.failure = error
        }
        return result
    }
}

/// As it is handed from one process to another: lines for the head, then a record for each item.
extension ClonePlan {
    private static let kinds: [FolderPair.Blob] = [.file, .executable, .link]

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(paths.count + ids.count + 2 * items.count + 200)
        let head = [
            from, to, digest == .sha256 ? "sha256" : "sha1", order.shares ? "share" : "copy",
            String(order.proven.lowerBound), String(order.proven.upperBound),
        ]
        for field in head {
            bytes += Array(field.utf8) + [0]
        }
        for (number, item) in items.enumerated() {
            bytes.append(UInt8(ClonePlan.kinds.firstIndex(of: item.kind) ?? 0))
            bytes += ids[(number * digest.size)..<((number + 1) * digest.size)]
            bytes += paths[item.path]
            bytes.append(0)
        }
        return bytes
    }

    /// Nil for what is no plan.
    package init?(bytes: [UInt8]) {
        var rest = bytes[...]
        func field() -> ArraySlice<UInt8>? {
            guard let end = rest.firstIndex(of: 0) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return rest[..<end]
        }
        let head = (0..<6).compactMap { _ in field().map { String(decoding: $0, as: UTF8.self) } }
        guard head.count == 6, let start = Int64(head[4]), let end = Int64(head[5]), start <= end else { return nil }
        let order = FolderPair.Order(
            digest: Digest(format: head[2]), shares: head[3] == "share", proven: start..<end)
        self.init(from: head[0], to: head[1], order)
        while let code = rest.popFirst() {
            guard code < ClonePlan.kinds.count, rest.count > digest.size else { return nil }
            let id = rest.prefix(digest.size)
            rest = rest.dropFirst(digest.size)
            guard let path = field() else { return nil }
            add(ClonePlan.kinds[Int(code)], path, id: id)
        }
    }
}

extension ClonePlan.Result {
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * (made.count * 10 + 2))
        func put(_ word: UInt32) {
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        put(UInt32(truncatingIfNeeded: sharing))
        put(UInt32(bitPattern: failure?.code ?? 0))
        for (number, data) in made {
            put(UInt32(truncatingIfNeeded: number))
            for index in 0..<StatData.wordCount { put(data.words[index]) }
        }
        return bytes
    }

    init?(bytes: [UInt8]) {
        guard bytes.count % 40 == 8 else { return nil }
        func word(_ place: Int) -> UInt32 {
            bytes[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
        sharing = Int(word(0))
        let code = Int32(bitPattern: word(4))
        failure = code == 0 ? nil : SystemError(code: code, call: "clone")
        made.reserveCapacity(bytes.count / 40)
        for place in stride(from: 8, to: bytes.count, by: 40) {
            made.append((Int(word(place)), StatData(words: InlineArray { word(place + 4 + 4 * $0) })))
        }
    }
}
