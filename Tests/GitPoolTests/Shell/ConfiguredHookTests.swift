import Foundation
import Glibc
import Testing

/// Hooks in the configuration, as git runs them from 2.54 on: ours, and the user's while git-pool works.
@Suite(.enabled(if: NewerGit.folder != nil, Comment(rawValue: NewerGit.missing)))
struct ConfiguredHookTests {
    private let kept: Kept
    /// For every command, the newer git first on PATH.
    private let env: [String: String?]

    init() throws {
        kept = try Kept()
        var env = kept.env
        env["PATH"] = "\(Scratch.binaryDirectory):\(NewerGit.folder ?? ""):\(kept.scratch.environment["PATH"] ?? "")"
        self.env = env
    }

    private var config: String { "\(kept.repository.path)/.git/config" }

    private func git(_ words: String..., in directory: String? = nil) throws -> Outcome {
        try kept.scratch.run(["git"] + words, in: directory ?? kept.repository.path, env: env)
    }

    /// A hook of the user's for each event git has while worktrees come and go; gives the file it writes to.
    private func plant(_ names: [String: String]) throws -> String {
        let file = kept.scratch.at("tmp/ran")
        for (name, event) in names {
            try git("config", "hook.\(name).command", "cat >/dev/null 2>&1; echo \(event) >>'\(file)'; :").ok()
            try git("config", "hook.\(name).event", event).ok()
        }
        return file
    }

    @Test("D6 configured hooks: install and uninstall leave the configuration byte for byte", arguments: [false, true])
    func roundTrip(isGlobal: Bool) throws {
        let file = isGlobal ? kept.scratch.at("gitconfig") : config
        let own =
            "[hook \"mine\"]\n\tcommand = true # mine\n\tevent = post-checkout\n[core]\n\tlogAllRefUpdates = true\n"
        try kept.scratch.write(file, try kept.scratch.read(file) + own)
        try kept.repository.git("config", "core.hooksPath", ".husky/_")
        let before = try kept.scratch.read(file)
        let scope = isGlobal ? ["--global"] : []
        for _ in 0..<2 {
            try kept.scratch.run(
                ["git", "pool", "hook", "install"] + scope, in: kept.repository.path, env: env
            ).ok()
        }
        let installed = try kept.scratch.read(file)
        #expect(installed.components(separatedBy: "[hook \"git-pool\"]").count == 2, "\(installed)")
        #expect(try git("hook", "list", "post-checkout").ok().lines.contains("git-pool"))
        for _ in 0..<2 {
            try kept.scratch.run(
                ["git", "pool", "hook", "uninstall"] + scope, in: kept.repository.path, env: env
            ).ok()
        }
        #expect(try kept.scratch.read(file) == before)
    }

    @Test("D6 an uninstall takes what git-pool wrote, and leaves what the user said of its hook")
    func ownWords() throws {
        try git("pool", "hook", "install").ok()
        try git("config", "hook.git-pool.enabled", "false").ok()
        try git("pool", "hook", "uninstall").ok()
        #expect(try git("config", "--get-regexp", "^hook").ok().line == "hook.git-pool.enabled false")
        try git("config", "hook.git-pool.command", "echo mine").ok()
        let before = try kept.scratch.read(config)
        try git("pool", "hook", "install").check(1, says: "error: ", "echo mine")
        try git("pool", "hook", "uninstall").check(1, says: "error: ", "echo mine")
        #expect(try kept.scratch.read(config) == before)
    }

    @Test("D6 the file of an older git's time goes when the hook is configured, and an install cut short is finished")
    func upgraded() throws {
        let hooks = "\(kept.repository.path)/.git/hooks"
        try kept.scratch.write("\(hooks)/post-checkout", "#!/bin/sh\nexit 0\n", mode: 0o755)
        let line = try git("pool", "hook", "install").ok()
        #expect(line.err.contains("configured"))
        try git("pool", "hook", "uninstall").ok()
        if !NewerGit.isSystems {
            try kept.repository.pool("hook", "install").ok()
            #expect(Scratch.exists("\(hooks)/post-checkout.git-pool-orig"))
        }
        try git("pool", "hook", "install").ok()
        #expect(kept.scratch.entries(hooks).filter { $0.hasPrefix("post-checkout") } == ["post-checkout"])
        #expect(try kept.scratch.read("\(hooks)/post-checkout") == "#!/bin/sh\nexit 0\n")
        try git("config", "--unset", "hook.git-pool.event").ok()
        try git("pool", "hook", "install").ok()
        #expect(try git("config", "hook.git-pool.event").ok().line == "post-checkout")
    }

