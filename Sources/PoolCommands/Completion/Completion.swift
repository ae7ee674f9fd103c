internal import Git
internal import GitPool

/// What may stand at the cursor of a command line, read from the same tables that the parser reads.
struct Completion {
    struct Candidate: Equatable {
        let word: String
        let help: String
    }

    /// Names that only a repository knows; asked for when they are wanted, because each costs a look. The text is what
    /// was typed of one: whoever has very many may leave out what begins otherwise.
    let names: (Names, String) -> [Candidate]

    enum Names: Equatable { case leases, saves, sessions, groups, branches, commits, strayWorktrees }

    /// - Parameter words: those after `git pool`; the last one is being typed, and may be empty.
    func candidates(_ words: [String]) -> [Candidate] {
        let current = words.last ?? ""
        return all(words.dropLast(), current).filter { candidate in
            candidate.word.utf8.starts(with: current.utf8) && !candidate.word.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        }
    }

    private func all(_ earlier: ArraySlice<String>, _ current: String) -> [Candidate] {
        guard let first = earlier.first, first.utf8.first != UInt8(ascii: "-") else {
            if current.utf8.first == UInt8(ascii: "-") || !earlier.isEmpty {
                return after(earlier, current, ListCommand.syntax)
            }
            return Syntax.all.filter { !$0.isHidden }.map { Candidate(word: $0.name, help: $0.summary) }
        }
        guard let syntax = CommandEntry.named(first)?.syntax else {
            return []
        }
        return after(earlier.dropFirst(), current, syntax)
    }

    private func after(_ earlier: ArraySlice<String>, _ current: String, _ syntax: Syntax) -> [Candidate] {
        var waiting: Option?
        var operands = 0
        var takesOptions = true
        for word in earlier {
            if waiting != nil {
                waiting = nil
            } else if takesOptions, word == "--" {
                if syntax.takesCommand { return [] }
                takesOptions = false
            } else if takesOptions, word.utf8.first == UInt8(ascii: "-"), word.utf8.count > 1 {
                waiting = needingValue(word, syntax)
            } else {
                operands += 1
            }
        }
        if let waiting { return values(of: waiting, current) }
        if takesOptions, current.utf8.first == UInt8(ascii: "-") {
            return stuck(current, syntax) ?? options(of: syntax, current)
        }
        guard operands < syntax.operands.upperBound else {
            // Only options can follow, and a command behind its `--`.
            guard takesOptions, syntax.operands.upperBound == 0 else { return [] }
            return (syntax.takesCommand ? [Candidate(word: "--", help: "the command follows")] : [])
                + options(of: syntax, current)
        }
        return self.operands(of: syntax, current, isFirst: operands == 0, resumes: earlier.contains("--resume"))
    }

    /// Values as they are stuck to `--name=`; nil where no value has been begun.
    private func stuck(_ current: String, _ syntax: Syntax) -> [Candidate]? {
        let parts = current.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard current.hasPrefix("--"), parts.count == 2 else { return nil }
        let name = String(parts[0])
        guard let option = needingValue(name, syntax) else { return [] }
        return values(of: option, String(parts[1])).map { Candidate(word: name + "=" + $0.word, help: $0.help) }
    }

    /// The option whose value the next word is.
    private func needingValue(_ word: String, _ syntax: Syntax) -> Option? {
        if word.hasPrefix("--") {
            let name = word.dropFirst(2)
            let matches = syntax.spellings.filter { $0.text.hasPrefix(name) }
            let match = matches.first { $0.text == name } ?? (matches.count == 1 ? matches.first : nil)
            return match.flatMap { $0.option.takesRequiredValue && !$0.isNegated ? $0.option : nil }
        }
        let option = word.unicodeScalars.last.flatMap(syntax.option(short:))
        return option.flatMap { $0.takesRequiredValue ? $0 : nil }
    }

    /// As in git, `--no-<x>` is offered to those who begin it.
    private func options(of syntax: Syntax, _ current: String) -> [Candidate] {
        let long = syntax.spellings.filter { !$0.isNegated || current.hasPrefix("--no-") }
        let letters = syntax.options.filter { $0.longName == nil }
        return long.map {
            Candidate(word: "--" + $0.text, help: $0.isNegated ? "undo --\($0.option.name)" : $0.option.help)
        }
            + letters.map { Candidate(word: $0.spelling, help: $0.help) }
    }

    private func values(of option: Option, _ typed: String) -> [Candidate] {
        let placeholder =
            switch option.kind {
            case .flag: ""
            case .value(let text), .optionalValue(let text): text
            }
        switch placeholder {
        case "branch", "glob": return names(.branches, typed)
        case "commit-ish": return names(.commits, typed)
        case "id": return names(.sessions, typed)
        case "group": return names(.groups, typed)
        case "state":
            return SlotState.allCases.map(\.shown).uniqued().map { Candidate(word: $0, help: "") }
        default: return placeholder.hasPrefix("(") ? choices(placeholder) : []
        }
    }

    private func operands(of syntax: Syntax, _ typed: String, isFirst: Bool, resumes: Bool) -> [Candidate] {
        switch syntax.name {
        case DoneCommand.syntax.name, ShowCommand.syntax.name, PathCommand.syntax.name, SaveCommand.syntax.name,
            KeepCommand.syntax.name, EnvCommand.syntax.name, LandCommand.syntax.name:
            names(.leases, typed)
        case AddCommand.syntax.name, RunCommand.syntax.name: resumes ? names(.leases, typed) : []
        case RestoreCommand.syntax.name: names(.saves, typed)
        case AdoptCommand.syntax.name: isFirst ? names(.strayWorktrees, typed) : []
        case InitCommand.syntax.name: choices("(bash|zsh|fish)")
        case HookCommand.syntax.name:
            isFirst ? choices("(install|uninstall|claude-worktree-create|claude-worktree-remove)") : []
        default: []
        }
    }

    /// `(sh|fish)`: the placeholder names all there is.
    private func choices(_ placeholder: String) -> [Candidate] {
        placeholder.dropFirst().dropLast().split(separator: "|").map { Candidate(word: String($0), help: "") }
    }
}
