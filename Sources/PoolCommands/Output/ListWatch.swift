internal import GitPool
internal import POSIX

/// `list --watch`: the table where the cursor stood, drawn over itself when something in it has changed, until a signal
/// ends it as it ends any command. The screen above is left alone, and the last table stays.
struct ListWatch: ~Copyable {
    private let request: ListRequest
    private var view: LiveView
    private var bell: SignalBell
    private let folder: FolderWatch?

    /// Nil where the terminal cannot do it.
    init?(_ request: ListRequest) throws {
        guard let view = LiveView(1, environment: request.session.environment) else { return nil }
        self.request = request
        self.view = view
        bell = try SignalBell(for: [.interrupt, .terminate, .hangUp, .resize, .resume])
        folder = FolderWatch(request.pool.slotsDirectory)
    }

    mutating func run() throws -> Int32 {
        while true {
            let slots = try request.pool.peek()
            draw(slots)
            if let signal = try wait(milliseconds: time(slots)) {
                // As it would have ended us without a word from us.
                Streams.raise(signal.number)
                return 128 + signal.number
            }
        }
    }

    private mutating func draw(_ slots: [Slot]) {
        let shown = request.shown(slots)
        let statuses = request.wantsStatus ? SlotStatus.of(shown, request.pool, measuringDisk: false) : nil
        let lines = request.lines(slots, statuses, request.overlaps(slots), width: view.columns)
        view.draw(painted: shown.isEmpty ? ["no slots"] : lines)
    }

    /// Until an age reads otherwise, and a minute at the most. Nobody tells of changes in worktrees, nor of any where
    /// the folder cannot be watched: those are looked for.
    private func time(_ slots: [Slot]) -> Int64 {
        let isWatched =
            switch folder {
            case .some: !request.wantsStatus
            case .none: false
            }
        let now = request.pool.now()
        let ages = slots.map { max(0, now - ($0.lease?.leasedAt ?? $0.record?.lastUsedAt ?? now)) }
        let next = ages.map { $0 < 60 ? 1 : $0 < 3600 ? 60 - $0 % 60 : 60 }.min() ?? 60
        return isWatched ? next * 1000 : min(next * 1000, 2000)
    }

    /// The signal that ends this, if one came.
    private mutating func wait(milliseconds: Int64) throws -> Signal? {
        let watched: [Int32] =
            switch folder {
            case .some(let folder): [folder.number]
            case .none: []
            }
        let ready = try Readiness.wait(for: watched + [bell.number], milliseconds: milliseconds)
        if ready != [bell.number], !ready.isEmpty {
            // What changes, changes more than once: a record is written, then renamed.
            Clock.sleep(milliseconds: 20)
            switch folder {
            case .some(let folder): folder.silence()
            case .none: break
            }
        }
        for note in bell.take() {
            switch note.signal {
            case .interrupt, .terminate, .hangUp: return note.signal
            case .resize, .resume: view.invalidate()
            case .quit, .user1, .user2, .kill, .child: break
            }
        }
        return nil
    }
}
