import Foundation
import Glibc
import Testing

/// Who holds a lease, with real processes: who holds is compared with the pid that the test knows.
@Suite(.serialized) struct CallerTests {
    /// What came of a call: the holder that the lease names, or what was said instead.
    private struct Found {
        let pid: Int32?
        let program: String?
        let said: String
    }

    private func found(_ kept: Kept, _ out: String) -> Found {
        let said = (try? kept.scratch.read("\(out).err")) ?? ""
        let bytes = (try? Data(contentsOf: URL(fileURLWithPath: out))) ?? Data()
        let lease = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        let holder = lease?["holder"] as? [String: Any]
        return Found(pid: (holder?["pid"] as? Int).map(Int32.init), program: holder?["program"] as? String, said: said)
    }

    private func isMissing(_ tool: String?) -> Bool {
        guard let tool else { return false }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return !path.split(separator: ":").contains { access("\($0)/\(tool)", X_OK) == 0 }
    }

    @Test(
        "D1 B6 whoever calls, the lease is the shell's, the script's or the program's that goes on",
        arguments: Shell.allCases)
    func table(shell: Shell) throws {
        let kept = try Kept()
        try kept.repository.git("config", "alias.p", "pool")
        try kept.repository.git("config", "alias.q", "!git pool")
        try kept.repository.git("config", "pool.keeper", "false")
        let typed = try TypedShell(shell, kept)
        let pid = try typed.pid()
        for (number, call) in (Call.table[shell] ?? []).enumerated() where !isMissing(call.needs) {
            let (out, tmp) = (kept.scratch.at("tmp/out-\(number)"), kept.scratch.at("tmp"))
            for (name, text) in call.files {
                try kept.scratch.write("tmp/\(name)", call.expanded(text, out, tmp), mode: 0o755)
            }
            try typed.run(call.expanded(call.line, out, tmp))
            let isThere = Scratch.poll(20) {
                let answer = found(kept, out)
                // The note on stderr comes before the answer, which some of these calls do not wait for.
                return answer.pid != nil || (!answer.said.isEmpty && !answer.said.contains("is leased to"))
            }
            let answer = found(kept, out)
            #expect(isThere, "\(call)\n\(typed.terminal.screen.suffix(2000))")
            switch call.holder {
            case .shell:
                #expect(answer.pid == pid, "\(call): \(answer)")
                #expect(answer.program == shell.rawValue, "\(call): \(answer)")
                #expect(answer.said.contains("leased to \(shell) (pid \(pid))") || answer.said.isEmpty, "\(answer)")
            case .caller:
                let own = try? kept.scratch.read("\(out).pid").trimmingCharacters(in: .newlines)
                #expect(own != nil && answer.pid.map(String.init) == own, "\(call): \(answer), not \(own ?? "")")
                if let program = call.program { #expect(answer.program == program, "\(call): \(answer)") }
            case .nobody(let reason):
                #expect(answer.pid == nil && answer.said.contains(reason), "\(call): \(answer)")
            case .notShell:
                #expect(answer.pid != pid, "\(call): \(answer)")
                if answer.pid == nil { #expect(answer.said.contains("no process could hold the lease"), "\(answer)") }
            }
        }
        // It is one lease all the time, whoever had it.
        #expect(kept.repository.records.count == 1)
        #expect(try kept.repository.git("branch", "--list").lines.count == 2)
    }

    @Test("D1 typed in a tmux pane the shell there holds; run as the pane itself, nothing that lasts does")
    func tmux() throws {
        let kept = try Kept()
        var env = kept.env
        env["TMUX"] = .some(nil)
        env["TMUX_TMPDIR"] = try kept.scratch.directory("tmux")
        func tmux(_ words: String...) throws -> Outcome {
            try kept.scratch.run(["tmux", "-f", "/dev/null", "-L", "pool"] + words, in: kept.repository.path, env: env)
        }
        try tmux("new-session", "-d", "-x", "80", "-y", "24", "exec bash --norc").ok()
        defer { _ = try? tmux("kill-server") }
        let pane = try tmux("list-panes", "-F", "#{pane_pid}").ok().line
        let (typed, run) = (kept.scratch.at("tmp/typed"), kept.scratch.at("tmp/run"))
        try tmux("send-keys", "git pool \(Call.words) >\(typed) 2>\(typed).err", "Enter").ok()
        try kept.scratch.until("the lease is made") { found(kept, typed).pid != nil }
        #expect(found(kept, typed).pid.map(String.init) == pane)
        #expect(found(kept, typed).program == "bash")

        for command in [
            "git pool add --json y >\(run) 2>\(run).err", "exec git pool add --json y >\(run) 2>\(run).err",
        ] {
            Scratch.remove("\(run).err")
            try tmux("new-window", "-d", command).ok()
            try kept.scratch.until("it was refused") { found(kept, run).said.contains("hint:") }
            let said = found(kept, run).said
            #expect(
                said.contains("fatal: no process could hold the lease: 'tmux")
                    && said.contains("' hosts many sessions"), "\(said)")
            for way in ["--pid <pid>", "git pool run -- <command>", "--no-holder"] { #expect(said.contains(way)) }
        }
        #expect(kept.repository.records == ["1.leased"])
    }

    @Test("D1 GIT_POOL_HOLDER_PID names an ancestor; one that is inherited from elsewhere is not followed")
    func variable() throws {
        let kept = try Kept()
        let program = try kept.scratch.write(
            "agent.sh", "#!/bin/sh\nGIT_POOL_HOLDER_PID=$PPID git pool add --json a\necho $PPID\n", mode: 0o755)
        let outer = try kept.scratch.sh("'\(program)'; true", in: kept.repository.path).ok()
        let bytes = Data(outer.lines.dropLast().joined(separator: "\n").utf8)
        let lease = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        let pid = (lease?["holder"] as? [String: Any])?["pid"] as? Int
        #expect(pid.map(String.init) == outer.lines.last)
        let stranger = try kept.scratch.holder()
        // The test is called `git-poolPackage…`, and what a git runs is a hook: one script more is between the two.
        let script = try kept.scratch.write("other.sh", "git pool add b >/dev/null; echo $$")
        let other = try kept.scratch.run(
            ["sh", try kept.scratch.write("outer.sh", "sh '\(script)'; true")], in: kept.repository.path,
            env: ["GIT_POOL_HOLDER_PID": String(stranger.pid)]
        ).check(0, says: "warning: GIT_POOL_HOLDER_PID '\(stranger.pid)' is not used: it is no ancestor")
        #expect(other.err.contains("(pid \(other.line))"), "\(other)")
    }
}
