internal import Git
internal import GitPool
internal import POSIX

/// `git pool claim`: says which files a session is going to change; who claims them second is told who came first.
enum ClaimCommand {
    static let syntax = Syntax(
        "claim",
        summary: "claim files for a lease, before they are changed",
        forms: [
            "git pool claim <pathspec>...", "git pool claim --release [<pathspec>...]",
            "git pool claim --list [--json]",
        ],
        options: [
            .flag("release", "give claims back"),
            .flag("list", "list the claims of all leases"),
            .flag("json", "print the list as JSON"),
        ],
        exclusive: [["release", "list"]],
        needs: ["json": "list"],
        operands: 0...Int.max
    )

    static func run(_ session: Session) throws -> Int32 {
        let pool = try session.openPool()
        let words = session.arguments.operands
        if session.arguments.flag("list") {
            guard words.isEmpty else { throw session.arguments.error(.tooManyArguments) }
            return try list(session, pool)
        }
        let isRelease = session.arguments.flag("release")
        guard isRelease || !words.isEmpty else { throw session.arguments.error(.tooFewArguments) }
        try session.tend(pool)
        let slot = try own(session, pool)
        guard let lease = slot.lease else { throw PoolError.notALease(path: session.directory) }
        let folder = folder(session, slot, pool)
        let patterns = try words.map { word in
            do throws(ClaimPattern.Invalid) { return try ClaimPattern(word, in: folder) } catch {
                throw session.arguments.error(.other("cannot claim '\(word)': \(reason(error))"))
            }
        }
        if isRelease {
            try pool.releaseClaims(patterns, slot.number, lease)
        } else {
            try pool.claimPaths(patterns, slot.number, lease)
            let told = patterns.prefix(10)
            let rest = patterns.count > told.count ? " and \(patterns.count - told.count) more" : ""
            session.note("'\(lease.name)' claims \(told.map { "'\($0.text)'" }.joined(separator: ", "))\(rest)")
        }
        return 0
    }

    /// The lease one stands in, else the only one of the caller's holder.
    private static func own(_ session: Session, _ pool: Pool) throws -> Slot {
        let leased = try pool.peek().filter { $0.state == .leased }
        if let slot = pool.slot(at: session.directory, among: leased) { return slot }
        guard let mine = session.currentHolder(in: pool) else { throw PoolError.notALease(path: session.directory) }
        let slots = leased.filter { $0.lease.map { $0.holder.isSameProcess(as: mine) } ?? false }
        guard let first = slots.first else { throw PoolError.notALease(path: session.directory) }
        guard slots.count == 1 else {
            let names = slots.compactMap { $0.lease?.name }.joined(separator: "', '")
            throw session.arguments.error(.other("more than one lease is yours: '\(names)'; run it inside of one"))
        }
        return first
    }

    /// Where the pathspecs were typed, from the top of a worktree.
    private static func folder(_ session: Session, _ slot: Slot, _ pool: Pool) -> String {
        let here = (try? Files.realPath(session.userDirectory)) ?? session.userDirectory
        for top in [slot.record?.path, pool.repository.workTree].compactMap({ $0 }) {
            let real = (try? Files.realPath(top)) ?? top
            if Path.contains(real, here) { return String(here.dropFirst(real.count).drop { $0 == "/" }) }
        }
        return ""
    }

    private static func list(_ session: Session, _ pool: Pool) throws -> Int32 {
        let slots = try pool.peek().filter { pool.holdsClaims($0) }
        let claims = slots.flatMap { slot in (slot.lease?.claims ?? []).map { (slot: slot, text: $0) } }
        if session.arguments.flag("json") {
            let items = claims.map { claim in
                JSON.object([
                    .init("name", JSON(claim.slot.lease?.name)), .init("slot", JSON(claim.slot.number)),
                    .init("pathspec", JSON(claim.text)),
                ])
            }
            try session.answer(JSON.array(items).text)
            return 0
        }
        var table = Table([Table.Column("NAME"), Table.Column("CLAIMS")])
        for claim in claims {
            table.append([Table.Cell(claim.slot.lease?.name ?? "?", .strong), Table.Cell(claim.text)])
        }
        if claims.isEmpty {
            session.note("no claims")
        } else {
            try session.answer(table.text(width: nil, style: session.style(pool.settings)))
        }
        return 0
    }

    private static func reason(_ reason: ClaimPattern.Invalid) -> String {
        switch reason {
        case .empty: "it is empty"
        case .tooLong: "it is too long for a path"
        case .outside: "it is outside of the worktree"
        case .excluding: "a claim excludes nothing"
        case .unknownMagic: "of git's pathspec magic only top, literal, glob and icase may be used"
        }
    }
}
