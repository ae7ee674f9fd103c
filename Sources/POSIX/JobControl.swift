internal import Glibc

/// How a stopped command stops the job it is part of: as if it had been typed at this process instead.
package enum JobControl {
    /// Stops this process's own group, `git` above it included, until the shell continues it; then gives the terminal
    /// back to the command and continues that. Nothing happens where the command does not have the terminal, or was
    /// continued meanwhile: Ctrl-Z stops all of one group at once.
    package static func suspend(with pid: Int32) {
        // Whoever continues a group does so one process after another.
        Clock.sleep(milliseconds: 20)
        guard case .present(let facts) = ProcessTable.read(pid), facts.state == "T",
            let terminal = try? Descriptor(opening: "/dev/tty", for: .read)
        else { return }
        let group = facts.group
        let own = getpgrp()
        let front = tcgetpgrp(terminal.number)
        guard front == group || front == own else { return }
        _ = kill(0, SIGTSTP)
        // Here the shell has continued us, or there is none that could.
        guard group != own else { return }
        if tcgetpgrp(terminal.number) == own { _ = tcsetpgrp(terminal.number, group) }
        Signal.resume.send(toGroup: group)
    }
}
