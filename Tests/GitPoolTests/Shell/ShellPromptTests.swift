import Foundation
import Glibc
import Testing

/// What the hook does at the prompt, and that it is not noticed otherwise.
@Suite(.serialized) struct ShellPromptTests {
    @Test(
        "D5 a typed add leads the shell there and a typed done back; a caught path leads nowhere",
        arguments: Shell.allCases)
    func moves(shell: Shell) throws {
        let kept = try Kept()
        let odd = try kept.scratch.repository(named: "odd $(touch pwned) 'name")
        let typed = try TypedShell(shell, kept, in: odd.path)
        try typed.run("git pool add --quiet a")
        #expect(try typed.directory == odd.slot(1))
        try typed.run("git pool done --quiet")
        #expect(try typed.directory == odd.path)
        try typed.run("git pool add --quiet b | cat >/dev/null")
        #expect(try typed.directory == odd.path)
        try typed.run("cd \(shell.substitution("git pool add --quiet c"))")
        let place = try typed.directory
        #expect(place.hasPrefix(odd.root + "/"))
        try typed.run("git pool done --quiet b")
        #expect(try typed.directory == place)
        #expect(!Scratch.exists("\(odd.path)/pwned"))
    }

    @Test(
        "D5 done leads out of the slot, by whatever path one is in it, and nobody who has left it already",
        arguments: Shell.allCases)
    func leaves(shell: Shell) throws {
        let kept = try Kept()
        try kept.repository.commit("folders", ["folder [x]/a.txt": "a\n"])
        let elsewhere = try kept.scratch.directory("elsewhere")
        try kept.scratch.sh("ln -s \"$1\" link", kept.repository.root).ok()
        let typed = try TypedShell(shell, kept)
        try typed.run("git pool add --quiet a")
        try typed.run("git pool done --quiet; cd '\(elsewhere)'")
        #expect(try typed.directory == elsewhere)
        try typed.run("cd '\(kept.repository.path)'")
        try typed.run("git pool add --quiet b")
        let slot = try typed.directory
        let folder = "\(kept.scratch.at("link"))/\(slot.split(separator: "/").last ?? "")/folder [x]"
        try typed.run("cd '\(folder)'")
        #expect(try typed.directory == folder)
        try typed.run("git pool done")
        #expect(try typed.directory == kept.repository.path)
        #expect(!typed.terminal.screen.contains("still stands"), "\(typed.terminal.screen)")
    }

    @Test("D5 without the hook, done says where to go; to whom stands elsewhere it does not")
    func stays() throws {
        let kept = try Kept()
        let terminal = try Terminal(
            kept.scratch, ["bash", "--norc", "-i"], in: kept.repository.path, env: kept.env)
        terminal.type("git pool add --quiet a; cd ../repo.pool/repo-1 && git pool done\n")
        try terminal.wait(for: "hint: this shell still stands in its worktree: cd \(kept.repository.path)")
        let other = try Terminal(
            kept.scratch, ["bash", "--norc", "-i"], in: kept.repository.path, env: kept.env)
        other.type("git pool add --quiet b; git pool done b; echo e'n'd\n")
        try other.wait(for: "end")
        #expect(!other.screen.contains("still stands"), "\(other.screen)")
    }

    @Test("D5 a program in the shell that leases for itself moves nobody", arguments: Shell.allCases)
    func others(shell: Shell) throws {
        let kept = try Kept()
        let typed = try TypedShell(shell, kept)
        let program = try kept.scratch.write("agent.sh", "#!/bin/sh\ngit pool add --quiet a\ntrue\n", mode: 0o755)
        try typed.run(program)
        #expect(try typed.directory == kept.repository.path)
        try typed.run("git pool add --quiet --no-holder b")
        #expect(try typed.directory == kept.repository.path)
        #expect(kept.scratch.entries("run").isEmpty)
    }

    @Test("D1 D5 a shell that git pool run started holds what is typed in it", arguments: Shell.allCases)
    func nested(shell: Shell) throws {
        let kept = try Kept()
        let typed = try TypedShell(shell, kept)
        let outer = try typed.pid()
        try typed.run("git pool run --quiet outer -- \(shell.words.joined(separator: " "))")
        try typed.run(shell.integration)
        let inner = try typed.pid()
        #expect(inner != outer)
        try typed.run("git pool add --quiet inner")
        #expect(try typed.directory == kept.repository.slot(2))
        #expect(try typed.ask("git pool whoami") == "inner")
        #expect(try kept.repository.pool("show", "inner").ok().out.contains("(pid \(inner)), alive"))
        try typed.run("exit")
        #expect(try typed.pid() == outer)
        try kept.scratch.until("both have ended") { kept.repository.records == ["1.idle", "2.idle"] }
    }

    @Test("D5 out of a worktree that has gone, with a word on it", arguments: Shell.allCases)
    func vanished(shell: Shell) throws {
        let kept = try Kept()
        let typed = try TypedShell(shell, kept)
        try typed.run("git pool add --quiet a")
        try kept.scratch.sh("chmod -R u+w \"$1\"; rm -rf \"$1\"", kept.repository.slot(1)).ok()
        typed.terminal.type("\n")
        try typed.terminal.wait(for: "is gone, now in")
        #expect(try typed.directory == kept.repository.root)
    }

