internal import GitPool

/// `git pool env`: what `run` would tell a command in the lease, for other programs to read; status 1 without a lease.
enum EnvCommand {
    static let syntax = Syntax(
        "env",
        summary: "print the variables of a lease",
        forms: ["git pool env [<options>] [(<name> | <path>)]"],
        options: [.value("format", "(sh|fish|dotenv|json)", "print them for this reader")],
        operands: 0...1
    )

    static func run(_ session: Session) throws -> Int32 {
        let name = session.arguments.value("format") ?? VariableFormat.sh.rawValue
        guard let format = VariableFormat(rawValue: name) else {
            let known = VariableFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw session.arguments.error(.invalidValue(option: "format", expectation: "expects one of \(known)"))
        }
        let pool = try session.openPool()
        let slot = try session.slot(in: pool)
        guard let variables = session.variables(of: slot, in: pool) else {
            Diagnostic.error("'\(slot.record?.path ?? String(slot.number))' is not leased").print()
            return 1
        }
        if format == .dotenv {
            for variable in variables.values where !VariableFormat.dotenv(variable.value).isReadAlike {
                session.warn("parsers of dotenv files do not agree about the value of '\(variable.name)'")
            }
        }
        try session.answer(format.text(variables))
        return 0
    }
}

extension Session {
    /// The variables of a lease for somebody who will use them: their folders are there then. A slot without ports of its
    /// own is said.
    func variables(of slot: Slot, in pool: Pool) -> LeaseVariables? {
        guard let variables = pool.variables(of: slot) else { return nil }
        pool.makeDirectories(for: variables)
        let ports = pool.settings.ports
        if ports.first(of: slot.number) == nil {
            warn(
                "slot \(slot.number) has no ports: pool.portBase \(ports.base) + \(slot.number) x pool.portCount \(ports.count) is too high"
            )
        }
        return variables
    }
}
