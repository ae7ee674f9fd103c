internal import Glibc

/// Processes that have files open for writing: whoever removes such a file takes from them what they write next.
package enum Writers {
    /// By the files themselves, wherever the path they were opened by leads today. Whoever vanishes meanwhile is not
    /// counted, nor is whoever is hidden from us for being another user's.
    package static func of(_ files: [TreeFile]) throws(SystemError) -> [Occupant] {
        guard !files.isEmpty else { return [] }
        let names = Set(files.map(\.lastName))
        let wanted = Set(files.compactMap(\.identity))
        var found: [Occupant] = []
        for pid in try ProcessTable.list() where pid != getpid() {
            let folder = "/proc/\(pid)"
            let numbers = (try? Directory.entries(folder + "/fd")) ?? []
            let isWriter = numbers.contains { number in
                // By name first: what is on a disk that does not answer is not asked for.
                guard let path = try? Files.target(ofLink: "\(folder)/fd/\(number)"), path.hasPrefix("/"),
                    names.contains(Path.name(path)),
                    let file = try? Files.status("\(folder)/fd/\(number)", followingLinks: true),
                    wanted.contains([file.device, file.inode])
                else { return false }
                return isOpenForWriting(folder, number)
            }
            if isWriter { found.append(Occupant(pid: pid, name: ProcessTable.command(pid) ?? "")) }
        }
        return found
    }

    /// "flags:" and open(2)'s flags in octal digits (proc(5)); what cannot be told is taken for a yes.
    private static func isOpenForWriting(_ folder: String, _ number: String) -> Bool {
        guard let bytes = try? Files.read("\(folder)/fdinfo/\(number)"),
            let line = bytes.split(separator: 0x0A).first(where: { $0.starts(with: "flags:".utf8) }),
            let last = line.last
        else { return true }
        return Int32(last) & O_ACCMODE != O_RDONLY
    }
}
