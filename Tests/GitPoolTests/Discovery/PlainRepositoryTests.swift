import Foundation
import Git
import GitPool
import Synchronization
import Testing

/// What is read from files instead of asked of git is what git says, and only where it could not be otherwise.
@Suite struct PlainRepositoryTests {
    /// A repository made by a shell script, looked at from `place` with `variables`.
    struct Shape: CustomTestStringConvertible {
        let name: String
        var script = ":"
        var place = "r"
        var variables: [String: String] = [:]
        /// Whether the files alone are enough.
        var isPlain = false

        var testDescription: String { name }
    }

    static let shapes = [
        Shape(name: "main worktree", isPlain: true),
        Shape(name: "a folder in it", script: "mkdir -p r/a/b", place: "r/a/b", isPlain: true),
        Shape(name: "linked worktree", script: "git -C r worktree add -q ../w", place: "w", isPlain: true),
        Shape(
            name: "detached linked worktree", script: "git -C r worktree add -q --detach ../w && mkdir w/x",
            place: "w/x", isPlain: true),
        Shape(name: "relative link", script: link, place: "w", isPlain: true),
        Shape(name: "through a symbolic link", script: "mkdir r/a && ln -s r/a s", place: "s", isPlain: true),
        Shape(name: "packed refs", script: "git -C r pack-refs --all --prune", isPlain: true),
        Shape(
            name: "packed and moved on",
            script: "git -C r pack-refs --all && git -C r commit -q --allow-empty -m 2", isPlain: true),
        Shape(
            name: "packed with tags and namesakes",
            script: """
                cd r && git tag -a -m t main && git branch x/main && git branch y && git tag heads/main &&
                git update-ref refs/x/refs/heads/main HEAD && git commit -q --allow-empty -m 2 && git pack-refs --all
                """, isPlain: true),
        Shape(name: "worktree configuration", script: "git -C r config extensions.worktreeConfig true", isPlain: true),
        Shape(name: "many refs", script: "cd r && \(manyRefs) && git pack-refs --all", isPlain: true),
        Shape(name: "sha256", script: "rm -rf r && git init -q --object-format=sha256 r && \(commit)", isPlain: true),
        Shape(name: "unborn", script: "rm -rf r && git init -q r"),
        Shape(name: "orphan branch", script: "git -C r switch -q --orphan new"),
        Shape(name: "symbolic branch", script: "cd r && git symbolic-ref refs/heads/s refs/heads/main && \(head("s"))"),
        Shape(name: "HEAD is a remote's", script: "cd r && git update-ref refs/r HEAD && git symbolic-ref HEAD refs/r"),
        Shape(name: "HEAD is a link", script: "cd r/.git && mv HEAD H && ln -s H HEAD"),
        Shape(name: "broken HEAD", script: "echo nonsense > r/.git/HEAD"),
        Shape(name: "no objects", script: "rm -rf r/.git/objects"),
        Shape(name: "git dir", place: "r/.git"),
        Shape(name: "inside the git dir", place: "r/.git/refs"),
        Shape(name: "admin dir", script: "git -C r worktree add -q ../w", place: "r/.git/worktrees/w"),
        Shape(name: "bare", script: "git clone -q --bare r b", place: "b"),
        Shape(
            name: "worktree of a bare one", script: "git clone -q --bare r b && git -C b worktree add -q ../w",
            place: "w"),
        Shape(name: "said to be bare", script: "git -C r config core.bare true"),
        Shape(name: "not said not to be bare", script: "git -C r config --unset core.bare"),
        Shape(name: "core.worktree", script: "mkdir o && git -C r config core.worktree ../../o"),
        Shape(name: "future version", script: "git -C r config core.repositoryformatversion 7"),
        Shape(
            name: "unknown extension",
            script: "git -C r config core.repositoryformatversion 1 && git -C r config extensions.new true"),
        Shape(
            name: "object format in a repository of version 0",
            script: "git -C r config core.repositoryformatversion 0 && git -C r config extensions.objectFormat sha256"),
        Shape(name: "a .git that is none", script: "mkdir -p r/a/.git", place: "r/a"),
        Shape(name: "a .git file that leads nowhere", script: "mkdir r/a && echo gitdir: /no > r/a/.git", place: "r/a"),
        Shape(name: ".git is a link", script: "mv r/.git g && ln -s ../g r/.git"),
        Shape(name: "git dir elsewhere", script: "git init -q --separate-git-dir g r"),
        Shape(
            name: "submodule",
            script: "git clone -q r s && cd r && git -c protocol.file.allow=always submodule --quiet add ../s m",
            place: "r/m"),
        Shape(name: "no repository", script: "mkdir n", place: "n"),
        Shape(name: "GIT_DIR", script: "git init -q o", variables: ["GIT_DIR": "../o/.git"]),
        Shape(name: "ceiling", script: "mkdir r/a", place: "r/a", variables: ["GIT_CEILING_DIRECTORIES": "r"]),
    ]

