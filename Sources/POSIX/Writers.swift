internal import Glibc

/// Processes that have files open for writing: whoever removes such a file takes from them what they write next.
package enum Writers {
    /// By the files themselves, wherever the path they were opened by leads today. Whoever vanishes meanwhile is not
    /// counted, nor is whoever is hidden from us for being another user's.
    package static func of(_ files: [TreeFile]) throws(SystemError) -> [Occupant] {
        guard !files.isEmpty else { return [] }
        let names = Set(files.map(\.lastName))
        let wanted = Set(files.compactMap(\.identity))
        let inodes = Set(wanted.map { String($0[1]) })
        var found: [Occupant] = []
        for pid in try ProcessTable.list() where pid != getpid() {
            let folder = "/proc/\(pid)"
            let numbers = (try? Directory.entries(folder + "/fd")) ?? []
            let isWriter = numbers.contains { number in
                // By name first: what is on a disk that does not answer is not asked for.
                guard let path = try? Files.target(ofLink: "\(folder)/fd/\(number)"), Path.isAbsolute(path),
                    names.contains(Path.name(path)),
                    let file = try? Files.status("\(folder)/fd/\(number)", followingLinks: true),
                    wanted.contains([file.device, file.inode])
                else { return false }
                return isOpenForWriting(folder, number)
            }
            if isWriter || hasMapped(folder, inodes, names) {
                found.append(Occupant(pid: pid, name: ProcessTable.command(pid) ?? ""))
            }
        }
        return found
    }

    /// By the inode and the name, as the numbers of devices that stand there are not always those of stat(2).
    private static func hasMapped(_ folder: String, _ inodes: Set<String>, _ names: Set<String>) -> Bool {
        let lines = ((try? Files.read(folder + "/maps")) ?? []).split(separator: 0x0A)
        return lines.contains { line in
            // "start-end rw-s offset device inode   path", where "s" is for what is written to the file.
            let words = line.split(separator: 0x20, maxSplits: 5)
            guard words.count == 6, words[1].dropFirst().first == UInt8(ascii: "w"),
                words[1].last == UInt8(ascii: "s"), inodes.contains(String(decoding: words[4], as: UTF8.self))
            else { return false }
            return names.contains(Path.name(String(decoding: words[5].drop { $0 == 0x20 }, as: UTF8.self)))
        }
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
