import Foundation
import Glibc
import Testing

/// The post-checkout hook: put in place beside whatever is there, and taken away without a trace.
@Suite struct PostCheckoutTests {
    enum Before: CaseIterable { case nothing, hook, plainFile, link, ownHooksPath }

    private func prepare(_ before: Before, _ kept: Kept) throws {
        let hooks = "\(kept.repository.path)/.git/hooks"
        let script = "#!/bin/sh\necho \"own $*\" >>\(kept.scratch.at("tmp/own"))\nexit 3\n"
        switch before {
        case .nothing: break
        case .hook: try kept.scratch.write("\(hooks)/post-checkout", script, mode: 0o750)
        case .plainFile: try kept.scratch.write("\(hooks)/post-checkout", script, mode: 0o644)
        case .link:
            try kept.scratch.write("\(hooks)/shared", script, mode: 0o755)
            try kept.scratch.sh("ln -s shared post-checkout", in: hooks).ok()
        case .ownHooksPath:
            try kept.scratch.write("\(kept.repository.path)/.git/mine/post-checkout", script, mode: 0o755)
            try kept.repository.git("config", "core.hooksPath", ".git/mine")
        }
    }

    @Test("D6 install and uninstall restore everything byte for byte, whatever was there", arguments: Before.allCases)
    func roundTrip(before: Before) throws {
        let kept = try Kept()
        try prepare(before, kept)
        try kept.scratch.directory("\(kept.repository.path)/.git/hooks")
        let snapshot = try tree(of: "\(kept.repository.path)/.git")
        try kept.repository.pool("hook", "install").ok()
        #expect(try tree(of: "\(kept.repository.path)/.git") != snapshot)
        let installed = try tree(of: "\(kept.repository.path)/.git")
        try kept.repository.pool("hook", "install").ok()
        #expect(try tree(of: "\(kept.repository.path)/.git") == installed)

        let status = try kept.scratch.run(["git", "checkout", "-q", "-b", "topic"], in: kept.repository.path).status
        let runs = before == .hook || before == .link || before == .ownHooksPath
        #expect((status == 0) == !runs)
        #expect(Scratch.exists(kept.scratch.at("tmp/own")) == runs)
        try kept.repository.git("-c", "core.hooksPath=/dev/null", "checkout", "-q", "main")
        try kept.repository.git("branch", "-q", "-D", "topic")

        try kept.repository.pool("hook", "uninstall").ok()
        let after = try tree(of: "\(kept.repository.path)/.git")
        for (name, entry) in snapshot where !name.hasPrefix("logs") && name != "index" {
            #expect(after[name] == entry, "\(name)")
        }
        #expect(
            Set(after.keys.filter { $0.contains("post-checkout") })
                == Set(snapshot.keys.filter { $0.contains("post-checkout") }))
        try kept.repository.pool("hook", "uninstall").ok()
    }

    @Test(
        "D6 a hook manager's folder is left alone, and the line to add is told",
        .enabled(if: !NewerGit.isSystems, "this git configures hooks"), arguments: [".husky/_", "/elsewhere"])
    func managed(path: String) throws {
        let kept = try Kept()
        let folder = path.hasPrefix("/") ? kept.scratch.at("elsewhere") : "\(kept.repository.path)/\(path)"
        let own = try kept.scratch.write("\(folder)/post-checkout", "#!/bin/sh\nexit 0\n", mode: 0o755)
        try kept.repository.git("config", "core.hooksPath", path.hasPrefix("/") ? folder : path)
        let config = try kept.scratch.read("\(kept.repository.path)/.git/config")
        try kept.repository.pool("hook", "install").check(
            1, says: "error: ", "hint: ", "git-pool _hook post-checkout \"$@\"", "|| :")
        #expect(try kept.scratch.read(own) == "#!/bin/sh\nexit 0\n")
        #expect(try kept.scratch.read("\(kept.repository.path)/.git/config") == config)
        #expect(kept.scratch.entries(folder) == ["post-checkout"])
    }

    @Test(
        "D6 a body that was edited is nobody's to replace or remove",
        .enabled(if: !NewerGit.isSystems, "this git configures hooks"))
    func edited() throws {
        let kept = try Kept()
        try kept.repository.pool("hook", "install").ok()
        let path = "\(kept.repository.path)/.git/hooks/post-checkout"
        let text = try kept.scratch.read(path) + "echo mine\n"
        try kept.scratch.write(path, text)
        try kept.repository.pool("hook", "install").check(1, says: "error: ")
        try kept.repository.pool("hook", "uninstall").check(1, says: "error: ")
        #expect(try kept.scratch.read(path) == text)
    }

    @Test("D6 without the program, or with a broken one, a checkout is as it was")
    func missing() throws {
        let kept = try Kept()
        try kept.repository.pool("hook", "install").ok()
        let bin = try kept.scratch.directory("bin")
        for tool in ["git", "sh"] {
            let place = try kept.scratch.sh("command -v \(tool)").ok().line
            try kept.scratch.sh("ln -s \"$1\" \"$2\"", place, "\(bin)/\(tool)").ok()
        }
        let without = try kept.scratch.run(
            ["git", "switch", "-q", "-c", "one"], in: kept.repository.path, env: ["PATH": bin])
        #expect(without.status == 0 && without.out + without.err == "", "\(without)")
        try kept.scratch.write("\(bin)/git-pool", "#!/bin/sh\necho noise; echo noise >&2; exit 9\n", mode: 0o755)
        let broken = try kept.scratch.run(
            ["git", "switch", "-q", "-c", "two"], in: kept.repository.path, env: ["PATH": bin])
        #expect(broken.status == 0 && broken.out + broken.err == "", "\(broken)")
    }

    @Test("D6 a checkout wakes what is due, in the main worktree and in a linked one", arguments: [false, true])
    func due(linked: Bool) throws {
        let kept = try Kept()
        try kept.repository.pool("hook", "install").ok()
        let other = kept.scratch.at("linked")
        if linked { try kept.repository.git("worktree", "add", "-q", "--detach", other) }
        let holder = try kept.scratch.holder()
        _ = try kept.repository.lease("a", "--pid", String(holder.pid))
        holder.kill()
        #expect(kept.isRecorded("1.leased"))
        try kept.repository.git("switch", "-q", "-c", "topic", in: linked ? other : nil, env: ["GIT_POOL_HOOK": "1"])
        usleep(200_000)
        #expect(kept.isRecorded("1.leased"))
        try kept.repository.git("switch", "-q", "-c", "topic2", in: linked ? other : nil, env: kept.env)
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
    }

    @Test("D6 the internal hook never fails, wherever it is called")
    func harmless() throws {
        let kept = try Kept()
        for directory in ["/", kept.repository.path, "\(kept.repository.path)/.git", kept.scratch.path] {
            for words in [["post-checkout"], ["post-checkout", "x", "y", "1"], ["unknown", "--help"]] {
                let outcome = try kept.scratch.run(["git-pool", "_hook"] + words, in: directory, env: kept.env)
                #expect(outcome.status == 0 && outcome.out + outcome.err == "", "\(outcome)")
            }
        }
        #expect(!Scratch.exists(kept.repository.state))
    }

    @Test("D6 for all repositories it needs a git that configures hooks")
    func global() throws {
        let kept = try Kept()
        let before = try kept.scratch.read("gitconfig")
        let outcome = try kept.repository.pool("hook", "install", "--global")
        #expect(outcome.status == (NewerGit.isSystems ? 0 : 1), "\(outcome)")
        try kept.repository.pool("hook", "uninstall", "--global").ok()
        #expect(try kept.scratch.read("gitconfig") == before)
    }
}
