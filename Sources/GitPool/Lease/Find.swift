internal import Git
internal import POSIX

/// Slots by what users call them: a lease's name, a path in one, or a slot's number.
extension Pool {
    /// - Parameters:
    ///   - directory: where the caller stands, for relative paths.
    ///   - takesNumbers: for who only looks. To any other a number is a name: that of a lease that is over must not mean
    ///     whoever has the slot of the number.
    /// - Throws: `PoolError.unknownLease` naming the leases there are.
    package func find(
        _ word: String, from directory: String, among slots: [Slot], takesNumbers: Bool = false
    ) throws -> Slot {
        if let slot = slots.first(where: { $0.holds(name: word, ignoringCase: false) }) { return slot }
        if takesNumbers, let number = Int(word), let slot = slots.first(where: { $0.number == number }) { return slot }
        // A bare word is a name: in a slot, every word would be a path inside it. So may be one with a slash.
        let path = Path.join(directory, word)
        let isPath = word == "." || ["/", "./", "../"].contains { word.hasPrefix($0) }
        if isPath || word.utf8.contains(UInt8(ascii: "/")), Files.exists(path),
            let slot = slot(at: path, among: slots), isPath || slot.stands(at: path)
        {
            return slot
        }
        throw PoolError.unknownLease(word, known: slots.filter(\.state.counts).compactMap { $0.lease?.name }.sorted())
    }

    /// The slot whose tree holds a path, which may lead there through links.
    package func slot(at path: String, among slots: [Slot]) -> Slot? {
        let place = (try? Files.realPath(path)) ?? Path.normalize(path)
        // A path above one without links has none: nearly always that settles it.
        if let slot = slots.first(where: { $0.record.map { Path.contains($0.path, place) } ?? false }) { return slot }
        return slots.first { slot in
            guard let record = slot.record else { return false }
            let home = (try? Files.realPath(record.path)) ?? record.path
            return Path.contains(home, place) || Path.contains(record.fencePath, place)
        }
    }
}

extension Slot {
    fileprivate func stands(at path: String) -> Bool {
        guard let record, let place = try? Files.realPath(path) else { return false }
        return (try? Files.realPath(record.path)) == place
    }
}
