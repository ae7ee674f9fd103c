/// The file systems in view, by whether they may never answer, as a network's and those that a program serves: whoever asks
/// after a file on such a one waits as long as they like. Of the disk itself nothing is asked.
package struct RemoteMounts {
    private struct Mount {
        let point: String
        let isRemote: Bool
    }

    private let mounts: [Mount]
    /// Of the disk that the place in question is on, which does answer.
    private let device: String

    init(besides place: Files.Status) {
        // As the C library takes a number of a device apart.
        let major = (place.device >> 8) & 0xfff | (place.device >> 32) & ~0xfff
        let minor = place.device & 0xff | (place.device >> 12) & 0xffff_ff00
        device = "\(major):\(minor)"
        mounts = RemoteMounts.all("/proc/self/mountinfo", besides: device)
    }

    var isEmpty: Bool { !mounts.contains(where: \.isRemote) }

    /// Whether such a disk is mounted below `folder`, which has no links in it: git would go into it, and wait.
    package static func areBelow(_ folder: String) -> Bool { !below(folder).isEmpty }

    /// Where they are mounted there.
    package static func below(_ folder: String) -> [String] {
        let top = folder + "/"
        return all("/proc/self/mountinfo", besides: "").filter(\.isRemote).map(\.point).filter {
            $0.utf8.starts(with: top.utf8)
        }
    }

    /// For who stands on such a disk, at `path` as /proc tells it: the folder that it is mounted in, which is where the way
    /// up from it leads. Nil for who stands elsewhere.
    func landing(from path: String, of pid: Int32) -> String? {
        guard !isEmpty else { return nil }
        let isOurView = RemoteMounts.view("self") == RemoteMounts.view(String(pid))
        let seen = isOurView ? mounts : RemoteMounts.all("/proc/\(pid)/mountinfo", besides: device)
        var folder: String?
        // What is mounted last covers what is there.
        while let mount = seen.last(where: { Path.contains($0.point, folder ?? path) }), mount.isRemote,
            let parent = Path.parent(mount.point)
        {
            folder = parent
        }
        return folder.map { isOurView ? $0 : "/proc/\(pid)/root" + $0 }
    }

    /// The mount namespace of a process.
    private static func view(_ process: String) -> String? { try? Files.target(ofLink: "/proc/\(process)/ns/mnt") }

    private static func all(_ file: String, besides device: String) -> [Mount] {
        let bytes = (try? Files.read(file, limit: 1 << 26)) ?? []
        return bytes.split(separator: 0x0A).compactMap { line in
            // "... major:minor root mount-point options [tags] - type ..." (proc_pid_mountinfo(5))
            let fields = line.split(separator: 0x20)
            guard let dash = fields.firstIndex(of: [UInt8(ascii: "-")]), dash > 5, dash + 1 < fields.count,
                let point = Mounts.points(in: Array(line)).first
            else { return nil }
            let isRemote =
                isRemote(String(decoding: fields[dash + 1], as: UTF8.self))
                && String(decoding: fields[2], as: UTF8.self) != device
            return Mount(point: point, isRemote: isRemote)
        }
    }

    private static func isRemote(_ type: String) -> Bool {
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "fuse", "fuseblk"].contains(type)
            || type.hasPrefix("fuse.")
    }
}
