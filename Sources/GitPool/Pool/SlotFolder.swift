internal import POSIX

/// The folder of the records, open for one look at them: a record is found by its name there, not by its path each time.
struct SlotFolder: ~Copyable {
    private let path: String
    private let folder: Descriptor

    /// Nil where there is none.
    init?(_ path: String) throws(SystemError) {
        self.path = path
        do { folder = try Descriptor(opening: path, for: .read) } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// All that are names of records, in the order of the slots' numbers.
    func names() throws(SystemError) -> [RecordName] {
        try Directory.entries(path, leavingOut: ".lock").compactMap(RecordName.init).sorted { $0.slot < $1.slot }
    }

    /// - Parameter names: in the order of the slots' numbers; a slot that has two is one nobody understands.
    func slots(_ names: [RecordName], _ reading: [SlotState]) -> [Slot] {
        var slots: [Slot] = []
        slots.reserveCapacity(names.count)
        var rest = names[...]
        while let name = rest.popFirst() {
            var isAlone = true
            while rest.first?.slot == name.slot {
                isAlone = false
                rest.removeFirst()
            }
            slots.append(isAlone ? slot(name, reading) : Slot(number: name.slot, state: .broken, record: nil))
        }
        return slots
    }

    private func slot(_ name: RecordName, _ reading: [SlotState]) -> Slot {
        Slot(number: name.slot, state: name.state, record: reading.contains(name.state) ? record(name) : nil)
    }

    private func record(_ name: RecordName) -> SlotRecord? {
        guard let file = try? Descriptor(opening: name.text, in: folder),
            let bytes = try? file.readAll(limit: SlotRecord.longest, ending: Fields.ending),
            let record = SlotRecord(bytes: bytes), record.slot == name.slot
        else { return nil }
        return record
    }
}

/// The name of a record's file, `<n>.<state>`.
struct RecordName: Equatable {
    let slot: Int
    let state: SlotState

    init(_ slot: Int, _ state: SlotState) { (self.slot, self.state) = (slot, state) }

    /// Nil for the name of anything else.
    init?(_ text: String) {
        guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")), let slot = Int(text[..<dot]), slot > 0,
            let state = SlotState(rawValue: String(text[text.utf8.index(after: dot)...]))
        else { return nil }
        self.init(slot, state)
    }

    var text: String { "\(slot).\(state.rawValue)" }
}

extension Pool {
    /// All slots in the order of their numbers. A name that stands twice is a slot nobody understands.
    /// - Parameter reading: the states whose records are read. To whoever left a state out its slots are as those that
    ///   nobody understands.
    package func slots(reading: [SlotState] = SlotState.allCases) throws -> [Slot] {
        guard let folder = try SlotFolder(slotsDirectory) else { return [] }
        return try folder.slots(folder.names(), reading)
    }

    /// One slot by itself, at the same cost however many there are; nil where no record stands.
    func slot(_ number: Int) -> Slot? {
        let found = SlotState.allCases.filter { Files.exists(recordPath(number, $0)) }
        guard !found.isEmpty else { return nil }
        guard let folder = try? SlotFolder(slotsDirectory) else {
            return Slot(number: number, state: .broken, record: nil)
        }
        return folder.slots(found.map { RecordName(number, $0) }, SlotState.allCases).first
    }

    /// A look without the lock, for those who only tell: repeated until nothing was renamed meanwhile, because a scan can
    /// miss an entry that is renamed under it, or see it twice (readdir(3)).
    package func peek(reading: [SlotState] = SlotState.allCases) throws -> [Slot] {
        guard let folder = try SlotFolder(slotsDirectory) else { return [] }
        // Nobody's rename is at work in a folder that has not changed for many ticks: then one listing tells all.
        let quiet = FileMark(slotsDirectory).flatMap { $0.isOlder(thanMilliseconds: 100) ? $0 : nil }
        var names = try folder.names()
        for _ in 0..<20 {
            let slots = folder.slots(names, reading)
            if let quiet, quiet == FileMark(slotsDirectory) { return slots }
            let again = try folder.names()
            if again == names { return slots }
            names = again
        }
        return folder.slots(names, reading)
    }

    /// Writes a slot's record, or replaces it; the caller has the pool lock. What nobody could read again would make a
    /// slot that nobody understands: it is not written.
    func write(_ record: SlotRecord, as state: SlotState) throws {
        let bytes = Array(record.text.utf8)
        guard bytes.count <= SlotRecord.longest, SlotRecord(bytes: bytes) != nil else {
            throw PoolError.recordTooLong(name: record.lease?.name ?? Path.name(record.path))
        }
        try Files.replace(recordPath(record.slot, state), bytes)
    }

    package func recordPath(_ number: Int, _ state: SlotState) -> String {
        Path.join(slotsDirectory, RecordName(number, state).text)
    }
}
