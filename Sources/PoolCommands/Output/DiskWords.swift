internal import GitPool
internal import POSIX

/// What the worktrees take of the disk, with the arithmetic behind "thirty in the space of two", and what would make it
/// true where it is not.
struct DiskWords {
    private let report: DiskReport

    init(_ report: DiskReport) { self.report = report }

    var text: String {
        guard report.worktrees > 0 else { return "no worktrees\n" }
        let rows = [
            ("source", "\(size(report.source)) in \(count(report.worktrees))"),
            ("output", "\(size(report.output)) in them, and \(size(report.caches)) in caches beside them"),
            ("shared", "\(size(report.shared)) of that lies on blocks that are counted already"),
            ("real", size(report.real)),
            ("ratio", "\(ratio(report.real, report.one)) of one worktree with its output (\(size(report.one)))"),
        ]
        let lines = rows.map { $0.0 + String(repeating: " ", count: 8 - $0.0.count) + $0.1 }
        return (lines + [""] + verdict).map { $0 + "\n" }.joined()
    }

    private var verdict: [String] {
        guard let another = report.another, let expected = report.expected, let fits = report.fits else {
            return ["of one worktree alone nobody can tell what another would take"]
        }
        let aim = DiskReport.aim
        let sum = "\(size(report.one)) + \(aim - 1) x \(size(another)) = \(size(expected))"
        if fits { return ["\(aim) worktrees: \(sum), less than twice one (\(size(2 * report.one)))"] }
        var lines = [
            "\(aim) worktrees: \(sum), more than twice one (\(size(2 * report.one)))",
            "each further one may take \(size(report.mostForAnother)) for that",
        ]
        if let disk = report.fileSystem, disk.cannotClone {
            lines.append("-> \(disk.name) shares no blocks: pool.root on btrfs, or on xfs with reflink=1, would do")
        }
        let (source, output) = (size(report.sourceOfOne), size(report.outputOfOne))
        let rule =
            "its output (\(output)) is \(report.sharingWouldDo ? "" : "not ")more than \(aim - 2) x its source (\(source))"
        lines.append(
            report.sharingWouldDo
                ? "-> pool.cache.<tool>.mode=shared would do: \(rule)"
                : "-> pool.cache.<tool>.mode=shared alone would not do: \(rule)")
        return lines
    }

    var json: JSON { .object(members) }

    var members: [JSON.Member] {
        [
            .init("schema", 1), .init("worktrees", JSON(report.worktrees)), .init("sourceBytes", JSON(report.source)),
            .init("outputBytes", JSON(report.output)), .init("cacheBytes", JSON(report.caches)),
            .init("sharedBytes", JSON(report.shared)), .init("realBytes", JSON(report.real)),
            .init("oneBytes", JSON(report.one)), .init("ratioPercent", JSON(percent)),
            .init("anotherBytes", JSON(report.another)), .init("aim", JSON(DiskReport.aim)),
            .init("expectedBytes", JSON(report.expected)), .init("fits", JSON(report.fits)),
            .init("sharingWouldDo", JSON(report.sharingWouldDo)), .init("fileSystem", JSON(report.fileSystem?.name)),
        ]
    }

    private var percent: Int64? { report.one == 0 ? nil : report.real * 100 / report.one }

    private func size(_ bytes: Int64) -> String { Size(bytes: bytes).text }

    private func count(_ worktrees: Int) -> String { worktrees == 1 ? "1 worktree" : "\(worktrees) worktrees" }

    /// Two figures behind the point are enough.
    private func ratio(_ part: Int64, _ whole: Int64) -> String {
        let hundredths = whole == 0 ? 0 : part * 100 / whole
        let rest = String(hundredths % 100)
        return "\(hundredths / 100).\(rest.count == 1 ? "0" : "")\(rest)"
    }
}
