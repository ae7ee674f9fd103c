import Foundation
import POSIX
import Testing

@testable import PoolCommands

@Suite struct CompletionTests {
    private let shown = Syntax.all.filter { !$0.isHidden }

    private func words(_ typed: String..., names: [String] = []) -> [String] {
        Completion { _, _ in names.map { .init(word: $0, help: "") } }.candidates(typed).map(\.word)
    }

    @Test("G7 every command is offered, and every option of it")
    func all() {
        #expect(words("") == shown.map(\.name))
        #expect(words() == shown.map(\.name))
        for syntax in shown {
            let options = syntax.options.map(\.spelling)
            #expect(words(syntax.name, "-").sorted() == options.sorted(), "\(syntax.name)")
            #expect(Set(words(syntax.name, "--no-")).isSubset(of: syntax.spellings.map { "--" + $0.text }))
        }
    }

    @Test("G7 the candidates fit the place of the cursor")
    func places() {
        #expect(words("do") == ["done", "doctor"])
        #expect(words("--j") == ["--json"])
        #expect(words("ls", "--js") == ["--json"])
        #expect(words("nosuch", "") == [])
        #expect(words("done", "f", names: ["fix", "other"]) == ["fix"])
        #expect(words("done", "--keep-branch", "fix", "", names: ["a"]) == ["a"])
        #expect(words("show", "fix", "", names: ["a"]) == [])
        #expect(words("add", "", names: ["a"]) == [])
        #expect(words("add", "--resume", "", names: ["a"]) == ["a"])
        #expect(words("add", "-b", "m", names: ["main"]) == ["main"])
        #expect(words("add", "--branch", "m", names: ["main"]) == ["main"])
        #expect(words("add", "--bran", "m", names: ["main"]) == ["main"])
        #expect(words("list", "--state", "le") == ["leased"])
        #expect(words("run", "--", "", names: ["a"]) == [])
        #expect(words("done", "--", "-", names: ["-a"]) == ["-a"])
        #expect(words("done", "", names: ["a\nb"]) == [])
    }

