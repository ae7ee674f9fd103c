internal import POSIX

/// What `install` wrote and which folders it made; a file whose bytes no line knows is somebody else's.
struct Manifest: Equatable {
    private static let version = "git-pool-manifest 1"

    /// Path to the fingerprints it may have: two while an install replaces it.
    private(set) var files: [String: Set<String>] = [:]
    var directories: Set<String> = []

    init(files: [Installation.File]) {
        for file in files { self.files[file.path] = [Manifest.fingerprint(file.bytes)] }
    }

    /// Empty for what is missing or of another version.
    init(readingFrom path: String) {
        guard let bytes = try? Files.read(path, limit: 1 << 20) else { return }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.first.map(String.init) == Manifest.version else { return }
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2, Path.isAbsolute(words[1]) else { continue }
            if words[0] == "directory" {
                directories.insert(words[1])
            } else {
                files[words[1], default: []].insert(words[0])
            }
        }
    }

    var text: String {
        let written = files.sorted { $0.key < $1.key }.flatMap { path, known in known.sorted().map { "\($0) \(path)\n" }
        }
        return ([Manifest.version + "\n"] + written + directories.sorted().map { "directory \($0)\n" }).joined()
    }

    func merged(with other: Manifest) -> Manifest {
        var all = self
        all.files.merge(other.files) { $0.union($1) }
        all.directories.formUnion(other.directories)
        return all
    }

    func knows(_ path: String, _ bytes: [UInt8]?) -> Bool {
        guard let bytes, let known = files[path] else { return false }
        return known.contains(Manifest.fingerprint(bytes))
    }

    /// It has to notice an edit, not an attack.
    private static func fingerprint(_ bytes: [UInt8]) -> String {
        "\(bytes.count):" + Fingerprint(bytes.span).text
    }
}
