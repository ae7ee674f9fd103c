import POSIX
import Testing

@Suite struct MountPointTests {
    private static let mounts = """
        22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
        30 22 0:25 / /mnt/my\\040disk rw - tmpfs tmpfs rw
        31 22 0:26 / /mnt/my rw - tmpfs tmpfs rw
        32 30 0:27 /sub /mnt/my\\040disk/a\\134b rw shared:2 master:1 - btrfs /dev/x rw
        torn line
        33 22

        """

    @Test(
        "C10 the mount point above a path is the nearest, by whole names",
        arguments: [
            ("/", "/"), ("/mnt", "/"), ("/mnt/myself", "/"), ("/mnt/my", "/mnt/my"), ("/mnt/my/x/y", "/mnt/my"),
            ("/mnt/my disk", "/mnt/my disk"), ("/mnt/my disk/a", "/mnt/my disk"),
            ("/mnt/my disk/a\\b/c", "/mnt/my disk/a\\b"),
        ])
    func above(_ path: String, _ point: String) {
        #expect(Mounts.nearest(Mounts(parsing: Array(MountPointTests.mounts.utf8)).points, to: path) == point)
    }

    @Test("C10 what the system does not tell is not known")
    func none() {
        #expect(Mounts.nearest([], to: "/x") == nil)
        #expect(Mounts(parsing: Array("\\1 \\9 \\ 1 \\777\\ 1\n".utf8)).points == ["\\777\\"])
    }
}
