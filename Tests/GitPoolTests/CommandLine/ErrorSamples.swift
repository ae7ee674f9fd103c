@testable import Git
@testable import GitPool
@testable import POSIX
@testable import PoolCommands

/// One of every error there is. Each `after` is a switch without a default: a case that is added does not compile until
/// it stands in the row, and with it in the test.
enum ErrorSamples {
    /// What a message is about; it must stand in quotes.
    static let subject = "zz"

    static let all: [any Error] =
        row(after) + badNames + landRefusals.map { PoolError.cannotLand(name: subject, $0) } + holderRefusals
        + gitErrors
        + configurationErrors + row(after(hook:)) + [SystemError(code: 2, call: "open", subject: subject)]
        + LimitKind.allCases.flatMap { kind in
            LimitLevel.allCases.map { PoolError.limitsUnavailable([.init(kind: kind, level: $0)]) }
        } + [MapItems.NotText(number: 3)]

    private static func row<Value>(_ after: (Value?) -> Value?) -> [Value] {
        var values: [Value] = []
        while let value = after(values.last) { values.append(value) }
        return values
    }

    private static let lease: LeaseSummary = {
        var record = SlotRecord(slot: 1, path: "/p")
        record.lease = Lease(id: "1", name: "other", start: "")
        guard let summary = LeaseSummary(Slot(number: 1, state: .leased, record: record)) else { fatalError() }
        return summary
    }()

    private static func after(_ error: PoolError?) -> PoolError? {
        switch error {
        case nil: .noRepository(at: subject, depth: 2)
        case .noRepository: .severalRepositories(directory: subject, found: ["/a", "/b"])
        case .severalRepositories: .badName(subject, .empty)
        case .badName: .nameHeld(name: subject, lease: lease)
        case .nameHeld: .branchExists(branch: subject, checkedOutAt: subject)
        case .branchExists(_, .some): .branchExists(branch: subject, checkedOutAt: nil)
        case .branchExists(_, nil): .branchClash(branch: subject, existing: subject)
        case .branchClash: .badStart(subject)
        case .badStart: .noCommit
        case .noCommit: .othersPool(path: subject, owner: 7)
        case .othersPool: .oldGit(version: .oldest)
        case .oldGit: .poolFull(limit: 2, group: subject, leases: [lease])
        case .poolFull(_, .some, _): .poolFull(limit: 0, group: nil, leases: [])
        case .poolFull(_, nil, _): .waitTimedOut(limit: 2, leases: [lease])
        case .waitTimedOut: .exclusiveHeld(lease: lease)
        case .exclusiveHeld: .unknownGroup(subject, known: [])
        case .unknownGroup(_, let known) where known.isEmpty: .unknownGroup(subject, known: ["ios"])
        case .unknownGroup: .unknownLease(subject, known: [])
        case .unknownLease(_, let known) where known.isEmpty: .unknownLease(subject, known: ["zzz"])
        case .unknownLease: .unknownSave(subject, known: [], lease: nil)
        case .unknownSave(_, let known, nil) where known.isEmpty: .unknownSave(subject, known: ["zzz"], lease: nil)
        case .unknownSave(_, _, nil): .unknownSave(subject, known: [], lease: lease)
        case .unknownSave: .ambiguousSave(subject, counted: "refs/pool/saved/1")
        case .ambiguousSave: .notALease(path: subject)
        case .notALease: .poolTooLarge(used: 1, needed: 1, most: 1)
        case .poolTooLarge: .diskLow(folder: subject, free: 1, needed: 1, kept: 1)
        case .diskLow: .rootAway(path: subject, mount: subject)
        case .rootAway: .locked(.slot(of: subject), by: "git-pool (pid 7)")
        case .locked: .atRisk(name: subject, path: subject, risks: [.modified(count: 1, sample: "a")])
        case .atRisk: .cannotSave(name: subject, reasons: [.repository(path: "lib")])
        case .cannotSave: .noHolder(.init(reason: .initProcess, chain: ["sh"]))
        case .noHolder: .broken(name: subject, .noWorktree)
        case .broken: .recordTooLong(name: subject)
        case .recordTooLong: .cannotAdopt(path: subject, .isSlot(1))
        case .cannotAdopt: .restoreBlocked(.inTheWay(path: subject))
        case .restoreBlocked: .claimHeld(claim: subject, held: subject, lease: lease)
        case .claimHeld: .cannotLand(name: subject, .noBase)
        case .cannotLand: .noSubmodule(path: subject, .failed("fatal: no such remote\n"))
        case .noSubmodule: .untrusted(path: subject, commands: ["make"])
        case .untrusted: .setupFailed(subject, status: 1)
        case .setupFailed: .hookFailed(subject, status: 1)
        case .hookFailed: .interrupted(signal: 2)
        case .interrupted: .limitsUnavailable([])
        case .limitsUnavailable: nil
        }
    }

