internal import Git
package import POSIX

/// The processes above this one, nearest first, each read while it was the parent of the one below it. To be read before
/// anything slow: whoever is killed meanwhile is gone from it (a killed `git` leaves us with process 1).
package struct Ancestry: Equatable, Sendable {
    /// Why nothing more is above the last of them.
    package enum End: Equatable, Sendable {
        /// Process 1, or the first process of this pid namespace.
        case top
        case vanished(Int32)
        /// It is younger than its child, so it is not the parent any more.
        case reused(Int32)
        case hidden(Int32, SystemError)
    }

    package var processes: [ProcessFacts]
    package var end: End

    package init(processes: [ProcessFacts], end: End) {
        self.processes = processes
        self.end = end
    }

    /// The git that this program is a command of; nil for one that has more to do when we have ended, such as a bisect.
    package var caller: ProcessFacts? {
        processes.first.flatMap { process in
            ProgramNames(process).executable == "git" && Git.subcommand(in: process.arguments) == "pool" ? process : nil
        }
    }

    package static func read() -> Ancestry {
        let first = walk()
        switch first.end {
        case .top, .hidden: return first
        // An ancestor that ends while it is read hands its child to another: the next look sees that one.
        case .vanished, .reused: return walk()
        }
    }

    private static func walk() -> Ancestry {
        var processes: [ProcessFacts] = []
        var next = ProcessTable.parentPID()
        var youngest = UInt64.max
        switch ProcessTable.read(ProcessTable.ownPID()) {
        case .present(let own): youngest = own.startTicks
        case .absent: break
        case .unknown(let error): return Ancestry(processes: [], end: .hidden(ProcessTable.ownPID(), error))
        }
        while next > 0 {
            switch ProcessTable.read(next) {
            case .present(let facts):
                guard facts.startTicks <= youngest, processes.count < 4096 else {
                    return Ancestry(processes: processes, end: .reused(next))
                }
                processes.append(facts)
                youngest = facts.startTicks
                next = facts.parent
            case .absent: return Ancestry(processes: processes, end: .vanished(next))
            case .unknown(let error): return Ancestry(processes: processes, end: .hidden(next, error))
            }
        }
        return Ancestry(processes: processes, end: .top)
    }
}
