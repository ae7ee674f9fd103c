internal import POSIX

/// The boot, namespaces and host that this process sees: a process id means nothing without them.
package struct Surroundings: Equatable, Sendable {
    /// Nil where the system does not tell; then nobody can be proven dead.
    package var bootID: String?
    package var pidNamespace: UInt64?
    package var timeNamespace: UInt64?
    package var host: String
    package var user: UInt32
    /// Boots that were this machine's own, the present one or not.
    package var ownBoots: Set<String>

    package init(
        bootID: String?, pidNamespace: UInt64?, timeNamespace: UInt64?, host: String, user: UInt32,
        ownBoots: Set<String>
    ) {
        self.bootID = bootID
        self.pidNamespace = pidNamespace
        self.timeNamespace = timeNamespace
        self.host = host
        self.user = user
        self.ownBoots = ownBoots
    }

    /// Reads all of it. `GIT_POOL_FAKE_BOOT_ID` is the seam by which tests reboot; nothing else reads it.
    package init(environment: [String: String]) {
        self.init(
            bootID: environment["GIT_POOL_FAKE_BOOT_ID"] ?? (try? BootIdentity.current()),
            pidNamespace: BootIdentity.pidNamespace(), timeNamespace: BootIdentity.timeNamespace(),
            host: BootIdentity.hostName(), user: Streams.userID(),
            ownBoots: BootList(environment: environment)?.read() ?? [])
    }

    /// Whether process 1 is somebody's program and not the machine's init.
    package var isContainer: Bool { pidNamespace.map { $0 != BootIdentity.initialPIDNamespace } ?? false }

    /// Notes the present boot as one of this machine's, so that a later one may call its holders dead. To be called
    /// before a lease is written.
    package func rememberBoot(environment: [String: String]) {
        guard let bootID, !ownBoots.contains(bootID) else { return }
        BootList(environment: environment)?.remember(bootID)
    }
}
