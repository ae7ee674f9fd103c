import Foundation
import Glibc
import POSIX
import Testing

@testable import Git
@testable import GitPool
@testable import PoolCommands

/// What comes with a repository, what the kernel tells of mounts, and what we noted of copies and templates, under a
/// mutator: nothing of it runs, leads out, or is believed by half.
@Suite struct ProjectFuzzTests: FileFuzz {
    @Test("H3 mounts and groups as the kernel lists them: a group's folder lies where its file system is mounted")
    func mounts() {
        let mounts = [
            "25 30 0:23 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
            "24 1 8:1 / / rw - ext4 /dev/sda1 rw\n31 24 0:28 /user.slice /run/a\\040b rw master:1 shared:2 - cgroup2 none rw\n",
        ]
        let groups = [
            "0::/user.slice/user-1000.slice/a.scope\n", "9:name=systemd:/\n0::/\n", "0::/user.slice/../../x\n",
        ]
        let own = groups.compactMap { ControlGroup.Place.own(in: Array($0.utf8)) }
        #expect(own.count == 3)
        var found = 0
        each(mounts, 3000) { bytes in
            guard let mount = ControlGroup.Place.mount(in: bytes) else { return }
            for group in own {
                guard let home = ControlGroup.Place.home(of: group, mount) else { continue }
                found += 1
                #expect(Path.isAbsolute(home) && Path.contains(Path.normalize(mount.point), home))
            }
        }
        #expect(found > 100)
        let mount = ControlGroup.Place.mount(in: Array(mounts[0].utf8))
        each(groups, 3000) { bytes in
            guard let mount, let group = ControlGroup.Place.own(in: bytes) else { return }
            _ = ControlGroup.Place.home(of: group, mount)
        }
    }

    @Test("H3 .gitpool: defaults or a problem; nothing of it runs, and no key beyond those that do no harm counts")
    func tracked() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let found = try RepositorySearch.open(from: repository.path, environment: scratch.environment).repository
        let own = Configuration(parsing: Array("core.bare\nfalse\0".utf8))
        let text = """
            [pool]
            \tmax = 8
            \twarm = 2
            \tttl = 4m
            \tinclude = .env
            \tlockfiles = go.sum
            \tsetup = touch ran
            \troot = /elsewhere
            [pool "group.ios"]
            \tmax = 3
            [pool "cache.cargo"]
            \tmode = shared
            [land]
            \ttest = "touch \\"ran\\" \\
            ; touch too"

            """
        var counts = (used: 0, refused: 0)
        try each([text], 120) { bytes in
            try put(bytes, "\(repository.path)/.gitpool")
            let settings = try Settings(of: found, own: own)
            let file = settings.setup.tracked
            #expect(file.path == "\(repository.path)/.gitpool")
            #expect(settings.root == nil && settings.setup.commands.isEmpty && settings.limit >= 0)
            #expect(file.problem.map(Words.reason).map { !$0.isEmpty && !$0.utf8.contains(0x0A) } ?? true)
            if file.problem == nil { counts.used += 1 } else { counts.refused += 1 }
            // What waits for an answer is what stands in the file.
            for command in file.pending { #expect(file.commands.contains(command)) }
        }
        #expect(counts.used > 10 && counts.refused > 3, "\(counts)")
    }

    @Test("H3 .worktreeinclude and lockfile patterns: files of the main worktree that git does not track, or an error")
    func patterns() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository(files: [
            "a.txt": "one\n", ".gitignore": ".env\nbuild/\n", "go.sum": "x\n",
        ])
        for path in [".env", "build/deep/out.bin", "[a]*?"] { try scratch.write("\(repository.path)/\(path)", "x\n") }
        try scratch.write("secret", "outside\n")
        try scratch.sh("ln -s \"$1\" \"$2/link\"", scratch.path, repository.path)
        let pool = try Pool(lookingAt: repository.commonDirectory, environment: scratch.environment)
        let lines = [
            ".env\n/build/deep/*.bin\n", "# x\n!a\n\\[a\\]*\n", "link/secret\n../secret\n/\(scratch.path)/secret\n",
        ]
        try each(lines, 60) { bytes in
            try put(bytes, "\(repository.path)/.worktreeinclude")
            guard let list = try? IncludeList(pool, in: repository.path), let paths = try? list.paths(pool) else {
                return
            }
            for path in paths {
                let text = String(decoding: path, as: UTF8.self)
                #expect([".env", "build/deep/out.bin", "[a]*?", "link", ".worktreeinclude"].contains(text), "\(text)")
            }
        }
        each(["go.sum", "/a/**/b[0-9].lock", "!x", ":(exclude)*", "a\\"], 2000) { bytes in
            let pattern = String(decoding: bytes, as: UTF8.self)
            let configuration = Configuration(parsing: Array("pool.lockfiles\n".utf8) + bytes.filter { $0 != 0 } + [0])
            guard let settings = try? SetupSettings(configuration) else { return }
            for spec in settings.lockfilePathspecs {
                #expect(spec.hasPrefix(":(top,glob)") && !spec.split(separator: "/").contains(".."), "\(pattern)")
            }
        }
    }

    @Test("H3 notes of copied files and of the template: read whole, or not at all")
    func notes() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        let pool = try Pool(lookingAt: repository.commonDirectory, environment: scratch.environment)
        try scratch.directory(repository.state)
        let path = "\(repository.state)/includes/1"
        let record = SlotRecord(slot: 1, path: repository.slot(1))
        let mark = try #require(FileMark("\(repository.path)/a.txt"))
        var whole = IncludeRecord(record)
        whole.note(Array("d/.env".utf8), .init(source: mark, copy: mark))
        whole.pending = [Array("new".utf8)]
        try whole.write(to: path)
        let text = try scratch.read(path)
        var understood = 0
        try each([text], 800) { bytes in
            try put(bytes, path)
            let read = IncludeRecord(reading: path, record)
            guard !read.copies.isEmpty || !read.pending.isEmpty else { return }
            understood += 1
            try read.write(to: path)
            let again = IncludeRecord(reading: path, record)
            #expect(
                again.pending == read.pending && again.copies == read.copies.filter { !read.pending.contains($0.key) })
        }
        #expect(understood > 10)
        let tree = String(repeating: "1a", count: 20)
        try each(["\(repository.root)/templates/x\n\(tree)\n"], 800) { bytes in
            try put(bytes, "\(repository.state)/template")
            try put(bytes, "\(repository.state)/template-refused")
            if let template = Template(of: tree, in: pool) { #expect(Path.isAbsolute(template.files)) }
            _ = Template.isRefused(tree, in: pool)
        }
    }
}
