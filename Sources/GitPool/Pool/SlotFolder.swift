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

    func names() throws(SystemError) -> [String] { try Directory.entries(path, leavingOut: ".lock") }

    /// Which records the names are those of, in the order of their numbers; of a slot whose name stands twice, all that
    /// it says.
    static func states(_ names: [String]) -> [(number: Int, found: [SlotState])] {
        var all: [(number: Int, state: SlotState)] = []
        for name in names {
            let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(Substring(parts[0])), number > 0,
                let state = SlotState(rawValue: String(Substring(parts[1])))
            else { continue }
            all.append((number, state))
        }
        all.sort { $0.number < $1.number }
        var states: [(number: Int, found: [SlotState])] = []
        for (number, state) in all {
            if let last = states.indices.last, states[last].number == number {
                states[last].found.append(state)
            } else {
                states.append((number, [state]))
            }
        }
        return states
    }

    /// - Parameter found: the states that its records' names say.
    func slot(_ number: Int, _ found: [SlotState], _ reading: [SlotState]) -> Slot {
        guard found.count == 1, let state = found.first else {
            return Slot(number: number, state: .broken, record: nil)
        }
        return Slot(number: number, state: state, record: reading.contains(state) ? record(number, state) : nil)
    }

    private func record(_ number: Int, _ state: SlotState) -> SlotRecord? {
        guard let file = try? Descriptor(opening: state.recordName(number), in: folder),
            let bytes = try? file.readAll(limit: SlotRecord.longest, ending: SlotRecord.ending),
            let record = SlotRecord(bytes: bytes), record.slot == number
        else { return nil }
        return record
    }
}

extension SlotState {
    fileprivate func recordName(_ number: Int) -> String { "\(number).\(rawValue)" }
}

extension Pool {
    /// All slots in the order of their numbers. A name that stands twice is a slot nobody understands.
    /// - Parameter reading: the states whose records are read. To whoever left a state out its slots are as those that
    ///   nobody understands.
    package func slots(reading: [SlotState] = SlotState.allCases) throws -> [Slot] {
        guard let folder = try SlotFolder(slotsDirectory) else { return [] }
        return try SlotFolder.states(folder.names()).map { folder.slot($0, $1, reading) }
    }

    /// One slot by itself, at the same cost however many there are; nil where no record stands.
    func slot(_ number: Int) -> Slot? {
        let found = SlotState.allCases.filter { Files.exists(recordPath(number, $0)) }
        guard !found.isEmpty else { return nil }
        guard let folder = try? SlotFolder(slotsDirectory) else {
            return Slot(number: number, state: .broken, record: nil)
        }
        return folder.slot(number, found, SlotState.allCases)
    }

    /// A look without the lock, for those who only tell: repeated until nothing was renamed meanwhile, because a scan can
    /// miss an entry that is renamed under it, or see it twice (readdir(3)).
    package func peek(reading: [SlotState] = SlotState.allCases) throws -> [Slot] {
        guard let folder = try SlotFolder(slotsDirectory) else { return [] }
        // Nobody's rename is at work in a folder that has not changed for many ticks: then one listing tells all.
        let quiet = FileMark(slotsDirectory).flatMap { $0.isOlder(thanMilliseconds: 100) ? $0 : nil }
        var names = try folder.names()
        var last = SlotFolder.states(names)
        for _ in 0..<20 {
            let slots = last.map { folder.slot($0, $1, reading) }
            if let quiet, quiet == FileMark(slotsDirectory) { return slots }
            let again = try folder.names()
            // The same names in the same order, as nearly always, need no second thought.
            if again == names { return slots }
            names = again
            let next = SlotFolder.states(names)
            if next.elementsEqual(last, by: { $0.number == $1.number && $0.found == $1.found }) { return slots }
            last = next
        }
        return last.map { folder.slot($0, $1, reading) }
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
        Path.join(slotsDirectory, state.recordName(number))
    }
}
