internal import POSIX

/// The files whose checked-out bytes differ from their blobs (line ends, filters): only git may write them. Where that
/// cannot be told file by file, it is all of them.
package enum Conversions: Sendable {
    case none
    case some(Set<[UInt8]>)
    case all

    /// Asks of the paths in an index whether attributes or configuration touch them (gitattributes(5)).
    ///
    /// - Parameter git: at the worktree whose index this is, already in its place.
    package init(of index: IndexFile, _ git: Git, _ configuration: Configuration, common: String) throws(GitError) {
        guard !Conversions.areGeneral(configuration, git.environment) else {
            self = .all
            return
        }
        let outside = Conversions.files(configuration, git, common).contains { path in
            // `~user/…` and the like, of which git alone knows what they mean.
            guard Path.isAbsolute(path) else { return true }
            guard let bytes = try? Files.read(path, limit: 1 << 20) else { return Files.exists(path) }
            return Conversions.mayConvert(bytes[...])
        }
        let name = Array(".gitattributes".utf8)
        let inside = index.entries.filter { entry in
            let path = index.path(entry)
            return path.count >= name.count && path.suffix(name.count).elementsEqual(name)
        }
        var mayConvert = outside
        if !outside { mayConvert = try Conversions.mayConvert(inside.map { index.id($0) }, git) }
        guard mayConvert else {
            self = .none
            return
        }
        self = .some(try Conversions.converted(index, git))
    }

    /// Whether every file is its blob.
    package var isEmpty: Bool {
        switch self {
        case .none: true
        case .some(let paths): paths.isEmpty
        case .all: false
        }
    }

    package func includes(_ path: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .none: false
        case .some(let paths): paths.contains(Array(path))
        case .all: true
        }
    }

    /// Text files get CRLF whatever their attributes, or attributes come from where we do not look.
    private static func areGeneral(_ configuration: Configuration, _ environment: [String: String]) -> Bool {
        let autocrlf = configuration.string("core.autocrlf")?.lowercased()
        let isPlain = autocrlf == nil || autocrlf == "input" || (try? configuration.bool("core.autocrlf")) == false
        let eol = configuration.string("core.eol")?.lowercased()
        return !isPlain || (eol != nil && eol != "lf" && eol != "native")
            || configuration.string("attr.tree") != nil || environment["GIT_ATTR_SOURCE"] != nil
            || (try? configuration.bool("core.symlinks")) == false
    }

    private static func files(_ configuration: Configuration, _ git: Git, _ common: String) -> [String] {
        let home = git.environment["HOME"] ?? "/"
        var own =
            configuration.string("core.attributesfile")
            ?? Path.join(Git.userFolder(git.environment, home: home), "attributes")
        if own.hasPrefix("~/") { own = Path.join(home, String(own.dropFirst(2))) }
        let folders = git.systemFolders + ["/usr/local/etc", "/opt/homebrew/etc"]
        return [own, Path.join(common, "info/attributes")] + folders.map { Path.join($0, "gitattributes") }
    }

    /// Whether a text can hold an attribute that makes a checkout write other bytes: looked for as words alone, so that
    /// macros and patterns are covered too.
    private static func mayConvert(_ text: ArraySlice<UInt8>) -> Bool {
        ["eol=crlf", "ident", "filter", "working-tree-encoding"].contains { word in
            let word = Array(word.utf8)
            guard text.count >= word.count else { return false }
            return text.indices.dropLast(word.count - 1).contains { start in
                text[start] == word[0] && text[start..<(start + word.count)].elementsEqual(word)
            }
        }
    }

    private static func mayConvert(_ blobs: [ArraySlice<UInt8>], _ git: Git) throws(GitError) -> Bool {
        guard !blobs.isEmpty else { return false }
        let lines = blobs.map { Text.hex($0) + "\n" }
        let answer = try git.run(["cat-file", "--batch"], input: Array(lines.joined().utf8))
        return mayConvert(answer[...])
    }

    private static func converted(_ index: IndexFile, _ git: Git) throws(GitError) -> Set<[UInt8]> {
        let names = ["eol", "ident", "filter", "working-tree-encoding"]
        var input: [UInt8] = []
        for entry in index.entries { input += index.path(entry) + [0] }
        let answer = try git.run(["check-attr", "--cached", "--stdin", "-z"] + names, input: input)
        var paths: Set<[UInt8]> = []
        // Path, attribute, value.
        let fields = Text.records(answer)
        for number in stride(from: 0, to: fields.count - 2, by: 3) {
            let value = String(decoding: fields[number + 2], as: UTF8.self)
            guard value != "unspecified", value != "unset", value != "lf" else { continue }
            paths.insert(Array(fields[number]))
        }
        return paths
    }
}
