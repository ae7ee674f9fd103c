import Foundation

/// A way of calling git-pool for real, and who must hold the lease that comes of it.
struct Call: CustomStringConvertible {
    enum Holder: Equatable {
        /// The shell that it is typed in.
        case shell
        /// Whoever writes its own pid to `OUT.pid`.
        case caller
        case nobody(String)
        /// Not the shell, which has nothing to do with it any more: pid 1, or nobody.
        case notShell
    }

    /// Typed as it stands, but for `ADD` (`git pool add`, its answer going to `OUT`), `WORDS` (the same without `git
    /// pool`), `ARGV` (the words alone, as a list in Python's and JavaScript's syntax), `OUT` and `TMP`.
    let line: String
    let holder: Holder
    /// What the holder is called, where that is not the shell.
    var program: String?
    /// Files in `TMP`, by name.
    var files: [String: String] = [:]
    var needs: String?

    var description: String { line }

    init(
        _ line: String, _ holder: Holder = .shell, program: String? = nil, files: [String: String] = [:],
        needs: String? = nil
    ) {
        self.line = line
        self.holder = holder
        self.program = program
        self.files = files
        self.needs = needs
    }

    static let words = "add --resume --json x"
    static let argv = "['git', 'pool', 'add', '--resume', '--json', 'x']"

    func expanded(_ text: String, _ out: String, _ tmp: String) -> String {
        text.replacingOccurrences(of: "ADD", with: "git pool WORDS")
            .replacingOccurrences(of: "WORDS", with: "\(Call.words) >OUT 2>OUT.err")
            .replacingOccurrences(of: "ARGV", with: Call.argv)
            .replacingOccurrences(of: "OUT", with: out).replacingOccurrences(of: "TMP", with: tmp)
    }

    /// Every way in which a person or a program calls git, and what else stands between a shell and git.
    static let table: [Shell: [Call]] = [
        .bash: inAny + posix + wrappers + programs,
        .zsh: inAny + posix,
        .fish: inAny + [
            Call("set x (git pool \(words) 2>OUT.err); echo \"$x\" >OUT"),
            Call("begin; ADD; end | cat"),
            Call("for i in 1; ADD; end | cat"),
            Call("function f; ADD; end; f"),
            Call("ADD & wait"),
            Call("fish --no-config -c 'ADD; true'"),
        ],
    ]

    private static let inAny = [
        Call("ADD"),
        Call("git-pool WORDS"),
        Call("git p WORDS"),
        Call("git q WORDS"),
        Call("ADD | cat"),
        Call("sh -c 'ADD; true'"),
        Call("TMP/s.sh", .caller, program: "s.sh", files: ["s.sh": "#!/bin/sh\necho $$ >OUT.pid\nADD\ntrue\n"]),
    ]

    private static let posix = [
        Call("x=$(git pool \(words) 2>OUT.err); echo \"$x\" >OUT"),
        Call("x=$(ADD; true)"),
        Call("(ADD)"),
        Call("(ADD; true)"),
        Call("( (ADD; true); true)"),
        Call("for i in 1; do ADD; done | cat"),
        Call("{ ADD; true; } | cat"),
        Call("f() { ADD; true; }; f"),
        Call("eval 'ADD'"),
        Call("ADD & wait"),
        Call("(exec git pool WORDS)"),
        Call("cat <(ADD)"),
    ]

    private static let wrappers = [
        Call("env A=1 git pool WORDS"),
        Call("nice git pool WORDS"),
        Call("nohup git pool WORDS"),
        Call("timeout 60 git pool WORDS"),
        Call("stdbuf -o0 git pool WORDS"),
        Call("flock TMP/lock git pool WORDS"),
        Call("nice env timeout 60 sh -c 'ADD; true'"),
        Call("echo x | xargs git pool add --resume --json >OUT 2>OUT.err"),
        Call("find . -maxdepth 0 -exec git pool \(words) ';' >OUT 2>OUT.err"),
        Call("setsid --wait git pool WORDS"),
        Call("setsid git pool WORDS", .notShell),
        Call("bash -c 'ADD'"),
        Call("bash -ec 'bash -c \"ADD; true\"; true'"),
        Call("bash -c 'exec git pool WORDS'"),
        Call(
            "git commit -q --allow-empty -m hooked", files: ["../repo/.git/hooks/pre-commit": "#!/bin/sh\nADD\ntrue\n"]),
        Call(
            "git commit -q --allow-empty -m hooked",
            files: ["../repo/.git/hooks/pre-commit": "#!/bin/sh\nexec git pool WORDS\n"]),
        Call(
            "git commit -q --allow-empty -m hooked",
            files: [
                "../repo/.git/hooks/pre-commit":
                    "#!/usr/bin/env python3\nimport subprocess\nsubprocess.run(ARGV, stdout=open('OUT', 'w'))\n"
            ]),
    ]

    private static let programs = [
        Call("sh TMP/t.sh", .caller, files: ["t.sh": "echo $$ >OUT.pid\n(ADD; true)\ntrue\n"]),
        Call("nohup TMP/u.sh", .caller, program: "u.sh", files: ["u.sh": "#!/bin/bash\necho $$ >OUT.pid\nADD\ntrue\n"]),
        Call(
            "python3 TMP/argv.py", .caller, program: "python3",
            files: ["argv.py": python("subprocess.run(ARGV, stdout=open('OUT', 'w'))")]),
        Call(
            "python3 TMP/shell.py", .caller, program: "python3",
            files: ["shell.py": python("subprocess.run('ADD', shell=True)")]),
        Call(
            "python3 TMP/system.py", .caller, program: "python3", files: ["system.py": python("os.system('ADD; true')")]
        ),
        Call(
            "python3 TMP/session.py", .caller, program: "python3",
            files: ["session.py": python("subprocess.run(['bash', '-c', 'ADD'], start_new_session=True)")]),
        Call(
            "node TMP/sync.js", .caller, program: "node",
            files: ["sync.js": node("require('child_process').execSync('ADD')")], needs: "node"),
        Call(
            "node TMP/detached.js", .caller, program: "node",
            files: [
                "detached.js": node("require('child_process').spawn('bash', ['-c', 'ADD; true'], { detached: true })")
            ], needs: "node"),
        Call(
            "node TMP/argv.js", .caller, program: "node",
            files: [
                "argv.js": node(
                    "require('fs').writeFileSync('OUT', require('child_process').spawnSync('git', ARGV.slice(1)).stdout)"
                )
            ], needs: "node"),
        Call(
            "make -sf TMP/plain.mk", .caller, program: "make",
            files: ["plain.mk": "all:\n\techo $$PPID >OUT.pid\n\tADD\n"], needs: "make"),
        Call(
            "make -sf TMP/list.mk", .caller, program: "make",
            files: ["list.mk": "all:\n\techo $$PPID >OUT.pid; ADD; true\n"], needs: "make"),
    ]

    private static func python(_ code: String) -> String {
        "import os, subprocess\nopen('OUT.pid', 'w').write('%d\\n' % os.getpid())\n\(code)\n"
    }

    private static func node(_ code: String) -> String {
        "require('fs').writeFileSync('OUT.pid', process.pid + '\\n')\n\(code)\n"
    }
}
