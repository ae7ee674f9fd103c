internal import GitPool
internal import POSIX

/// The way of one item to its lease: asked again and again, in line with everybody else who waits, blocking nobody.
struct MapQueue: ~Copyable {
    /// Milliseconds between two looks at a full pool.
    static let pause: Int64 = 50

    private var applicant: Applicant

    init(_ request: LeaseRequest, named name: String?, in pool: Pool) throws {
        var request = request
        request.name = name.flatMap { LeaseName.problem(with: $0) == nil ? $0 : nil }
        request.isUnique = true
        request.wait = request.wait ?? .max
        applicant = try Applicant(request, in: pool)
    }

    /// - Parameter hasOwn: whether an item of this map runs, whose end will make room.
    /// - Throws: `PoolError.poolFull` where nobody's end would.
    mutating func ask(in pool: Pool, hasOwn: Bool) throws -> LeasedSlot? {
        switch try applicant.ask(hasOwn: hasOwn) {
        case .leased(let leased): return leased
        case .inLine:
            pool.collectDue()
            return nil
        }
    }
}
