internal import POSIX

/// A pool is its user's alone: of what another one writes there, such as root by `sudo git pool`, they could read nothing.
extension Pool {
    /// - Throws: `PoolError.othersPool` before anything is changed.
    package func checkOwner() throws {
        guard let status = try? Files.status(directory), !status.isOurs, !isSharedByAll(status) else { return }
        throw PoolError.othersPool(path: directory, owner: status.owner)
    }

    /// Whether files have the same owner there whoever makes them, as on a file system that knows no owners; or whether
    /// nobody can make any.
    private func isSharedByAll(_ folder: Files.Status) -> Bool {
        let probe = Path.join(directory, "owner-" + RandomID.make())
        do { try Files.create(probe, []) } catch { return !error.isDenied }
        defer { try? Files.unlink(probe) }
        return (try? Files.status(probe))?.owner == folder.owner
    }
}
