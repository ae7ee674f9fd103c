internal import POSIX

/// What is known of one slot; data, never code: a record that this version does not fully understand is not used.
package struct SlotRecord: Sendable, Equatable {
    package let slot: Int
    /// The slot's absolute path, the same for life; only `doctor --fix` follows a folder that its user moved.
    package private(set) var path: String
    /// The mount point above it; nil where that is the repository's too, so that neither can be away alone.
    var mount: String?
    /// The folder's name under `.git/worktrees/`, empty before it was published.
    package var admin = ""
    /// Names of what is being made or dropped: `new-<id>`, `trash-<id>`.
    package var workID = ""
    var isAdopted = false
    /// Unique for ever, as a lease's is; empty for a slot that the pool did not make.
    package var id = ""
    /// The commit the slot was left at; an idle slot whose HEAD is elsewhere was used by somebody.
    package var head = ""
    /// The boot in which the record was written: one of an earlier boot is judged before it is believed.
    package var bootID = ""
    package var createdAt: Int64 = 0
    package var lastUsedAt: Int64 = 0
    package var useCount = 0
    /// A `SetupStamp`, empty where `pool.setup` never ran to its end.
    package var setup = ""
    /// The branch the slot waits on, as a full ref name; an idle slot follows it.
    package var base: String?
    /// The group that had the slot last: its caches are that group's.
    package var group: String?
    /// Under `pool.strategy` `dedicated`, the name that alone gets the slot.
    package var owner: String?
    package var lease: Lease?

    package init(slot: Int, path: String) {
        self.slot = slot
        self.path = path
    }

    mutating func follow(to path: String, _ mount: String?) { (self.path, self.mount) = (path, mount) }

    /// The mount point where its disk is not mounted now.
    var unmounted: String? { mount.flatMap { $0 == Mounts.above(root) ? nil : $0 } }

    /// The folder that holds the slot, its fence and its trash: all on one file system.
    package var root: String { Path.parent(path) ?? "/" }
    package var fencePath: String { SlotRecord.fencePath(of: path) }
}

/// The hold of a session on a slot.
package struct Lease: Sendable, Equatable {
    /// What a session was given; nil until its record says `leased`, and for what nobody was told of.
    package enum Origin: String, CaseIterable, Sendable {
        /// A slot made for it.
        case made
        /// A slot that waited.
        case reused
        /// The user's own worktree.
        case adopted
    }

    /// Unique for ever; the name of its saves' ref.
    package let id: String
    package var name: String
    /// Short name; nil when detached.
    package var branch: String?
    /// The id at which this lease created the branch; nil if the branch was there before.
    var branchCreatedAt: String?
    /// The branch the work is meant for, as a full ref name.
    package var base: String?
    package var start: String
    package var group: String?
    package var session: String?
    package var holder = Holder.nobody
    package var isExclusive = false
    package var note: String?
    package var leasedAt: Int64 = 0
    /// Milliseconds since boot, within `SlotRecord.bootID`.
    package var leasedAtSinceBoot: Int64 = 0
    /// Seconds; counted from the release.
    package var ttl: Int64?
    /// Nil as long as nobody ends it.
    package var release: Release?
    /// Seconds since 1970: until then its slot is kept after the release, or after an early death.
    package var expiresAt: Int64?
    /// Set by `keep`; `.max` is for ever.
    package var keepUntil: Int64?
    package var keptBecause: [String] = []
    /// The texts of `ClaimPattern`s.
    package var claims: [String] = []
    package var origin: Origin?
    /// Milliseconds for which it queued for a slot; nil if it did not.
    package var waited: Int64?

    package init(id: String, name: String, start: String) {
        self.id = id
        self.name = name
        self.start = start
    }

    /// Of what somebody left in a slot that nobody had leased.
    init(foundIn record: SlotRecord) {
        self.init(id: RandomID.make(), name: Lease.foundName(record.slot), start: record.head)
    }

    /// Of work that no name is known of.
    static func foundName(_ slot: Int) -> String { "found-\(slot)-\(RandomID.make().prefix(4))" }

    /// What its release is to do: what a `done` without a word orders, where nobody ordered anything.
    var orders: Release { release ?? Release() }

    /// Changes what is to happen to its work.
    mutating func order(_ work: Release.Work) {
        release = orders
        release?.work = work
    }

    /// Forgets a release that was begun, or asked for and never came to be.
    mutating func takeBackRelease() { (release, expiresAt, keptBecause) = (nil, nil, []) }

    /// Whether its tree was discarded unseen, as one that is not there.
    var isGivenUp: Bool { release.map { $0.work == .discard && $0.discarded == nil } ?? false }

    package var branchRef: String? { branch.map { "refs/heads/" + $0 } }
}
