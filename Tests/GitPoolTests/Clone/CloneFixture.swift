import Foundation
import Glibc
import Testing

/// A repository with a file of every kind, and what must be true of a worktree that was cloned from another one.
struct CloneFixture {
    let repository: Repository
    /// `extra` is a line of shell in the main worktree before the commit.
    init(_ scratch: Scratch, named name: String = "repo", format: String = "sha1", extra: String = ":") throws {
        repository = Repository(scratch: scratch, path: try scratch.directory(name))
        try repository.git("init", "-q", "--object-format=\(format)")
        try scratch.sh(
            #"""
            mkdir -p d/deep 'with space' exec
            seq 1 2000 >d/long.txt; printf 'one\n' >d/deep/a.txt; : >empty; printf 'x' >'with space/f g'
            printf 'ünï\n' >"$(printf 'sm\303\266r')"; printf 'latin\n' >"$(printf 'l\344tin')"
            printf 'nl\n' >"$(printf 'new\nline')"
            printf '#!/bin/sh\n' >exec/run; chmod 755 exec/run
            ln -s d/deep link-dir; ln -s nowhere dangling; ln -s ../exec/run d/link
            head -c 700000 /dev/zero | tr '\0' 'z' >large.bin
            printf '*.o\n' >.gitignore
            eval "$1"
            """#, extra, in: repository.path)
        try repository.commit("kinds")
        try age()
    }

    /// Makes the main worktree's files old, so that no stat of theirs is in doubt.
    func age() throws {
        try repository.scratch.sh(
            "find . -path ./.git -prune -o -exec touch -h -d '2026-01-02 03:04:05.678' {} +; git status >trash.o",
            in: repository.path)
    }

    /// The tree is what git itself would have made there; nothing is left to find out for git.
    func check(
        _ place: String, hashed: Int = 0, from commit: String = "HEAD", at location: SourceLocation = #_sourceLocation
    ) throws {
        let scratch = repository.scratch
        let trace = scratch.at("trace-\(UUID().uuidString)")
        let status = try repository.git("status", "--porcelain", in: place, env: ["GIT_TRACE2_PERF": trace])
        #expect(status.out == "", sourceLocation: location)
        let scanned = try scratch.read(trace).split(separator: "\n").compactMap { line in
            line.split(separator: "sum_scan:").dropFirst().first.flatMap { Int($0) }
        }
        #expect(scanned.reduce(0, +) <= hashed, "git compared the bytes of files", sourceLocation: location)
        #expect(try repository.git("diff", "HEAD", in: place).out == "", sourceLocation: location)
        try repository.git("fsck", "--no-progress", in: place, at: location)
        try checkStats(place, at: location)

        let plain = scratch.at("plain-\(UUID().uuidString)")
        try repository.git("worktree", "add", "-q", "--detach", plain, commit)
        var made = try tree(of: place)
        var right = try tree(of: plain)
        // A lease fills submodules, which git leaves empty.
        for name in made.keys where name.hasPrefix("library/") { made[name] = nil }
        (made[".git"], right[".git"]) = (nil, nil)
        #expect(made.keys.sorted() == right.keys.sorted(), sourceLocation: location)
        for (name, entry) in right {
            #expect(made[name]?.bytes == entry.bytes, "\(name)", sourceLocation: location)
            #expect(made[name]?.mode == entry.mode, "\(name)", sourceLocation: location)
            #expect(made[name]?.target == entry.target, "\(name)", sourceLocation: location)
        }
        let list = { (folder: String) in
            try repository.git("ls-files", "-s", "-v", in: folder).out
        }
        #expect(try list(place) == list(plain), sourceLocation: location)
        try repository.git("worktree", "remove", "--force", plain)
    }

    /// What the index says of each file is what stat(2) says.
    private func checkStats(_ place: String, at location: SourceLocation) throws {
        let bytes = try repository.git("ls-files", "--debug", "-z", in: place).bytes
        // "path NUL" and five indented lines.
        var fields = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\0")
        guard fields.count > 1 else { return }
        var name = fields.removeFirst()
        // Every subvolume is a device of its own, and git does not look at that number (read-cache.c, `USE_STDEV`).
        var top = stat()
        let isSubvolume = lstat(place, &top) == 0 && top.st_ino == 256
        for field in fields {
            let lines = field.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            defer { name = lines.dropFirst(5).joined(separator: "\n") }
            guard lines.count > 4, !name.contains("\u{FFFD}") else { continue }
            var status = stat()
            guard lstat("\(place)/\(name)", &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
            var told = lines.prefix(5).joined(separator: "\n")
            if isSubvolume {
                told = told.replacing(/dev: [0-9]+/, with: "dev: \(UInt32(truncatingIfNeeded: status.st_dev))")
            }
            let real = """
                  ctime: \(status.st_ctim.tv_sec):\(status.st_ctim.tv_nsec)
                  mtime: \(status.st_mtim.tv_sec):\(status.st_mtim.tv_nsec)
                  dev: \(UInt32(truncatingIfNeeded: status.st_dev))\tino: \(UInt32(truncatingIfNeeded: status.st_ino))
                  uid: \(status.st_uid)\tgid: \(status.st_gid)
                  size: \(status.st_size)\tflags: 0
                """
            #expect(told == real, "\(name)", sourceLocation: location)
        }
    }

    /// Whether a file has the time the main worktree's were given: it was cloned, not checked out.
    func isCloned(_ place: String, _ name: String) -> Bool {
        var one = stat()
        var other = stat()
        guard lstat("\(place)/\(name)", &one) == 0, lstat("\(repository.path)/\(name)", &other) == 0 else {
            return false
        }
        return one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec
    }
}
