internal import Git
internal import GitPool
internal import POSIX

/// The hook of the shell that this call was typed in, if it is in place; it is told data only, in three files of its
/// own.
struct ShellHook {
    let pid: Int32
    private let folder: String

    /// `GIT_POOL_SHELL` is `1:<pid>:<folder>`, set by each shell for itself and inherited by whatever runs in it.
    init?(_ environment: [String: String]) {
        let parts = (environment["GIT_POOL_SHELL"] ?? "").split(separator: ":", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0] == "1", let pid = Int32(parts[1]), pid > 0, Path.isAbsolute(parts[2]) else {
            return nil
        }
        self.pid = pid
        folder = parts[2]
    }

    private var leases: String { Path.join(folder, "leases.\(pid)") }
    private var move: String { Path.join(folder, "cd.\(pid)") }
    private var variables: String { Path.join(folder, "env.\(pid)") }

    /// Whether the shell itself, and no program that runs in it, is this holder.
    func isHolder(_ holder: Holder) -> Bool { holder.pid == String(pid) }

    /// Tells the shell that it has a lease here, so that its end is worth a process. All this is a convenience: what
    /// cannot be written is left.
    func note(_ pool: Pool) {
        let known = repositories
        guard !known.contains(pool.repository.commonDirectory), prepare() else { return }
        write(known + [pool.repository.commonDirectory], to: leases)
    }

    /// Where the shell has had leases: by the user's own word alone.
    var repositories: [String] {
        guard isOurs else { return [] }
        let bytes = (try? Files.read(leases, limit: 1 << 20)) ?? []
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Lets the shell go there before its next prompt; out of a place only if it still stands in it then.
    func lead(to path: String, outOf place: String? = nil) {
        if prepare() { write([path] + (place.map { [$0] } ?? []), to: move) }
    }

    /// Gives the shell variables to set (`NAME=value`) and to take away (`NAME`) in a place, for as long as a file is there.
    func tell(place: String, while file: String, values: [String], withdrawn: [String]) -> Bool {
        guard prepare() else { return false }
        return write([place, file] + values + withdrawn, to: variables)
    }

    /// The shell has ended.
    func forget() {
        for file in [leases, move, variables] { try? Files.unlink(file) }
    }

    private func prepare() -> Bool {
        try? Files.makeDirectory(folder)
        return isOurs
    }

    /// The folder may lie in /tmp: one that is not ours alone is not used.
    private var isOurs: Bool {
        guard let status = try? Files.status(folder) else { return false }
        return status.kind == .directory && status.isOurs && status.permissions & 0o077 == 0
    }

    @discardableResult
    private func write(_ words: [String], to file: String) -> Bool {
        (try? Files.replace(file, words.flatMap { Array($0.utf8) + [0] })) != nil
    }
}

extension Session {
    /// After a lease was made: its shell goes there if it was typed, not if the path was caught (`$(git pool add)`).
    func leadShell(into leased: LeasedSlot, in pool: Pool) {
        guard let hook = ShellHook(environment), hook.isHolder(leased.lease.holder) else { return }
        hook.note(pool)
        if Streams.isTerminal(1) { hook.lead(to: leased.record.path) }
    }

    /// After a release: a shell that stands in the slot goes back to the main worktree.
    /// - Returns: whether one will.
    func leadShell(outOf report: ReleaseReport, in pool: Pool) -> Bool {
        guard report.state == .releasing, Streams.isTerminal(1), let hook = ShellHook(environment),
            ancestry.processes.contains(where: { $0.pid == hook.pid }),
            let place = try? Files.target(ofLink: "/proc/\(hook.pid)/cwd"), Path.contains(report.record.path, place)
        else { return false }
        hook.lead(to: pool.mainTree, outOf: shown(report.record.path, whoseShellIsIn: place))
        return true
    }

    /// Whether this was called from the process that holds the lease, and that stands in its worktree.
    func isHolderInside(_ slot: Slot) -> Bool {
        guard let record = slot.record, let pid = record.lease?.holder.pid,
            ancestry.processes.contains(where: { String($0.pid) == pid }),
            let place = try? Files.target(ofLink: "/proc/\(pid)/cwd")
        else { return false }
        return Path.contains(record.path, place)
    }

    /// The slot as the shell calls it, which may have come there through links; nil where it does not say.
    private func shown(_ slot: String, whoseShellIsIn place: String) -> String? {
        let inside = Array(place.utf8.dropFirst(slot.utf8.count))
        guard let shown = environment["PWD"], Path.isAbsolute(shown),
            shown.utf8.suffix(inside.count).elementsEqual(inside)
        else { return nil }
        return String(decoding: shown.utf8.dropLast(inside.count), as: UTF8.self)
    }
}