    @Test("D5 the hook says nothing and keeps the status, twice in place as once", arguments: Shell.allCases)
    func quiet(shell: Shell) throws {
        let kept = try Kept()
        let typed = try TypedShell(shell, kept)
        #expect(!typed.terminal.screen.contains("rror"), "\(typed.terminal.screen)")
        try typed.run(shell.integration)
        let status = shell == .fish ? "sh -c 'exit 3'" : "(exit 3)"
        typed.terminal.type(status + "\n")
        #expect(try typed.ask("echo \(shell.status)") == "3")
        switch shell {
        case .bash:
            #expect(try typed.ask("trap -p EXIT") == "trap -- '__git_pool_exit && :' EXIT")
            #expect(try typed.ask("echo \"$PROMPT_COMMAND\"") == "__git_pool_prompt && :")
        case .zsh:
            #expect(try typed.ask("echo $precmd_functions $zshexit_functions") == "__git_pool_prompt __git_pool_exit")
        case .fish: break
        }
        #expect(try typed.ask("echo \"$GIT_POOL_SHELL\"").hasPrefix("1:\(try typed.pid()):"))
    }

    @Test(
        "D5 an interactive shell under -eu and pipefail goes into a worktree, out of it, and on",
        arguments: [Shell.bash, .zsh])
    func strictPrompt(shell: Shell) throws {
        let kept = try Kept()
        let odd = try kept.scratch.repository(named: "*  $HOME `id`")
        let typed = try TypedShell(shell, kept, in: odd.path, before: "set -eu; set -o pipefail; set -C; IFS=:")
        try typed.run("git pool add --quiet a")
        #expect(try typed.directory == odd.slot(1))
        try typed.run("git pool done --quiet")
        #expect(try typed.directory == odd.path)
        try typed.run("git pool add --quiet b")
        let place = try typed.directory
        #expect(place.hasPrefix(odd.root + "/"))
        try kept.scratch.sh("rm -rf \"$1\"", place).ok()
        typed.terminal.type("\n")
        #expect(try typed.directory == odd.root)
        #expect(typed.terminal.process.isRunning)
    }

    @Test("D5 a folder in /tmp that others can write to is not believed, and neither is a link in its place")
    func foreignFolder() throws {
        let kept = try Kept()
        try kept.repository.git("config", "pool.keeper", "false")
        let holder = try kept.scratch.holder()
        _ = try kept.repository.lease("a", "--pid", String(holder.pid))
        holder.kill()
        let folder = try kept.scratch.directory("run/git-pool-\(getuid())")
        try kept.scratch.write("\(folder)/leases.4711", "\(kept.repository.commonDirectory)\0")
        for isLink in [false, true] {
            if isLink { try kept.scratch.sh("chmod 700 \"$1\"; mv \"$1\" \"$1-\"; ln -s \"$1-\" \"$1\"", folder).ok() }
            if !isLink { chmod(folder, 0o777) }
            var env = kept.env
            env["GIT_POOL_SHELL"] = "1:4711:\(folder)"
            try kept.scratch.run(["git-pool", "_session-exit", "4711"], env: env).ok()
        }
        usleep(300_000)
        #expect(kept.isRecorded("1.leased"))
    }

    @Test("D5 prompts of the user's own stay, as a string and as an array")
    func prompts() throws {
        let kept = try Kept()
        for own in ["PROMPT_COMMAND='own=1;'", "PROMPT_COMMAND=('own=1' 'other=2')", "PROMPT_COMMAND='own=1 # last'"] {
            let typed = try TypedShell(.bash, kept, before: own)
            #expect(try typed.ask("echo $own ${other-}").hasPrefix("1"))
            if own.contains("other") { #expect(try typed.ask("echo $own $other") == "1 2") }
            try typed.run("git pool add --quiet --unique a")
            #expect(try typed.directory.hasPrefix(kept.repository.root))
        }
    }

    @Test(
        "D5 strict shells take it: -e, -u, pipefail, noclobber, and options that change expansion",
        arguments: [
            ["bash", "-euo", "pipefail", "-C", "-c"], ["bash", "--posix", "-euC", "-c"],
            ["zsh", "-f", "-euC", "-c"],
            ["zsh", "-f", "-eu", "-o", "ksharrays", "-o", "shwordsplit", "-o", "globsubst", "-c"],
        ])
    func strict(words: [String]) throws {
        let kept = try Kept()
        let name = words[0]
        let script = """
            eval "$(git pool init \(name))"; eval "$(git pool init \(name))"
            mkdir -m 700 "$__git_pool_dir"; true; __git_pool_prompt
            printf '/a\\0' >|"$__git_pool_dir/cd.$$"; cd /tmp; mkdir -p "$TMPDIR/in * side"
            printf '%s\\0' "$TMPDIR/in * side" >|"$__git_pool_dir/cd.$$"; __git_pool_prompt
            pwd; trap 'echo mine' USR1; exit 4
            """
        let outcome = try kept.scratch.run(words + [script], in: kept.repository.path, env: kept.env)
        #expect(outcome.status == 4, "\(outcome)")
        #expect(outcome.lines == [kept.scratch.at("tmp/in * side")], "\(outcome)")
        #expect(outcome.err.isEmpty, "\(outcome)")
    }
}
