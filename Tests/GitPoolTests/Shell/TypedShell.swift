import Foundation
import Testing

/// The shells that have a hook.
enum Shell: String, CaseIterable, CustomTestStringConvertible {
    case bash, zsh, fish

    var testDescription: String { rawValue }

    /// Without anybody's start-up files.
    var words: [String] {
        switch self {
        case .bash: ["bash", "--norc", "-i"]
        case .zsh: ["zsh", "-f", "-i"]
        case .fish: ["fish", "--no-config", "-i"]
        }
    }

    var integration: String {
        switch self {
        case .bash, .zsh: "eval \"$(git pool init \(rawValue))\""
        case .fish: "git pool init fish | source"
        }
    }

    var status: String { self == .fish ? "$status" : "$?" }
    var ownPid: String { self == .fish ? "$fish_pid" : "$$" }

    func substitution(_ command: String) -> String { self == .fish ? "(\(command))" : "\"$(\(command))\"" }
}

/// An interactive shell with the hook in place, asked through files: what a terminal echoes is no answer.
final class TypedShell {
    let shell: Shell
    let terminal: Terminal
    private let scratch: Scratch
    private var questions = 0

    init(_ shell: Shell, _ kept: Kept, in directory: String? = nil, before: String? = nil) throws {
        self.shell = shell
        scratch = kept.scratch
        var env = kept.env
        env["LC_ALL"] = "C.UTF-8"
        terminal = try Terminal(kept.scratch, shell.words, in: directory ?? kept.repository.path, env: env)
        if let before { try run(before) }
        try run(shell.integration)
    }

    /// Types a line and waits until the shell has come back from it, prompt and all.
    func run(_ line: String, at location: SourceLocation = #_sourceLocation) throws {
        terminal.type(line + "\n")
        _ = try ask("echo", at: location)
    }

    /// Types a command on a line of its own; gives what it prints.
    @discardableResult
    func ask(_ command: String, at location: SourceLocation = #_sourceLocation) throws -> String {
        questions += 1
        let answer = scratch.at("tmp/answer-\(terminal.process.pid)-\(questions)")
        terminal.type("\(command) >'\(answer)'; echo >'\(answer).whole'\n")
        try #require(
            Scratch.poll(20) { Scratch.exists("\(answer).whole") }, "no answer to \(command)\n\(terminal.screen)",
            sourceLocation: location)
        return try scratch.read(answer).trimmingCharacters(in: .newlines)
    }

    var directory: String { get throws { try ask("pwd") } }

    func pid(at location: SourceLocation = #_sourceLocation) throws -> Int32 {
        try #require(Int32(try ask("echo \(shell.ownPid)", at: location)), sourceLocation: location)
    }
}
