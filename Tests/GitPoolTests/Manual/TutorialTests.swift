import Foundation
import Testing

/// The tutorial is true: whoever types it sees what it shows.
@Suite struct TutorialTests {
    private struct Step {
        let command: String
        var output: [String] = []
    }

    /// The literal blocks of the page, in their order, as man(1) shows them.
    private func steps() throws -> [Step] {
        var steps: [Step] = []
        var isLiteral = false
        for line in try ManualPage("gitpool-tutorial.7").text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(".Bd -literal") {
                isLiteral = true
            } else if line.hasPrefix(".Ed") {
                isLiteral = false
            } else if isLiteral {
                let shown = line.replacingOccurrences(of: "\\&", with: "").replacingOccurrences(of: "\\e", with: "\\")
                if shown.hasPrefix("$ ") {
                    steps.append(Step(command: String(shown.dropFirst(2))))
                } else {
                    try #require(!steps.isEmpty, "output of no command: \(shown)")
                    steps[steps.count - 1].output.append(shown)
                }
            }
        }
        return steps
    }

    /// What differs each time is told apart by its kind alone: numbers of processes and slots, ids, ages, and so the
    /// width of columns.
    private func plain(_ line: String) -> String {
        let rules = [
            ("[0-9]{8}T[0-9]{6}Z-[0-9a-f]+", "RUN"), (#"\b[0-9a-f]{10,64}\b"#, "ID"), (#"\bpid [0-9]+"#, "pid PID"),
            (#"\bbash [0-9]+"#, "bash PID"), (#"\bshop-[0-9]+"#, "shop-N"), (#"\b[0-9]+s\b"#, "AGE"),
            ("^ +[0-9]+ ", "N "), (" +", " "),
        ]
        return rules.reduce(line) { text, rule in
            text.replacingOccurrences(of: rule.0, with: rule.1, options: .regularExpression)
        }
    }

    @Test("G8 every line of the tutorial does what the page shows, typed in a real shell")
    func replay() throws {
        let kept = try Kept()
        let steps = try steps()
        #expect(steps.count > 30)
        try kept.scratch.write(
            "home/.bashrc", "PS1='<ready> '\nPS2=\nunset MAILCHECK\nstty -echo -onlcr cols 200\n")
        var env = kept.env
        env.merge(["NO_COLOR": "1", "GIT_PAGER": "cat", "PAGER": "cat"]) { $1 }
        let terminal = try Terminal(kept.scratch, ["bash", "-i"], in: kept.scratch.at("home"), env: env)
        var prompts = 0
        func answer(to command: String?) throws -> [String] {
            if let command { terminal.type(command + "\n") }
            prompts += 1
            try kept.scratch.until("a prompt after \(command ?? "the start"):\n\(terminal.screen)", within: 30) {
                terminal.screen.components(separatedBy: "<ready> ").count > prompts
            }
            let text = terminal.screen.components(separatedBy: "<ready> ")[prompts - 1]
            return text.split(whereSeparator: \.isNewline).map {
                $0.replacingOccurrences(of: kept.scratch.at("home"), with: "/home/ada")
            }
        }
        _ = try answer(to: nil)
        for step in steps {
            let expected = step.output.map(plain)
            var seen = try answer(to: step.command).map(plain)
            // What happens behind takes its time; to look again changes nothing.
            if step.command.hasPrefix("git pool list") {
                _ = try Scratch.poll(10) {
                    if seen != expected { seen = try answer(to: step.command).map(plain) }
                    return seen == expected
                }
            }
            try #require(seen == expected, "\(step.command)\n\(terminal.screen)")
        }
    }
}
