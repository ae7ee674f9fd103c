internal import Glibc

/// A process that stands in a directory.
package struct Occupant: Equatable, Sendable {
    package let pid: Int32
    package let name: String

    package init(pid: Int32, name: String) {
        self.pid = pid
        self.name = name
    }
}

/// Who has a working directory at or below a path: everyone who can be seen, or an error; never a list cut short.
package enum Occupants {
    /// `directory` without links in it (`Files.realPath`). Whoever vanishes meanwhile is not counted, nor is whoever is
    /// hidden from us for being another user's; any other failure is thrown, and is a reason to keep the directory.
    ///
    /// - Parameters:
    ///   - pids: who is asked; everyone if nil.
    ///   - mounts: as they were seen a moment ago; looked at if nil.
    ///   - asksThreads: also where each thread stands: one may have a working directory of its own (unshare(2), `CLONE_FS`).
    package static func scan(
        _ directory: String, among pids: [Int32]? = nil, except: Set<Int32> = [], seeing mounts: Mounts? = nil,
        asksThreads: Bool = true
    ) throws(SystemError) -> [Occupant] {
        let place = try Files.status(directory, followingLinks: true)
        // An empty /proc, or that of another pid namespace, would show nobody, or others by our numbers.
        guard try Files.target(ofLink: "/proc/self") == String(getpid()) else {
            throw SystemError(code: EXDEV, call: "readlink", subject: "/proc/self")
        }
        let top = try? Files.status("/", followingLinks: true)
        let remote = RemoteMounts(among: mounts ?? (try? Mounts()), besides: place)
        var found: [Occupant] = []
        let everyone = if let pids { pids } else { try ProcessTable.list() }
        for pid in everyone where !except.contains(pid) {
            var isInside = false
            if !isAt(top, pid, remote) { isInside = try stands(pid, in: directory, place, remote) }
            if !isInside, asksThreads { isInside = try strays(pid, into: directory, place, remote) }
            guard isInside else { continue }
            found.append(Occupant(pid: pid, name: ProcessTable.command(pid) ?? ""))
        }
        return found
    }

    /// Most processes stand at the very top, the kernel's own among them; no directory of ours is above that.
    private static func isAt(_ top: Files.Status?, _ pid: Int32, _ remote: RemoteMounts) -> Bool {
        let link = "/proc/\(pid)/cwd"
        guard let top, remote.isEmpty || (try? Files.target(ofLink: link)) == "/",
            let here = try? Files.status(link, followingLinks: true)
        else { return false }
        return here.device == top.device && here.inode == top.inode
    }

    private static func stands(
        _ pid: Int32, in directory: String, _ place: Files.Status, _ remote: RemoteMounts
    ) throws(SystemError) -> Bool {
        let folder = "/proc/\(pid)"
        do {
            return try leads(folder + "/cwd", of: pid, to: directory, place, remote)
        } catch {
            if isHiddenByOther(error, folder) { return false }
            guard error.isNotFound || error.isNoSuchProcess else { throw error }
        }
        // Gone, or its main thread is: then the others still stand somewhere.
        return try hasThread(folder, but: pid, in: directory, place, remote) { _ in true }
    }

    /// Whether a thread stands there that does not stand where its process does.
    private static func strays(
        _ pid: Int32, into directory: String, _ place: Files.Status, _ remote: RemoteMounts
    ) throws(SystemError) -> Bool {
        let folder = "/proc/\(pid)"
        // Of a folder's links two are its own, and each thread's folder is one (proc(5)).
        guard (try? Files.status(folder + "/task"))?.links ?? 0 > 3 else { return false }
        let own = try? Files.target(ofLink: folder + "/cwd")
        return try hasThread(folder, but: pid, in: directory, place, remote) { (try? Files.target(ofLink: $0)) != own }
    }

    private static func hasThread(
        _ folder: String, but leader: Int32, in directory: String, _ place: Files.Status, _ remote: RemoteMounts,
        where isWanted: (_ link: String) -> Bool
    ) throws(SystemError) -> Bool {
        for thread in (try? Directory.entries(folder + "/task")) ?? [] where thread != String(leader) {
            let link = "\(folder)/task/\(thread)/cwd"
            guard isWanted(link) else { continue }
            do {
                if try leads(link, of: leader, to: directory, place, remote) { return true }
            } catch {
                guard error.isNotFound || error.isNoSuchProcess || isHiddenByOther(error, folder) else { throw error }
            }
        }
        return false
    }

    /// By the path's text, else by going up from where the link leads: text alone knows neither a bind mount in a
    /// container nor a folder that was removed (`/path (deleted)`, perhaps of an earlier tree of the same path). From a disk
    /// that may not answer the way up begins where it is mounted.
    private static func leads(
        _ link: String, of pid: Int32, to directory: String, _ place: Files.Status, _ remote: RemoteMounts
    ) throws(SystemError) -> Bool {
        let path: String
        do { path = try Files.target(ofLink: link) } catch {
            guard error.code == ENAMETOOLONG else { throw error }
            return try climbs(from: link, to: place)
        }
        let isDeleted = path.hasSuffix(" (deleted)")
        if !isDeleted, Path.contains(directory, path) { return true }
        var step = (remote.landing(from: path, of: pid) ?? link) + "/."
        var below: Files.Status?
        for _ in 0..<256 {
            guard let here = try? Files.status(step, followingLinks: true) else {
                // What cannot be followed counts by its text.
                return isDeleted && Path.contains(directory, path)
            }
            if here.device == place.device, here.inode == place.inode { return true }
            // In a container's view something may be mounted in between.
            guard here.device != below?.device || here.inode != below?.inode else { return false }
            below = here
            step += "/../."
        }
        return Path.contains(directory, path)
    }

    /// By going up only, from where no path is long enough for the kernel to tell.
    private static func climbs(from link: String, to place: Files.Status) throws(SystemError) -> Bool {
        var folder = Descriptor(adopting: try Directory.openDirectory(AT_FDCWD, link + "/."))
        var below: Files.Status?
        while true {
            let here = try Files.status(of: folder)
            if here.device == place.device, here.inode == place.inode { return true }
            guard here.device != below?.device || here.inode != below?.inode else { return false }
            below = here
            folder = Descriptor(adopting: try Directory.openDirectory(folder.number, ".."))
        }
    }

    /// The link in a process's folder belongs to its effective user, or to root if it made itself undumpable, as
    /// ssh-agent does (proc(5); the folder itself keeps the user, measured on 6.18). One of our own that hides although
    /// dumpable is a riddle, thus an error; an undumpable one is not, or no directory could ever be given up beside an
    /// ssh-agent. To root without CAP_SYS_PTRACE, as in a container, both look the same, and neither counts.
    private static func isHiddenByOther(_ error: SystemError, _ folder: String) -> Bool {
        guard error.code == EACCES || error.code == EPERM else { return false }
        let user = Streams.userID()
        guard user != 0 else { return true }
        do {
            let owner = try Files.status(folder + "/cwd").owner
            return owner != user
        } catch {
            return error.isNotFound || error.isNoSuchProcess
        }
    }
}
