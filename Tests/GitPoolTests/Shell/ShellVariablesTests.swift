import Foundation
import Testing

/// The variables of a lease in a shell with the hook: there where the lease is, and as before everywhere else.
@Suite(.serialized) struct ShellVariablesTests {
    private func typed(_ shell: Shell, _ kept: Kept, before: String? = nil) throws -> TypedShell {
        try kept.repository.commit("rust", ["Cargo.toml": ""])
        try kept.repository.git("config", "pool.keeper", "false")
        try kept.repository.git("config", "pool.cache.cargo.mode", "shared")
        return try TypedShell(shell, kept, before: before)
    }

    /// What a program started there sees.
    private func seen(_ typed: TypedShell, _ name: String) throws -> String {
        try typed.ask("sh -c 'echo \"${\(name)-none}\"'")
    }

    @Test("E4 E6 a typed add exports the lease's variables, and they go with the lease", arguments: Shell.allCases)
    func lease(shell: Shell) throws {
        let kept = try Kept()
        let typed = try typed(shell, kept)
        try typed.run("git pool add --quiet \"it's\" -b b")
        #expect(try seen(typed, "GIT_POOL_NAME") == "it's")
        #expect(try seen(typed, "GIT_POOL_PORT") == "20010")
        #expect(try seen(typed, "GIT_POOL_PATH") == kept.repository.slot(1))
        #expect(try seen(typed, "CARGO_TARGET_DIR") == "\(kept.repository.root)/cache/repo/shared/cargo")
        try typed.run("mkdir -p sub; cd sub")
        #expect(try seen(typed, "GIT_POOL_SLOT") == "1")
        try typed.run("git pool done --quiet --discard")
        #expect(try typed.directory == kept.repository.path)
        for name in ["GIT_POOL_NAME", "GIT_POOL_PORT", "CARGO_TARGET_DIR", "GIT_POOL_CACHES"] {
            #expect(try seen(typed, name) == "none", "\(name)")
        }
        #expect(!typed.terminal.screen.contains("rror"), "\(typed.terminal.screen)")
    }

    @Test(
        "E4 out of the worktree they are gone, back in they are there, in another lease they are its own",
        arguments: Shell.allCases)
    func moves(shell: Shell) throws {
        let kept = try Kept()
        let typed = try typed(shell, kept)
        try typed.run("git pool add --quiet a")
        try typed.run("git pool add --quiet b")
        #expect(try seen(typed, "GIT_POOL_NAME") == "b")
        try typed.run("cd \(kept.repository.slot(1))")
        #expect(try seen(typed, "GIT_POOL_NAME") == "a")
        try typed.run("cd /")
        #expect(try seen(typed, "GIT_POOL_NAME") == "none")
        try typed.run("cd \(kept.repository.slot(2))")
        #expect(try seen(typed, "GIT_POOL_NAME") == "b")
        // Another session's lease is none of ours.
        _ = try kept.repository.lease("other")
        try typed.run("cd \(kept.repository.slot(3))")
        #expect(try seen(typed, "GIT_POOL_NAME") == "none")
    }

    @Test("E4 the user's own values stay, exported or not, and come back as they were", arguments: Shell.allCases)
    func own(shell: Shell) throws {
        let kept = try Kept()
        let set = shell == .fish ? ("set -gx", " ") : ("export", "=")
        let outer = "\(set.0) GIT_POOL_GROUP\(set.1)'it'\\''s old'; \(set.0) GIT_POOL_NAME\(set.1)outer"
        let fish = "set -gx GIT_POOL_GROUP 'it\\'s old'; set -gx GIT_POOL_NAME outer"
        let typed = try typed(shell, kept, before: shell == .fish ? fish : outer)
        let inner = shell == .fish ? "set -g CARGO_TARGET_DIR inner" : "CARGO_TARGET_DIR=inner"
        try typed.run(inner)
        try typed.run("git pool add --quiet a")
        #expect(try seen(typed, "GIT_POOL_NAME") == "a")
        #expect(try seen(typed, "GIT_POOL_GROUP") == "none")
        #expect(try seen(typed, "CARGO_TARGET_DIR") == "none")
        #expect(try typed.ask("echo \"$CARGO_TARGET_DIR\"") == "inner")
        try typed.run("\(set.0) GIT_POOL_PORT\(set.1)mine")
        try typed.run("cd /")
        #expect(try seen(typed, "GIT_POOL_NAME") == "outer")
        #expect(try seen(typed, "GIT_POOL_GROUP") == "it's old")
        #expect(try seen(typed, "GIT_POOL_PORT") == "mine")
    }

    @Test("E4 a lease that ended elsewhere takes its variables along", arguments: Shell.allCases)
    func ended(shell: Shell) throws {
        let kept = try Kept()
        let typed = try typed(shell, kept)
        try typed.run("git pool add --quiet a")
        // Nothing here goes on with it.
        try kept.scratch.sh("cd \"$1/slots\" && mv 1.leased 1.releasing", kept.repository.state).ok()
        try typed.run("true")
        #expect(try seen(typed, "GIT_POOL_NAME") == "none")
        #expect(try typed.directory == kept.repository.slot(1))
    }

    @Test("E4 nothing that is told is run, and names are only names")
    func data() throws {
        let kept = try Kept()
        for shell in Shell.allCases {
            let words = shell == .fish ? ["fish", "--no-config", "-c"] : [shell.rawValue, "-c"]
            let status = shell == .fish ? "$fish_pid" : "$$"
            let script = """
                \(shell.integration)
                mkdir -p -m 700 "$__git_pool_dir"
                printf '/p\\0/\\0A B=1\\0V$(touch pwned)=1\\0C=$(touch pwned) `touch pwned`;\\ntwo\\0' \\
                    >"$__git_pool_dir/env.\(status)"
                __git_pool_export
                sh -c 'printf "%s" "$C"'
                __git_pool_restore
                sh -c 'printf "|%s|" "${C-none}"'
                """
            let outcome = try kept.scratch.run(words + [script], in: kept.repository.path, env: kept.env).ok()
            #expect(outcome.out == "$(touch pwned) `touch pwned`;\ntwo|none|", "\(outcome)")
            #expect(!Scratch.exists("\(kept.repository.path)/pwned"))
        }
    }
}
