internal import Git
internal import POSIX

/// The id of a lease to be, and the git that will make its branch: begun before anything else is known of it, git is
/// ready by the time there is a slot (measured: 2 of 8 ms of a warm `add`).
package struct HeadStart: ~Copyable {
    let leaseID = RandomID.make()
    private(set) var writer: RefWriter?

    /// With nothing begun.
    package init() {}

    /// For whoever will need a branch whatever comes.
    package init(in pool: Pool) { begin(in: pool) }

    /// Without git, for what reason ever, the branch is made by another one later.
    mutating func begin(in pool: Pool) {
        let isBegun =
            switch writer {
            case .some: true
            case .none: false
            }
        if !isBegun { writer = try? RefWriter(starting: pool.git, message: Pool.branchMessage(leaseID: leaseID)) }
    }
}
