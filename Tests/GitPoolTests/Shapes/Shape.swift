import Foundation
import Testing

/// A kind of repository that git-pool must lease like any other: how it is made, and where one stands in it.
enum Shape: String, CaseIterable, CustomTestStringConvertible {
    case lfs, coneSparse, patternSparse, sparseIndex, handSparse
    case partialClone, shallowClone, alternates, bareWithSuffix, bareWithoutSuffix, separateGitDirectory
    case autocrlf, attributes, requiredFilter, noSymlinks
    case sha256, splitIndex, indexVersion4, manyFiles, reftable, relativeWorktrees, worktreeConfig, bareWorktreeConfig
    case workspace, ignoreCase, unicode, linkedPath, longPath, replaced, grafted, hooksPath, defaultBranchElsewhere
    case gitDirVariable

    var testDescription: String { rawValue }

    /// Shell, run in an empty directory. `files` writes some, `ci` commits all there is.
    private var script: String {
        switch self {
        case .lfs:
            """
            init; git lfs install --local >&2; git lfs track '*.bin' >&2
            head -c 100000 /dev/urandom >x.bin; files; ci; grep -q ^version <<END
            $(git cat-file blob :x.bin)
            END
            """
        case .coneSparse: "init; files; ci; git sparse-checkout set --cone in"
        case .patternSparse: "init; files; ci; git sparse-checkout set --no-cone '/*' '!/out/deep'"
        case .sparseIndex: "init; files; ci; git sparse-checkout set --cone --sparse-index in"
        case .handSparse:
            """
            init; files; ci; git config core.sparseCheckout true
            printf '/*\\n!/out\\n' >.git/info/sparse-checkout; git read-tree -mu HEAD
            """
        case .partialClone:
            """
            source; git -C source config uploadpack.allowFilter true
            git -C source config uploadpack.allowAnySHA1InWant true
            git clone -q --filter=blob:none "file://$PWD/source" repo
            """
        case .shallowClone:
            "source; git -C source commit -q --allow-empty -m 2; git clone -q --depth 1 \"file://$PWD/source\" repo"
        case .alternates: "source; git clone -q --shared source repo"
        case .bareWithSuffix: "source; git clone -q --bare source repo.git"
        case .bareWithoutSuffix: "source; git clone -q --bare source repo"
        case .separateGitDirectory:
            "mkdir store; git init -q --separate-git-dir \"$PWD/store/real.git\" repo; cd repo; files; ci"
        case .autocrlf: "init; git config core.autocrlf true; files; printf 'x\\r\\ny\\r\\n' >crlf.txt; ci"
        case .attributes:
            """
            init; files; git config filter.turn.clean 'tr a-z n-za-m'; git config filter.turn.smudge 'tr a-z n-za-m'
            printf '%s\\n' '*.id ident' '*.crlf eol=crlf' '*.wide working-tree-encoding=UTF-16LE-BOM eol=lf' \\
                '*.turned filter=turn' >.gitattributes
            echo '$Id$' >x.id; printf 'l\\r\\nm\\r\\n' >x.crlf; printf '\\377\\376h\\0i\\0\\n\\0' >x.wide
            echo hello >x.turned; ci
            """
        case .requiredFilter:
            """
            init; files; echo '*.turned filter=turn' >.gitattributes; git config filter.turn.required true
            git config filter.turn.clean 'tr a-z n-za-m'; git config filter.turn.smudge 'tr a-z n-za-m; echo said >&2'
            echo hello >x.turned; ci
            """
        case .noSymlinks:
            "init; git config core.filemode false; git config core.symlinks false; files; ln -s a.txt link; ci"
        case .sha256: "init --object-format=sha256; files; ci"
        case .splitIndex: "init; git config core.splitIndex true; files; ci; git update-index --split-index"
        case .indexVersion4: "init; git config index.version 4; files; ci"
        case .manyFiles:
            """
            init; git config feature.manyFiles true; git config core.untrackedCache true
            git config core.fsmonitor "$(command -v false)"; files; ci
            """
        case .reftable: "init --ref-format=reftable; files; ci"
        case .relativeWorktrees:
            """
            init; files; ci; git config core.repositoryFormatVersion 1; git config extensions.relativeWorktrees true
            git config worktree.useRelativePaths true
            """
        case .worktreeConfig:
            """
            init; files; ci; git config extensions.worktreeConfig true; git config --unset core.bare
            git config --worktree core.bare false; git config --worktree core.worktree "$PWD"
            git config --worktree user.nickname inherited
            """
        case .bareWorktreeConfig:
            """
            source; git clone -q --bare source repo.git; cd repo.git; git config extensions.worktreeConfig true
            git config --unset core.bare; git config --worktree core.bare true
            """
        case .workspace: "mkdir ws; cd ws; init; files; ci"
        case .ignoreCase:
            """
            init; git config core.ignorecase true; files; ci
            git update-index --add --cacheinfo "100644,$(git rev-parse :a.txt),A.TXT"; git commit -qm 2; git checkout -q .
            """
        case .unicode:
            """
            init; files; printf x >"$(printf '\\303\\251.txt')"; printf y >"$(printf 'e\\314\\201.txt')"
            printf z >"$(printf 'latin\\351.txt')"; mkdir "$(printf 'd\\303\\251')"
            printf w >"$(printf 'd\\303\\251/\\n\\042q\\042.txt')"; ci
            """
        case .linkedPath: "mkdir real; cd real; init; files; ci; cd ../..; ln -s real link"
        case .longPath:
            """
            d=$(printf '%0200d' 0); mkdir -p "$d/$d"; cd "$d/$d"; init; files
            mkdir -p "$d/$d/$d"; echo x >"$d/$d/$d/f"; ci
            """
        case .replaced: "init; files; ci; echo two >a.txt; ci; git replace --graft HEAD"
        case .grafted: "init; files; ci; echo two >a.txt; ci; git rev-parse HEAD >.git/info/grafts"
        case .hooksPath:
            """
            init; files; mkdir hooks; printf '#!/bin/sh\\necho "$3" >>"%s"\\n' "$PWD/../ran" >hooks/post-checkout
            chmod +x hooks/post-checkout; git config core.hooksPath hooks; ci
            """
        case .defaultBranchElsewhere: "init; files; ci; git switch -q -c work; git worktree add -q ../first main"
        case .gitDirVariable: "init; files; ci"
        }
    }

