/// Of the file systems in view those that may never answer (`Mounts.Mount.isRemote`). Of the disk itself nothing is asked.
package struct RemoteMounts {
    private let mounts: Mounts
    /// Of the disk that the place in question is on, which does answer.
    private let device: String
    let isEmpty: Bool

    /// - Parameter mounts: nil where they cannot be told.
    init(among mounts: Mounts?, besides place: Files.Status) {
        // As the C library takes a number of a device apart.
        let major = (place.device >> 8) & 0xfff | (place.device >> 32) & ~0xfff
        let minor = place.device & 0xff | (place.device >> 12) & 0xffff_ff00
        let device = "\(major):\(minor)"
        self.mounts = mounts ?? Mounts(parsing: [])
        self.device = device
        isEmpty = !self.mounts.all.contains { $0.isRemote && $0.device != device }
    }

    /// Whether such a disk is mounted below `folder`, which has no links in it: git would go into it, and wait.
    package static func areBelow(_ folder: String) -> Bool { !below(folder).isEmpty }

    /// Where they are mounted there.
    package static func below(_ folder: String) -> [String] {
        let top = folder + "/"
        let all = (try? Mounts())?.all ?? []
        return all.filter { $0.isRemote && $0.point.utf8.starts(with: top.utf8) }.map(\.point)
    }

    /// For who stands on such a disk, at `path` as /proc tells it: the folder that it is mounted in, which is where the way
    /// up from it leads. Nil for who stands elsewhere.
    func landing(from path: String, of pid: Int32) -> String? {
        guard !isEmpty else { return nil }
        let isOurView = RemoteMounts.view("self") == RemoteMounts.view(String(pid))
        let seen = isOurView ? mounts.all : (try? Mounts(of: String(pid)))?.all ?? []
        var folder: String?
        while let mount = seen.last(where: { Path.contains($0.point, folder ?? path) }), mount.isRemote,
            mount.device != device, let parent = Path.parent(mount.point)
        {
            folder = parent
        }
        return folder.map { isOurView ? $0 : "/proc/\(pid)/root" + $0 }
    }

    /// The mount namespace of a process.
    private static func view(_ process: String) -> String? { try? Files.target(ofLink: "/proc/\(process)/ns/mnt") }
}
