import Foundation
import Testing

/// A program that lives on and has its hooks run as agents do: each by a shell of its own, with the event on its standard
/// input.
final class Agent {
    let session: String
    let process: Background
    private let repository: Repository
    private var events = 0
    /// What holds its leases.
    let pid: Int

    init(_ repository: Repository, session: String = UUID().uuidString.lowercased(), in directory: String? = nil) throws
    {
        self.repository = repository
        self.session = session
        let script = """
            echo $$ >"$0.pid"
            while read -r event file; do
                sh -c "git pool hook claude-worktree-$event" <"$file" >"$file.out" 2>"$file.err"
                echo $? >"$file.draft"
                mv "$file.draft" "$file.status"
            done
            """
        let path = try repository.scratch.write("agents/\(session).sh", script + "\n")
        // Under a shell of its own: what the tests' own process starts looks as if git had started it, by its name.
        process = try repository.scratch.start(
            ["sh", "-c", "sh \"$1\"; exit", "sh", path], in: directory ?? repository.path, input: .pipe)
        try repository.scratch.until("the agent runs") {
            try Scratch.exists(path + ".pid") && repository.scratch.read(path + ".pid").hasSuffix("\n")
        }
        pid = try #require(Int(repository.scratch.read(path + ".pid").dropLast()))
    }

    /// As it was recorded: the fields, and the order, of version 2.1.207; what a test is about is changed in it.
    func create(_ name: String?, _ changes: [String: String] = [:]) throws -> Outcome {
        var fields = [
            ("session_id", quoted(session)), ("transcript_path", quoted("/home/ada/.claude/\(session).jsonl")),
        ]
        fields += [("cwd", quoted(repository.path)), ("hook_event_name", #""WorktreeCreate""#)]
        if let name { fields.append(("name", quoted(name))) }
        return try tell("create", text(fields, changes))
    }

    func remove(_ path: String, _ changes: [String: String] = [:]) throws -> Outcome {
        var fields = [
            ("session_id", quoted(session)), ("transcript_path", quoted("/home/ada/.claude/\(session).jsonl")),
        ]
        fields += [("cwd", quoted(repository.path)), ("hook_event_name", #""WorktreeRemove""#)]
        return try tell("remove", text(fields + [("worktree_path", quoted(path))], changes))
    }

    /// Any bytes at all.
    func tell(_ event: String, _ json: String) throws -> Outcome {
        let scratch = repository.scratch
        events += 1
        let file = try scratch.write("agents/\(session).\(events)", json)
        process.send("\(event) \(file)\n")
        try scratch.until("the hook has ended", within: 30) { Scratch.exists(file + ".status") }
        let out = try scratch.read(file + ".out")
        return Outcome(
            command: "claude-worktree-\(event) \(json.prefix(400))",
            status: try #require(Int32(scratch.read(file + ".status").dropLast())), out: out,
            err: try scratch.read(file + ".err"), bytes: Data(out.utf8))
    }

    /// Changes are JSON texts; an empty one leaves the field out.
    private func text(_ fields: [(String, String)], _ changes: [String: String]) -> String {
        var all = fields
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            all.removeAll { $0.0 == name }
            if !value.isEmpty { all.append((name, value)) }
        }
        return "{" + all.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}\n"
    }

    private func quoted(_ text: String) -> String {
        let data = try? JSONSerialization.data(withJSONObject: text, options: .fragmentsAllowed)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}