    @Test("G7 a value may be stuck to its option, and where only options can follow they are offered")
    func values() {
        #expect(words("env", "--format=") == ["--format=sh", "--format=fish", "--format=dotenv", "--format=json"])
        #expect(words("env", "--form=d") == ["--form=dotenv"])
        #expect(words("env", "--format", "f") == ["fish"])
        #expect(words("land", "--strategy=") == ["no-ff", "ff", "squash", "rebase"].map { "--strategy=" + $0 })
        #expect(words("land", "--into=m", names: ["main", "other"]) == ["--into=main"])
        #expect(words("list", "--state=le") == ["--state=leased"])
        for typed in ["--wait=", "--no-format=", "--nosuch=", "--=", "-z=", "--format=x=y"] {
            #expect(words("env", typed) == [], "\(typed)")
        }
        #expect(words("trust", "") == ["--quiet", "--verbose", "--revoke"])
        #expect(words("stats", "").contains("--disk"))
        #expect(words("map", "").first == "--" && words("map", "").contains("--from-file"))
        #expect(words("map", "--", "") == [])
        #expect(words("trust", "--", "") == [])
        #expect(
            words("hook", "") == ["install", "uninstall", "claude-worktree-create", "claude-worktree-remove"])
    }

    /// Leases and saves as the shells are to offer them.
    private func repository() throws -> Repository {
        let repository = try Scratch().repository()
        _ = try repository.lease("fix-login")
        _ = try repository.lease("fix$(pwned)")
        return repository
    }

    @Test("G7 names come from the repository, and no error ever reaches a prompt")
    func names() throws {
        let repository = try repository()
        let names = try repository.pool("_complete", "--", "done", "fix-").ok()
        #expect(names.out == "fix-login\tfix-login\n")
        #expect(try repository.pool("_complete", "--", "add", "-b", "").ok().out.contains("main\t"))
        let nowhere = try repository.scratch.directory("nowhere")
        let outside = try repository.pool("_complete", "--", "done", "", in: nowhere).check(0)
        #expect(outside.out + outside.err == "")
    }

    private let place = packageDirectory.appending(path: "completions").path

    @Test(
        "G7 the files are sound",
        arguments: [
            ["bash", "-n", "git-pool.bash"], ["zsh", "-n", "_git-pool"], ["fish", "-n", "git-pool.fish"],
            ["fish", "-n", "git-pool-repair.fish"],
        ])
    func syntax(_ words: [String]) throws {
        guard Scratch.isInstalled(words[0]) else { return }
        try Scratch().run([words[0], words[1], "\(place)/\(words[2])"]).check(0)
    }

    @Test("G7 bash completes git-pool and git pool, quoting what a shell would run", arguments: [true, false])
    func bash(_ throughGit: Bool) throws {
        let git = "/usr/share/bash-completion/completions/git"
        guard Scratch.isInstalled("bash"), !throughGit || Scratch.exists(git) else { return }
        let repository = try repository()
        let script = """
            . "$1/git-pool.bash"
            if [ "$2" = git ]; then . "$3"; COMP_WORDS=(git pool done fix); call=__git_wrap__git_main
            else COMP_WORDS=(git-pool done fix); call=__git_pool_dashed; fi
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
            _get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]}; prev=${COMP_WORDS[COMP_CWORD-1]}
                words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
            $call; printf '<%s>' "${COMPREPLY[@]}"
            """
        let words = ["bash", "--norc", "-c", script, "bash", place, throughGit ? "git" : "", git]
        let outcome = try repository.scratch.run(words, in: repository.path).check(0)
        #expect(outcome.out == #"<fix-login ><fix\$\(pwned\) >"#, "\(outcome)")
    }

    /// Typed, because what readline takes apart it also puts together.
    @Test("G7 bash completes the value in --name=value", arguments: ["git-pool", "git pool"])
    func bashValue(_ command: String) throws {
        let git = "/usr/share/bash-completion/completions/git"
        guard Scratch.isInstalled("bash"), command == "git-pool" || Scratch.exists(git) else { return }
        let repository = try repository()
        try repository.scratch.write(
            "rc", "PS1='ready> '\n[ -e \(git) ] && . \(git)\n. '\(place)/git-pool.bash'\n")
        let shell = try Terminal(
            repository.scratch, ["bash", "--noprofile", "--rcfile", repository.scratch.at("rc"), "-i"],
            in: repository.path, env: ["TERM": "xterm"])
        try shell.wait(for: "ready> ")
        shell.type(command + " env --format=do\t")
        try shell.wait(for: "env --format=dotenv ")
        // Ctrl-U: an empty line again.
        shell.type("\u{15}\(command) land --strategy=sq\t")
        try shell.wait(for: "land --strategy=squash ")
    }

    @Test("G7 fish completes git-pool and git pool", arguments: ["git-pool ", "git pool "])
    func fish(_ command: String) throws {
        guard Scratch.isInstalled("fish") else { return }
        let repository = try repository()
        try repository.scratch.pool("install").check(0)
        func complete(_ line: String) throws -> [String] {
            let words = ["fish", "-c", "complete -C\(ShellQuote.quote(line))"]
            return try repository.scratch.run(words, in: repository.path).check(0).lines
        }
        let commands = try complete(command).map { $0.split(separator: "\t").first.map(String.init) ?? "" }
        #expect(commands == shown.map(\.name))
        #expect(try complete(command + "done fix-") == ["fix-login\tfix-login"])
    }

    @Test("G7 zsh completes git-pool and git pool", arguments: ["git-pool ", "git pool "])
    func zsh(_ command: String) throws {
        guard Scratch.isInstalled("zsh") else { return }
        let repository = try repository()
        let start =
            "fpath=(\(place) $fpath); autoload -Uz compinit && compinit -u -d \(repository.scratch.at("dump")); PS1='ready> '"
        try repository.scratch.write("home/.zshrc", start + "\n")
        let shell = try Terminal(repository.scratch, ["zsh", "-i"], in: repository.path, env: ["TERM": "xterm"])
        try shell.wait(for: "ready> ")
        shell.type(command + "done fix-\t")
        try shell.wait(for: "fix-login")
        // Ctrl-U: an empty line again.
        shell.type("\u{15}")
        shell.type(command + "uninst\t")
        try shell.wait(for: "uninstall")
        // What needs no words has none: zsh would show a pair of dashes as one choice more.
        shell.type("\u{15}")
        shell.type(command + "init \t\t")
        try shell.wait(for: "fish")
        #expect(!shell.screen.contains(" -- "), "\(shell.screen)")
    }
}

extension Scratch {
    static func isInstalled(_ program: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            exists("\($0)/\(program)")
        }
    }
}