    @Test(
        "D6 a checkout wakes what is due through the configured hook, beside the user's own", arguments: [false, true])
    func due(linked: Bool) throws {
        let ran = try plant(["mine": "post-checkout"])
        try git("pool", "hook", "install").ok()
        let other = kept.scratch.at("linked")
        if linked { try git("worktree", "add", "-q", "--detach", other).ok() }
        let holder = try kept.scratch.holder()
        _ = try kept.repository.lease("a", "--pid", String(holder.pid))
        holder.kill()
        #expect(kept.isRecorded("1.leased"))
        Scratch.remove(ran)
        try git("switch", "-q", "-c", "topic", in: linked ? other : nil).ok()
        #expect(try kept.scratch.read(ran) == "post-checkout\n")
        try kept.scratch.until("the lease has ended") { kept.isRecorded("1.idle") }
    }

    @Test("D6 a missing or a broken program leaves a checkout as it was")
    func missing() throws {
        try git("pool", "hook", "install").ok()
        try kept.scratch.directory("\(kept.repository.state)/slots")
        let bin = try kept.scratch.directory("bin")
        let sh = try kept.scratch.sh("command -v sh").ok().line
        try kept.scratch.sh("ln -s \"$1\" \"$2/sh\"; ln -s \"$3/git\" \"$2/git\"", sh, bin, NewerGit.folder ?? "").ok()
        let without = try kept.scratch.run(
            ["git", "switch", "-q", "-c", "one"], in: kept.repository.path, env: ["PATH": bin])
        #expect(without.status == 0 && without.out + without.err == "", "\(without)")
        try kept.scratch.write("\(bin)/git-pool", "#!/bin/sh\necho noise; echo noise >&2; exit 9\n", mode: 0o755)
        let broken = try kept.scratch.run(
            ["git", "switch", "-q", "-c", "two"], in: kept.repository.path, env: ["PATH": bin])
        #expect(broken.status == 0 && broken.out + broken.err == "", "\(broken)")
    }

    @Test("C11 D6 no configured hook runs for git-pool's own git commands, but post-checkout once for a lease")
    func silent() throws {
        // A name may hold what `-c` would take for the end of it.
        let ran = try plant([
            "mine": "post-checkout", "a=b c.d": "reference-transaction", "Index": "post-index-change",
        ])
        Scratch.remove(ran)
        let holder = try kept.scratch.holder()
        let place = try git("pool", "add", "--pid", String(holder.pid), "a").ok().line
        #expect(try kept.scratch.read(ran) == "post-checkout\n")
        try kept.scratch.write("\(place)/new.txt", "work\n")
        try git("pool", "done", "--save", "a").ok()
        try kept.scratch.until("the slot is idle") { kept.isRecorded("1.idle") }
        try git("pool", "add", "--pid", String(holder.pid), "b").ok()
        try git("pool", "done", "b").ok()
        try kept.scratch.until("the slot is idle") { kept.isRecorded("1.idle") }
        #expect(try kept.scratch.read(ran) == "post-checkout\npost-checkout\n")
    }

    @Test("H2 the newer git is taken as it is: a lease, its work saved and brought back, and a sound repository")
    func newer() throws {
        let holder = String(try kept.scratch.holder().pid)
        let place = try git("pool", "add", "--pid", holder, "a").ok().line
        try kept.scratch.write("\(place)/new.txt", "work\n")
        try kept.scratch.write("\(place)/a.txt", "two\n")
        try git("add", "a.txt", in: place).ok()
        let status = try git("status", "--porcelain", in: place).ok().out
        try git("pool", "done", "--save", "a").ok()
        try kept.scratch.until("the slot is idle") { kept.isRecorded("1.idle") }
        let again = try git("pool", "restore", "a", "--pid", holder).ok().line
        #expect(try git("status", "--porcelain", in: again).ok().out == status)
        try git("fsck", "--no-progress").ok()
        try git("pool", "doctor").ok()
    }
}
