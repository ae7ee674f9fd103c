internal import GitPool
internal import POSIX

/// What `doctor` answers: what the pool stands on, then each finding with its effect and the way on.
struct DoctorReport {
    private let examination: Examination
    /// Nil unless anything was to be fixed.
    private let repairs: [Repair]?
    private let found: [Finding]

    /// - Parameters:
    ///   - examination: the last look.
    ///   - repairs: what was done before it, about what had been `found`.
    init(_ examination: Examination, repairs: [Repair]? = nil, found: [Finding] = []) {
        (self.examination, self.repairs, self.found) = (examination, repairs, found)
    }

    func text(_ style: Style) -> String {
        var lines = ["git-pool \(Version.text), git \(examination.gitVersion)"]
        if let root = examination.root {
            let storage = examination.storage.map { ", made by \($0.rawValue)" } ?? ""
            lines.append(
                Printable.line("slots: \(examination.slotCount) in '\(root.path)' (\(place(root))\(storage))"))
        } else {
            lines.append(
                examination.slotCount == 0 ? "slots: none yet" : "slots: \(examination.slotCount), not in their folder")
        }
        lines.append(Printable.line("records and locks: '\(examination.state.path)' (\(place(examination.state)))"))
        if let caches = examination.caches { lines.append(Printable.line("caches: '\(caches)'")) }
        lines.append("keeper: " + (examination.keeper.map { "pid \($0)" } ?? "none runs"))
        lines += examination.keeperLog.map { "  " + Printable.line($0) }
        if let repairs, !repairs.isEmpty { lines.append("") }
        for repair in repairs ?? [] {
            lines.append(style.paint("fixed:", .good) + " " + Printable.line(RepairWords.line(repair)))
        }
        for finding in examination.findings {
            let role: Style.Role = finding.severity == .problem ? .bad : .attention
            let words = FindingWords(finding)
            lines.append("")
            lines.append(style.paint(finding.severity.rawValue + ":", role) + " " + Printable.line(words.message))
            if let effect = words.effect { lines.append("  " + Printable.line(effect)) }
            if let remedy = words.remedy { lines.append("  -> " + Printable.line(remedy)) }
        }
        let problems = examination.findings.count { $0.severity == .problem }
        lines.append("")
        let count = problems == 0 ? "no problems" : problems == 1 ? "1 problem" : "\(problems) problems"
        switch repairs {
        case nil: lines.append("\(count) found")
        case .some(let repairs) where repairs.isEmpty:
            lines.append(
                problems == 0 ? "no problems found, nothing to fix" : "nothing that can be fixed, \(count) left")
        case .some: lines.append("\(count) left")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    var json: JSON {
        .object(
            [
                .init("schema", 1), .init("version", .string(Version.text)),
                .init("git", .string(examination.gitVersion)),
                .init("slots", JSON(examination.slotCount)), .init("root", examination.root.map(json) ?? .null),
                .init("storage", JSON(examination.storage?.rawValue)), .init("state", json(examination.state)),
                .init("caches", JSON(examination.caches)),
                .init("keeper", keeper),
                .init("findings", .array(examination.findings.map(json))),
            ] + fixes)
    }

    private var fixes: [JSON.Member] {
        guard let repairs else { return [.init("found", .null), .init("fixed", .null)] }
        return [.init("found", .array(found.map(json))), .init("fixed", .array(repairs.map(RepairWords.json)))]
    }

    private var keeper: JSON {
        .object([
            .init("pid", JSON(examination.keeper.map(Int.init))),
            .init("log", .array(examination.keeperLog.map { .string($0) })),
        ])
    }

    private func json(_ place: Examination.Place) -> JSON {
        .object([
            .init("path", .string(place.path)), .init("fileSystem", .string(place.fileSystem.name)),
            .init("freeBytes", JSON(place.freeBytes)),
        ])
    }

    private func json(_ finding: Finding) -> JSON {
        let words = FindingWords(finding)
        return .object([
            .init("kind", .string(words.kind)), .init("severity", .string(finding.severity.rawValue)),
            .init("slot", JSON(words.slot)), .init("path", JSON(words.path)), .init("message", .string(words.message)),
            .init("effect", JSON(words.effect)), .init("remedy", JSON(words.remedy)),
        ])
    }

    private func place(_ place: Examination.Place) -> String {
        let free = place.freeBytes.map { ", \(FindingWords.size($0)) free" } ?? ""
        return place.fileSystem.name + free
    }
}
