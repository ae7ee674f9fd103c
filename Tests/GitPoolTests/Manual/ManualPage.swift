import Foundation
import Testing

/// A page of `man/` as it lies in the package, asked for what its macros mark.
struct ManualPage: CustomTestStringConvertible {
    let file: String
    let text: String
    private let lines: [String]

    /// Every page there is.
    static let all: [ManualPage] = {
        let folder = packageDirectory.appending(path: "man").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { try? ManualPage($0) }
    }()

    init(_ file: String) throws {
        self.file = file
        text = try String(contentsOf: packageDirectory.appending(path: "man/\(file)"), encoding: .utf8)
        lines = text.split(separator: "\n").map(String.init)
    }

    var testDescription: String { file }
    var path: String { packageDirectory.appending(path: "man/\(file)").path }
    /// The name that man(1) knows it by.
    var name: String { String(file.prefix { $0 != "." }) }
    var section: String { String(file.drop { $0 != "." }.dropFirst()) }

    /// The lines from a heading to the next one of its kind, or of a higher one.
    func section(_ heading: String) -> [String] {
        guard let start = lines.firstIndex(of: heading) else { return [] }
        let isPart = heading.hasPrefix(".Ss ")
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix(".Sh ") && !(isPart && $0.hasPrefix(".Ss ")) })
    }

    /// What stands behind a macro anywhere on the page: `Ev`, `Pa`, `Li`; a comma goes on with the same macro.
    func words(_ macro: String, in part: [String]? = nil) -> Set<String> {
        var found: Set<String> = []
        for line in part ?? lines where line.hasPrefix(".") {
            let words = line.dropFirst().split(separator: " ").map(String.init)
            guard let start = words.prefix(2).firstIndex(of: macro) else { continue }
            found.formUnion(words[(start + 1)...].filter { $0 != "," && $0 != "." && $0 != ";" })
        }
        return found
    }
}
