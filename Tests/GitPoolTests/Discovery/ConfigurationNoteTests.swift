import Foundation
import Testing

/// What git said of the configuration is believed again only while nothing that git reads for it has changed.
@Suite struct ConfigurationNoteTests {
    /// A change by a shell script, after which git has another value of `pool.max` than before; `$1` is the value to be.
    struct Change: CustomTestStringConvertible {
        let name: String
        /// What is done before the note is taken.
        var before = ":"
        var script = ":"
        var variables: [String: String?] = [:]
        /// Whether a note of the new state is one that may be kept.
        var isPlain = true
        var testDescription: String { name }
    }

    static let changes = [
        Change(name: "local", script: #"git config pool.max "$1""#),
        Change(name: "global", script: #"git config --global pool.max "$1""#),
        Change(name: "in place, with size and mtime as they were", before: "git config pool.max x1", script: inPlace),
        Change(
            name: "a file for a repository's user only", before: "mkdir -p ../home/.config/git",
            script: #"git config --file ../home/.config/git/config pool.max "$1""#, variables: own),
        Change(
            name: "XDG_CONFIG_HOME", script: #"git config --file ../xdg/git/config pool.max "$1""#,
            variables: own.merging(["XDG_CONFIG_HOME": "xdg"]) { $1 }),
        Change(
            name: "HOME", script: #"git config --file ../other/.gitconfig pool.max "$1""#,
            variables: own.merging(["HOME": "other"]) { $1 }),
        Change(
            name: "GIT_CONFIG_GLOBAL", script: #"git config --file ../other/file pool.max "$1""#,
            variables: ["GIT_CONFIG_GLOBAL": "other/file"]),
        Change(
            name: "a system's file", script: #"git config --file ../other/file pool.max "$1""#,
            variables: ["GIT_CONFIG_SYSTEM": "other/file", "GIT_CONFIG_NOSYSTEM": nil]),
        Change(
            name: "a link that leads elsewhere",
            before: "touch ../other/a && mv ../gitconfig ../other/b && ln -s other/b ../gitconfig",
            script: #"git config --file ../other/a pool.max "$1" && ln -sfn other/a ../gitconfig"#),
        Change(
            name: "git -c", script: "export GIT_CONFIG_PARAMETERS",
            variables: ["GIT_CONFIG_PARAMETERS": "'pool.max'='x2'"], isPlain: false),
        Change(
            name: "GIT_CONFIG_COUNT",
            variables: ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "pool.max", "GIT_CONFIG_VALUE_0": "x2"],
            isPlain: false),
        Change(
            name: "include",
            script: #"git config --file ../other/i pool.max "$1" && git config include.path ../../other/i"#,
            isPlain: false),
        Change(
            name: "what is included", before: "git config include.path ../../other/i",
            script: #"git config --file ../other/i pool.max "$1""#, isPlain: false),
        Change(
            name: "what is included for a branch", before: "git config includeIf.onbranch:b.path ../../other/i",
            script: #"git config --file ../other/i pool.max "$1" && git switch -q -c b"#, isPlain: false),
        Change(
            name: "a worktree's own file", before: "git config extensions.worktreeConfig true",
            script: #"git config --worktree pool.max "$1""#, isPlain: false),
        Change(
            name: "another repository in its place",
            script:
                #"cp -a .git/pool/configuration ../n && git config pool.max "$1" && cp -a ../n .git/pool/configuration"#
        ),
    ]

    private static let own: [String: String?] = ["GIT_CONFIG_GLOBAL": nil, "HOME": "home", "XDG_CONFIG_HOME": nil]
    private static let inPlace =
        #"touch -r .git/config ../t && sed s/x1/$1/ .git/config >../c && cat ../c >.git/config && touch -r ../t .git/config"#

    /// A repository with a slot, whose configuration nobody has touched for a while.
    private func settled(_ scratch: Scratch, _ before: String) throws -> Repository {
        let repository = try scratch.repository()
        for folder in ["other", "xdg/git"] { try scratch.directory(folder) }
        try repository.pool("warm", "1").ok()
        try scratch.sh(before, in: repository.path)
        return repository
    }

    private func note(_ repository: Repository) -> String { "\(repository.state)/configuration" }

    /// Lists until the files were left alone for long enough.
    private func awaitNote(_ repository: Repository, _ variables: [String: String?] = [:]) throws -> Bool {
        let before = try? Data(contentsOf: URL(fileURLWithPath: note(repository)))
        return try Scratch.poll(5) {
            _ = try repository.pool("list", env: variables)
            let now = try? Data(contentsOf: URL(fileURLWithPath: note(repository)))
            return now != nil && now != before
        }
    }

    private func questions(_ repository: Repository, _ variables: [String: String?] = [:]) throws -> Int {
        try repository.scratch.run(["git-pool", "list", "-v"], in: repository.path, env: variables)
            .err.split(separator: "\n").filter { $0.contains(" config ") }.count
    }

    @Test("A5 a change of the configuration is seen by the next command", arguments: changes)
    func isSeen(_ change: Change) throws {
        let scratch = try Scratch()
        let repository = try settled(scratch, change.before)
        // Of the state before, by whoever may have one.
        _ = try Scratch.poll(0.3) {
            _ = try repository.pool("list")
            return Scratch.exists(note(repository))
        }
        var variables = change.variables
        for name in ["HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
            if case .some(.some(let value)) = variables[name] { variables[name] = scratch.at(value) }
        }
        try scratch.sh(change.script, "x2", in: repository.path, env: variables)

        let git = try repository.git("config", "pool.max", env: variables).line
        #expect(git == "x2")
        for _ in 0..<2 {
            let outcome = try repository.pool("list", env: variables)
            #expect(outcome.err.contains("'x2'") && outcome.status != 0, "\(outcome)")
        }
        // And where git is asked again, it is asked each time or its answer is kept.
        let isKept = try Scratch.poll(change.isPlain ? 5 : 0.2) { try questions(repository, variables) == 0 }
        #expect(isKept == change.isPlain)
        #expect(try repository.pool("list", env: variables).err.contains("'x2'"))
    }

    @Test("E1 with nothing changed git is not asked again")
    func sparesAChild() throws {
        let scratch = try Scratch()
        let repository = try settled(scratch, ":")
        #expect(try awaitNote(repository))
        #expect(try questions(repository) == 0)
        let slot = try repository.add("one").ok().line
        #expect(try scratch.run(["git-pool", "list", "-v"], in: slot).ok().err == "")
        // As of no file that the system shows somebody else.
        let mode = try scratch.sh("stat -c %a '\(note(repository))'").line
        #expect(mode == "600")
    }

    @Test(
        "H3 a note that is torn, edited, of another time or program is no note",
        arguments: [
            #"printf "" >"$1""#, #"head -c 60 "$1" >n && cp n "$1""#, #"sed s/x1/x9/ "$1" >n && cp n "$1""#,
            #"size=$(stat -c %s "$1") && head -c "$size" /dev/zero >n && cp n "$1""#,
            #"sed '1s/ .*/ 99999999999/' "$1" >n && cp n "$1""#, #"sed '1s/ .*/ 1000/' "$1" >n && cp n "$1""#,
            #"sed '1s/ .*/ -9223372036854775808/' "$1" >n && cp n "$1""#,
            #"sed '1s/ .*//' "$1" >n && cp n "$1""#, #"rm "$1" && mkdir "$1""#, #"rm "$1" && mkfifo "$1""#,
            #"head -c 2000000 /dev/urandom >"$1""#,
        ])
    func isDoubted(_ damage: String) throws {
        let scratch = try Scratch()
        let repository = try settled(scratch, "git config pool.max x1")
        #expect(try awaitNote(repository))
        try scratch.sh(damage, note(repository))
        #expect(try questions(repository) == 1)
        #expect(try repository.pool("list").err.contains("'x1'"))
    }

    @Test("A5 of a file that was written just now nothing is kept")
    func isUnsettled() throws {
        let scratch = try Scratch()
        let repository = try settled(scratch, ":")
        for _ in 0..<3 {
            try repository.pool("list", env: ["GIT_POOL_SETTLED": "3600000"]).ok()
            #expect(!Scratch.exists(note(repository)))
        }
    }

    @Test("C11 no note is taken where there is no pool")
    func isOfPoolsOnly() throws {
        let scratch = try Scratch()
        let repository = try scratch.repository()
        usleep(60_000)
        try repository.pool("list").ok()
        #expect(!Scratch.exists(repository.state))
    }
}
