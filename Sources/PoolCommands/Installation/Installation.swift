internal import GitPool
internal import POSIX

/// The files that `install` puts below a prefix: each is ours alone, or it is not touched.
struct Installation {
    struct File {
        let path: String
        let bytes: [UInt8]
        let mode: UInt32
    }

    /// What there is of ours already.
    struct Conflict: Error { let paths: [String] }

    let prefix: String
    /// `<prefix>/share`, or `$XDG_DATA_HOME` where no prefix was asked for.
    private let data: String

    /// Nil without a prefix or a home.
    init?(prefix: String?, environment: [String: String]) {
        if let prefix {
            (self.prefix, data) = (prefix, Path.join(prefix, "share"))
        } else {
            guard let home = Path.absolute(environment["HOME"]) else { return nil }
            self.prefix = Path.join(home, ".local")
            data = Path.absolute(environment["XDG_DATA_HOME"]) ?? Path.join(self.prefix, "share")
        }
    }

    var binaries: String { Path.join(prefix, "bin") }
    var zshFunctions: String { Path.join(data, "zsh/site-functions") }
    private var manifestPath: String { Path.join(data, "git-pool/manifest") }

    /// The manuals stay below the prefix: man(1) finds them from `bin` on PATH, not from `$XDG_DATA_HOME`.
    func files(executable: [UInt8]) -> [File] {
        let resources: [(Resource, String)] = [
            (.manual, Path.join(prefix, "share/man/man1/git-pool.1")),
            (.configurationManual, Path.join(prefix, "share/man/man5/gitpool-config.5")),
            (.tutorial, Path.join(prefix, "share/man/man7/gitpool-tutorial.7")),
            (.bashCompletion, Path.join(data, "bash-completion/completions/git-pool")),
            (.zshCompletion, Path.join(zshFunctions, "_git-pool")),
            (.fishCompletion, Path.join(data, "fish/vendor_completions.d/git-pool.fish")),
            (.fishRepair, Path.join(data, "fish/vendor_conf.d/git-pool.fish")),
        ]
        return [File(path: Path.join(binaries, "git-pool"), bytes: executable, mode: 0o755)]
            + resources.map { resource, path in File(path: path, bytes: resource.bytes, mode: 0o644) }
    }

    /// Writes what differs; the manifest is true at every moment, so that a killed install can be uninstalled.
    /// - Returns: the paths that were written.
    /// - Throws: `Conflict`, before anything is changed, where a file stands that is not as `install` wrote it.
    func install(_ files: [File]) throws -> [String] {
        let old = Manifest(readingFrom: manifestPath)
        let foreign = files.filter { Files.exists($0.path) && !isOurs($0, old) }.map(\.path)
        guard foreign.isEmpty else { throw Conflict(paths: foreign) }

        var manifest = Manifest(files: files)
        let folders = (files.map(\.path) + [manifestPath]).compactMap(Path.parent)
        manifest.directories = old.directories.union(folders.flatMap(missing))
        for folder in folders { try Files.makeDirectories(folder, mode: 0o755) }
        try write(manifest.merged(with: old))
        var written: [String] = []
        for file in files where (try? Files.read(file.path)) != file.bytes {
            try Files.replace(file.path, file.bytes, mode: file.mode)
            written.append(file.path)
        }
        try write(manifest)
        return written
    }

    /// Removes what is as `install` wrote it, and the folders it made, if they are empty.
    /// - Returns: nil if nothing is installed.
    func uninstall() throws -> (removed: [String], changed: [String])? {
        let manifest = Manifest(readingFrom: manifestPath)
        guard !manifest.files.isEmpty || Files.exists(manifestPath) else { return nil }
        let paths = manifest.files.keys.sorted().filter { isBelow($0) && Files.exists($0) }
        let unchanged = paths.filter { manifest.knows($0, try? Files.read($0)) }
        for path in unchanged { try Files.unlink(path) }
        try Files.unlink(manifestPath)
        // The longest first: what is inside goes before what it is in.
        for folder in manifest.directories.filter(isBelow).sorted(by: { $0.utf8.count > $1.utf8.count }) {
            try? Files.removeDirectory(folder)
        }
        return (unchanged, paths.filter { !unchanged.contains($0) })
    }

    private func isOurs(_ file: File, _ manifest: Manifest) -> Bool {
        guard (try? Files.status(file.path))?.kind == .file, let bytes = try? Files.read(file.path) else {
            return false
        }
        return bytes == file.bytes || manifest.knows(file.path, bytes)
    }

    private func isBelow(_ path: String) -> Bool { Path.contains(prefix, path) || Path.contains(data, path) }

    private func missing(_ folder: String) -> [String] {
        guard !Files.exists(folder), let parent = Path.parent(folder) else { return [] }
        return missing(parent) + [folder]
    }

    private func write(_ manifest: Manifest) throws {
        try Files.replace(manifestPath, Array(manifest.text.utf8), mode: 0o644)
    }
}
