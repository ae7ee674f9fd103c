import GitPool
import Testing

@Suite struct MendCrashTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let damage: Damage
        let point: FaultPoint

        var testDescription: String { "\(damage.rawValue) at \(point.rawValue)" }

        private static let reached: [(Damage, [FaultPoint])] = [
            (.emptyCommonDir, [.mendCommonDir]), (.unknownHead, [.mendKept, .mendHead]), (.killedAdd, [.mendHead]),
            (.noTreePath, [.mendTreePath]), (.halfMade, [.mendHead, .mendSaved, .mendAside]),
            (.noGitFile, [.mendGitFile]), (.noAdmin, [.mendDrafted, .mendAdmin]), (.missingTree, [.mendFilled]),
            (.indexLock, [.mendKept, .mendSaved, .mendAside]), (.tornRecord, [.mendKept, .mendRecord]),
            (.lostRecord, [.mendRecord]), (.twoRecords, [.mendAside]),
            (.movedRepository, [.mendRoot, .mendKept, .mendGitFile]),
            (.movedDisk, [.mendHome, .mendGitFile]),
            (.movedWorkspace, [.mendRoot, .mendGitFile, .mendTreePath, .mendRecord]),
            (.movedFolder, [.mendTreePath, .mendRecord]), (.drafts, [.mendSaved]),
            (.brokenRef, [.mendKept, .mendAside]),
        ]

        static let all = reached.flatMap { damage, points in points.map { Case(damage: damage, point: $0) } }
    }

    @Test(
        "H1 doctor --fix killed at a fault point: the next one mends the rest, and nothing is lost", arguments: Case.all
    )
    func killed(_ example: Case) throws {
        let scene = try example.damage.scene()
        let repository = scene.repository
        let words = ["git", "pool", "doctor", "--fix"] + example.damage.words
        let died = try repository.scratch.run(
            words, in: repository.path, env: ["GIT_POOL_FAULT": example.point.rawValue])
        try #require(died.status == 137, "it was not killed: \(died)")
        let outcome = try repository.scratch.run(words, in: repository.path).check(0)
        #expect(outcome.lines.last?.hasPrefix("no problems") == true, "\(outcome)")
        try scene.check()
    }
}