    private static let badNames = row { (reason: PoolError.BadName?) -> PoolError.BadName? in
        switch reason {
        case nil: .empty
        case .empty: .tooLong
        case .tooLong: .control
        case .control: .notARef
        case .notARef: nil
        }
    }.map { PoolError.badName(subject, $0) }

    private static let landRefusals = row { (refusal: LandRefusal?) -> LandRefusal? in
        switch refusal {
        case nil: .detached(path: subject)
        case .detached: .otherBranch(subject, own: subject, path: subject)
        case .otherBranch: .noBase
        case .noBase: .remoteBase(subject, local: nil)
        case .remoteBase(_, nil): .remoteBase(subject, local: subject)
        case .remoteBase: .noTarget(subject)
        case .noTarget: .isTarget(subject)
        case .isTarget: .dirty(path: subject, risks: [.untracked(count: 2, sample: "a")])
        case .dirty: .operation("merge", path: subject)
        case .operation: .conflicts(operation: "merge", files: [subject], path: subject, target: subject)
        case .conflicts: .diverged(target: subject)
        case .diverged: .ignoredInTheWay(files: [subject], path: subject)
        case .ignoredInTheWay: .targetBlocked(target: subject, place: subject, [.operation("rebase")])
        case .targetBlocked: .hook(subject, path: subject)
        case .hook: .test(command: "make", status: 1, path: subject, before: "0123456789abcdef", target: subject)
        case .test: .slotMoved(path: subject)
        case .slotMoved: .targetKeepsMoving(target: subject, rounds: 5)
        case .targetKeepsMoving: nil
        }
    }

    private static let holderRefusals = row {
        (reason: HolderChoice.Refusal.Reason?) -> HolderChoice.Refusal.Reason? in
        switch reason {
        case nil: .nothingLasts
        case .nothingLasts: .sessionHost(1, name: subject)
        case .sessionHost: .initProcess
        case .initProcess: .reusedDuringWalk(1)
        case .reusedDuringWalk: .vanishedDuringWalk(1)
        case .vanishedDuringWalk: .hidden(1, SystemError(code: 1, call: "open"))
        case .hidden: .invalidPID(0)
        case .invalidPID: .noSuchProcess(1)
        case .noSuchProcess: .ended(1)
        case .ended: .otherUser(1, user: 1)
        case .otherUser: .noBootID
        case .noBootID: nil
        }
    }.map { PoolError.noHolder(.init(reason: $0, chain: ["sh", "git"])) }

    private static let gitErrors = row { (error: GitError?) -> GitError? in
        switch error {
        case nil: .missing(searched: subject)
        case .missing: .launch(SystemError(code: 2, call: "posix_spawn"))
        case .launch: .waited(fifo: subject)
        case .waited: .unfitPath(subject)
        case .unfitPath:
            .failed(.init(arguments: ["fetch"], termination: .exited(128), message: "fatal: bad object\n"))
        case .failed(let failure) where !failure.message.isEmpty:
            .failed(.init(arguments: ["fetch"], termination: .exited(1), message: ""))
        case .failed: nil
        }
    }

    private static let configurationErrors = row {
        (expected: ConfigurationError.Expected?) -> ConfigurationError.Expected? in
        switch expected {
        case nil: .boolean
        case .boolean: .integer
        case .integer: .duration
        case .duration: .choice(["a", "b"])
        case .choice: .name
        case .name: .range(1...2)
        case .range: .patternInside
        case .patternInside: .variable
        case .variable: .path
        case .path: nil
        }
    }.map { ConfigurationError(key: "pool.max", value: subject, expected: $0) }

    private static func after(hook refusal: PostCheckoutHook.Refusal?) -> PostCheckoutHook.Refusal? {
        switch refusal {
        case nil: .managed(folder: subject)
        case .managed: .edited(subject)
        case .edited: .inTheWay(subject)
        case .inTheWay: .foreignConfiguration(subject)
        case .foreignConfiguration: .needsNewerGit
        case .needsNewerGit: nil
        }
    }

    static let usageErrors = row { (problem: UsageError.Problem?) -> UsageError.Problem? in
        switch problem {
        case nil: .unknownOption(subject)
        case .unknownOption: .unknownSwitch("z")
        case .unknownSwitch: .unknownNonASCII(subject)
        case .unknownNonASCII: .unknownSubcommand(subject, similar: ["list"])
        case .unknownSubcommand: .ambiguousOption("f", candidates: ["--from", "--fresh"])
        case .ambiguousOption: .singleDash(subject)
        case .singleDash: .missingValue(subject)
        case .missingValue: .missingSwitchValue("z")
        case .missingSwitchValue: .unexpectedValue(subject)
        case .unexpectedValue: .invalidValue(option: subject, expectation: "expects a duration")
        case .invalidValue: .exclusive(["--a", "--b"])
        case .exclusive: .needs("--a", "--b")
        case .needs: .tooFewArguments
        case .tooFewArguments: .tooManyArguments
        case .tooManyArguments: .noCommand
        case .noCommand: .other("unknown shell '\(subject)'")
        case .other: nil
        }
    }.map { UsageError($0, AddCommand.syntax) }
}
