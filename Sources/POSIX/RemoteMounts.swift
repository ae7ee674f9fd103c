/// The mount points of disks that may never answer, a network's and those that a program serves: whoever asks after a file
/// on one waits as long as they like. Of the disk itself nothing is asked.
struct RemoteMounts {
    private let points: [String]
    /// Of the disk that the place in question is on, which does answer.
    private let device: String

    init(besides place: Files.Status) {
        // As the C library takes a number of a device apart.
        let major = (place.device >> 8) & 0xfff | (place.device >> 32) & ~0xfff
        let minor = place.device & 0xff | (place.device >> 12) & 0xffff_ff00
        device = "\(major):\(minor)"
        points = RemoteMounts.points("/proc/self/mountinfo", besides: device)
    }

    var isEmpty: Bool { points.isEmpty }

    /// For who stands on such a disk, at `path` as /proc tells it: the folder that it is mounted in, which is where the way
    /// up from it leads. Nil for who stands elsewhere.
    func landing(from path: String, of pid: Int32) -> String? {
        guard !points.isEmpty else { return nil }
        let isOurView = RemoteMounts.view("self") == RemoteMounts.view(String(pid))
        let seen = isOurView ? points : RemoteMounts.points("/proc/\(pid)/mountinfo", besides: device)
        let outermost = seen.filter { Path.contains($0, path) }.min { $0.utf8.count < $1.utf8.count }
        guard let folder = outermost.flatMap(Path.parent) else { return nil }
        return isOurView ? folder : "/proc/\(pid)/root" + folder
    }

    /// The mount namespace of a process.
    private static func view(_ process: String) -> String? { try? Files.target(ofLink: "/proc/\(process)/ns/mnt") }

    private static func points(_ file: String, besides device: String) -> [String] {
        let bytes = (try? Files.read(file, limit: 1 << 26)) ?? []
        let lines = bytes.split(separator: 0x0A).filter { line in
            // "... major:minor root mount-point options [tags] - type ..." (proc_pid_mountinfo(5))
            let fields = line.split(separator: 0x20)
            guard let dash = fields.firstIndex(of: [UInt8(ascii: "-")]), dash > 5, dash + 1 < fields.count else {
                return false
            }
            return isRemote(String(decoding: fields[dash + 1], as: UTF8.self))
                && String(decoding: fields[2], as: UTF8.self) != device
        }
        return Mounts.points(in: Array(lines.joined(separator: [0x0A])))
    }

    private static func isRemote(_ type: String) -> Bool {
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "fuse", "fuseblk"].contains(type)
            || type.hasPrefix("fuse.")
    }
}
