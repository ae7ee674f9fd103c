import Foundation
import Testing

@Suite struct SupervisionTests {
    @Test("F1 run notices an end that comes right after it looked at its command")
    func between() throws {
        let repository = try Scratch().repository()
        let go = repository.scratch.at("go")
        let script = "until [ -e \"$0\" ]; do sleep 0.01; done; exit 7"
        let run = try repository.scratch.start(
            ["git-pool", "run", "a", "--", "sh", "-c", script, go], in: repository.path,
            env: ["GIT_POOL_FAULT": "run.looked:pause"])
        try repository.scratch.until("it has looked") { state(of: run.pid)?.state == "T" }
        try repository.scratch.write("go", "")
        try repository.scratch.until("its command has ended") { hasEndedChild(run.pid) }
        kill(run.pid, SIGCONT)
        #expect(try run.wait(20).status == 7)
    }

    private func hasEndedChild(_ parent: pid_t) -> Bool {
        let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        return pids.contains { pid in
            guard let found = state(of: pid) else { return false }
            return found.parent == parent && found.state == "Z"
        }
    }

    private func state(of pid: pid_t) -> (state: Substring, parent: pid_t)? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let close = text.lastIndex(of: ")")
        else { return nil }
        let words = text[text.index(after: close)...].split(separator: " ")
        return pid_t(words[1]).map { (words[0], $0) }
    }
}
