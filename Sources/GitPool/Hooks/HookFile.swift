internal import POSIX

/// The file `post-checkout` of a hooks folder: ours, somebody's, or none. What was there is moved, never edited, so that
/// moving it back restores it byte for byte.
struct HookFile {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    private enum Standing { case absent, ours, edited, foreign }

    private var path: String { Path.join(folder, "post-checkout") }
    private var original: String { path + ".git-pool-orig" }

    func install() throws -> PostCheckoutHook.Change {
        switch standing {
        case .ours: return .none
        case .edited: throw PostCheckoutHook.Refusal.edited(path)
        case .absent:
            guard !Files.exists(original) else { throw PostCheckoutHook.Refusal.inTheWay(original) }
            try Files.makeDirectories(folder, mode: 0o755)
            try write()
            return .written(path)
        case .foreign:
            do { try Files.renameNoReplace(path, original) } catch {
                throw error.isExisting ? PostCheckoutHook.Refusal.inTheWay(original) : error
            }
            do { try write() } catch {
                try Files.renameNoReplace(original, path)
                throw error
            }
            return .chained(path)
        }
    }

    func uninstall() throws -> PostCheckoutHook.Change {
        switch standing {
        case .absent, .foreign: return .none
        case .edited: throw PostCheckoutHook.Refusal.edited(path)
        case .ours:
            guard Files.exists(original) else {
                try Files.unlink(path)
                return .removed
            }
            // Over ours, in one step: there is no moment without a hook.
            try Files.rename(original, path)
            return .restored(path)
        }
    }

    /// A body is ours only if it is one that some version shipped, byte for byte; so far there is one.
    private var standing: Standing {
        guard let status = try? Files.status(path) else { return .absent }
        guard status.kind == .file, let bytes = try? Files.read(path, limit: 1 << 20) else { return .foreign }
        if bytes == Resource.postCheckout.bytes { return .ours }
        let marker = Array("# git-pool post-checkout ".utf8)
        return bytes.split(separator: 0x0A).prefix(2).contains { $0.starts(with: marker) } ? .edited : .foreign
    }

    /// Complete and executable before it has its name.
    private func write() throws {
        let draft = path + ".git-pool-new"
        try? Files.unlink(draft)
        try Files.create(draft, Resource.postCheckout.bytes, mode: 0o755)
        try Files.renameNoReplace(draft, path)
    }
}