    private var place: String {
        switch self {
        case .bareWithSuffix, .bareWorktreeConfig: "repo.git"
        case .workspace: "ws/repo"
        case .linkedPath: "link/repo"
        case .longPath: Array(repeating: String(repeating: "0", count: 200), count: 2).joined(separator: "/") + "/repo"
        default: "repo"
        }
    }

    /// Whether a used slot is scrubbed; one whose layout is not the main worktree's, byte for byte, is made anew instead.
    var isRecycled: Bool {
        switch self {
        case .worktreeConfig, .bareWorktreeConfig: false
        default: true
        }
    }

    /// Why this machine cannot have it; nil if it can.
    func missing(in scratch: Scratch) throws -> String? {
        switch self {
        case .lfs: try scratch.run(["git", "lfs", "version"]).status == 0 ? nil : "no git-lfs"
        case .reftable, .relativeWorktrees:
            try scratch.useNewerGit() ? nil : "GIT_POOL_TEST_NEWER_GIT names no newer git"
        default: nil
        }
    }

    func make(in scratch: Scratch) throws -> Repository {
        let functions = """
            init() { git init -q "$@" repo; cd repo; }
            ci() { git add -A; git commit -qm 1; }
            files() {
                mkdir -p in out/deep; echo a >a.txt; echo i >in/i.txt; echo o >out/o.txt; echo d >out/deep/d.txt
                printf '*.o\\n' >.gitignore
            }
            source() { git init -q source; (cd source; files; ci); }

            """
        try scratch.sh(functions + script).ok()
        return Repository(scratch: scratch, path: scratch.at(place))
    }

    /// What the user's commands there run with.
    func environment(_ repository: Repository) -> [String: String?] {
        self == .gitDirVariable ? ["GIT_DIR": "\(repository.path)/.git", "GIT_WORK_TREE": repository.path] : [:]
    }
}

extension Scratch {
    /// From now on programs find the git in `GIT_POOL_TEST_NEWER_GIT`; no if that names none.
    func useNewerGit() throws -> Bool {
        guard let folder = ProcessInfo.processInfo.environment["GIT_POOL_TEST_NEWER_GIT"],
            Scratch.exists("\(folder)/git")
        else { return false }
        findFirst(in: folder)
        return true
    }
}