    private static let commit = "git -C r commit -q --allow-empty -m 1"
    private static let link = """
        git -C r worktree add -q ../w && echo gitdir: ../r/.git/worktrees/w > w/.git
        """
    private static let manyRefs = """
        id=$(git rev-parse HEAD) && seq 2000 | sed "s,.*,create refs/x/& $id," | git update-ref --stdin
        """
    private static func head(_ branch: String) -> String { "git symbolic-ref HEAD refs/heads/\(branch)" }

    @Test("A1 A3 what the files tell is what git says", arguments: shapes)
    func agrees(_ shape: Shape) throws {
        let scratch = try Scratch()
        try scratch.sh("git init -q r && \(PlainRepositoryTests.commit)")
        try scratch.sh(shape.script)
        var environment = scratch.environment
        for (name, value) in shape.variables {
            environment[name] = name == "GIT_CEILING_DIRECTORIES" ? scratch.at(value) : value
        }
        let place = scratch.at(shape.place)
        let questions = Mutex(0)

        let asked = Result { try RepositorySearch.find(from: place, environment: environment) }
        let opened = Result {
            try RepositorySearch.open(from: place, environment: environment) { words in
                if words.contains("rev-parse") { questions.withLock { $0 += 1 } }
            }.repository
        }

        switch (asked, opened) {
        case (.failure(let one), .failure(let other)): #expect("\(one)" == "\(other)")
        case (.success(let one), .success(let other)):
            #expect(one.commonDirectory == other.commonDirectory)
            #expect(one.gitDirectory == other.gitDirectory)
            #expect(one.workTree == other.workTree)
            #expect(one.isBare == other.isBare)
            #expect(one.objectFormat == other.objectFormat)
            #expect(one.head?.commit == other.head?.commit)
            #expect(one.head?.name == other.head?.name)
            #expect(one.git.place == other.git.place)
        default: Issue.record("\(asked) is not \(opened)")
        }
        #expect((questions.withLock { $0 } == 0) == shape.isPlain)
    }

    @Test("B1 HEAD at a commit that is not there: git's own words, and nothing is made", arguments: [true, false])
    func missingCommit(detached: Bool) throws {
        let repository = try Scratch().repository()
        _ = try repository.lease("a")
        try repository.pool("done", "a").check(0)
        try repository.settle(repository.slot(1))
        let head = detached ? "HEAD" : "refs/heads/main"
        let before = try repository.scratch.read("\(repository.commonDirectory)/\(head)")
        try repository.scratch.write("\(repository.commonDirectory)/\(head)", String(repeating: "12", count: 20) + "\n")
        for words in [["b"], ["--fresh", "c"], ["--detach", "d"]] {
            let outcome = try repository.scratch.run(
                ["git", "pool", "add", "--no-holder"] + words, in: repository.path)
            #expect(outcome.status == 128 && outcome.out.isEmpty && outcome.err.contains("fatal: "), "\(outcome)")
        }
        try repository.pool("list").check(0)
        try repository.scratch.write("\(repository.commonDirectory)/\(head)", before)
        for _ in 0..<2 { try repository.pool("gc").check(0) }
        #expect(try repository.git("for-each-ref", "--format=%(refname)", "refs/heads").lines == ["refs/heads/main"])
        #expect(try repository.leased.isEmpty)
        try repository.checkSound()
    }

    @Test("A3 a repository of somebody else is a matter for git", .enabled(if: getuid() == 0))
    func foreignOwner() throws {
        let repository = try Scratch().repository()
        for place in ["", "/.git"] {
            try repository.scratch.sh("chown 12345 '\(repository.path)\(place)'")
            let outcome = try repository.pool("list").check(128)
            #expect(outcome.err.contains("dubious ownership"))
            try repository.scratch.sh("chown 0 '\(repository.path)\(place)'")
        }
        try repository.pool("list").ok()
    }
}
