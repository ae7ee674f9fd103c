internal import GitPool
internal import POSIX

/// The way of one item to its lease: asked again and again, in line with everybody else who waits, blocking nobody.
struct MapQueue: ~Copyable {
    /// Milliseconds between two looks at a full pool.
    static let pause: Int64 = 50

    private let request: LeaseRequest
    private var applicant: Applicant
    private let patience: Deadline?

    init(_ request: LeaseRequest, named name: String?, in pool: Pool) throws {
        var request = request
        request.name = name.flatMap { LeaseName.problem(with: $0) == nil ? $0 : nil }
        request.isUnique = true
        patience = request.wait.map { Deadline(in: $0.multipliedOrMax(1000)) }
        self.request = request
        applicant = try Applicant(request, in: pool)
    }

    /// - Parameter hasOwn: whether an item of this map runs, whose end will make room.
    /// - Throws: `PoolError.poolFull` where nobody's end would.
    mutating func ask(in pool: Pool, hasOwn: Bool) throws -> LeasedSlot? {
        switch try applicant.ask() {
        case .leased(let leased): return leased
        case .full(let holders):
            guard hasOwn || pool.canFree(holders) else { throw pool.full(holders, request) }
            try applicant.queue()
            if let patience, patience.hasPassed { throw pool.waitIsOver(holders) }
            pool.collect(.quick)
            return nil
        }
    }
}
