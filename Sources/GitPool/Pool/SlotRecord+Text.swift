internal import POSIX

/// A record as text: a version line, `key value` lines with percent-escapes, each in its place, `end`. Anything else is
/// not a record.
extension SlotRecord {
    private static let version = "git-pool-slot 1"
    /// Bytes; a file that is longer is not read.
    static let longest = 1 << 20

    package var text: String {
        var writer = FieldWriter(SlotRecord.version)
        writer.put("slot", slot)
        writer.put("path", path)
        writer.put("mount", mount)
        writer.put("admin", admin)
        writer.put("work", workID)
        writer.put("adopted", isAdopted)
        writer.put("id", id.isEmpty ? nil : id)
        writer.put("head", head)
        writer.put("boot", bootID)
        writer.put("created", createdAt)
        writer.put("used", lastUsedAt)
        writer.put("uses", useCount)
        writer.put("setup", setup.isEmpty ? nil : setup)
        writer.put("base", base)
        writer.put("group", group)
        writer.put("owner", owner)
        if let lease { lease.write(to: &writer) }
        return writer.ended()
    }

    /// Nil for a record that is torn, of another version, or holds a key this version does not know.
    package init?(bytes: [UInt8]) {
        guard var fields = Fields(bytes, version: SlotRecord.version) else { return nil }
        guard let slot = fields.integer("slot"), slot > 0, let path = fields.text("path"), Path.isAbsolute(path) else {
            return nil
        }
        self.init(slot: slot, path: path)
        mount = fields.text("mount")
        admin = fields.text("admin") ?? ""
        workID = fields.text("work") ?? ""
        isAdopted = fields.flag("adopted")
        id = fields.text("id") ?? ""
        head = fields.text("head") ?? ""
        bootID = fields.text("boot") ?? ""
        guard let created = fields.integer64("created"), let used = fields.integer64("used"),
            let uses = fields.integer("uses")
        else { return nil }
        (createdAt, lastUsedAt, useCount) = (created, used, uses)
        setup = fields.text("setup") ?? ""
        base = fields.text("base")
        group = fields.text("group")
        owner = fields.text("owner")
        guard !admin.utf8.span.contains(UInt8(ascii: "/")), admin != ".", admin != "..",
            workID.isEmpty || SlotRecord.isWorkID(workID)
        else {
            return nil
        }
        if fields.isNext("lease.id") {
            guard let lease = Lease(from: &fields) else { return nil }
            self.lease = lease
        }
        guard fields.isUsedUp else { return nil }
    }

    package init?(text: String) { self.init(bytes: Array(text.utf8)) }
}

extension Lease {
    /// Whether its record has room for what its release will note there: asked wherever a user's words come in.
    var leavesRoom: Bool {
        var writer = FieldWriter("")
        write(to: &writer)
        return writer.ended().utf8.count <= SlotRecord.longest / 2
    }

    fileprivate func write(to writer: inout FieldWriter) {
        writer.put("lease.id", id)
        writer.put("lease.name", name)
        writer.put("lease.branch", branch)
        writer.put("lease.branchCreatedAt", branchCreatedAt)
        writer.put("lease.base", base)
        writer.put("lease.start", start)
        writer.put("lease.group", group)
        writer.put("lease.session", session)
        writer.put("lease.exclusive", isExclusive)
        writer.put("lease.note", note)
        writer.put("lease.leasedAt", leasedAt)
        writer.put("lease.leasedAtSinceBoot", leasedAtSinceBoot)
        writer.put("lease.ttl", ttl)
        writer.put("lease.releasedAt", orders.at)
        writer.put("lease.expiresAt", expiresAt)
        writer.put("lease.keepUntil", keepUntil)
        writer.put("lease.disposition", orders.work.rawValue)
        writer.put("lease.discarded", orders.discarded)
        writer.put("lease.branchPolicy", orders.branchPolicy.rawValue)
        for (index, process) in orders.excused.enumerated() { writer.put("lease.excused.\(index)", process.text) }
        writer.put("lease.left", orders.left?.text)
        for (index, reason) in keptBecause.enumerated() { writer.put("lease.kept.\(index)", reason) }
        for (index, claim) in claims.enumerated() { writer.put("lease.claim.\(index)", claim) }
        writer.put("lease.origin", origin?.rawValue)
        writer.put("lease.waited", waited)
        writer.put("lease.reaped", orders.isReaped)
        for field in holder.fields { writer.put(field.key, field.value) }
    }

    fileprivate init?(from fields: inout Fields) {
        guard let id = fields.text("lease.id"), !id.isEmpty, !id.utf8.span.contains(UInt8(ascii: "/")),
            let name = fields.text("lease.name")
        else { return nil }
        let branch = fields.text("lease.branch")
        let branchCreatedAt = fields.text("lease.branchCreatedAt")
        let base = fields.text("lease.base")
        guard let start = fields.text("lease.start") else { return nil }
        (self.id, self.name, self.start) = (id, name, start)
        (self.branch, self.branchCreatedAt, self.base) = (branch, branchCreatedAt, base)
        group = fields.text("lease.group")
        session = fields.text("lease.session")
        isExclusive = fields.flag("lease.exclusive")
        note = fields.text("lease.note")
        guard let leasedAt = fields.integer64("lease.leasedAt") else { return nil }
        self.leasedAt = leasedAt
        leasedAtSinceBoot = fields.integer64("lease.leasedAtSinceBoot") ?? 0
        ttl = fields.integer64("lease.ttl")
        let releasedAt = fields.integer64("lease.releasedAt")
        expiresAt = fields.integer64("lease.expiresAt")
        keepUntil = fields.integer64("lease.keepUntil")
        guard let work = fields.text("lease.disposition").flatMap(Release.Work.init(rawValue:)) else { return nil }
        let discarded = fields.text("lease.discarded")
        guard let policy = fields.text("lease.branchPolicy").flatMap(Release.BranchPolicy.init(rawValue:)) else {
            return nil
        }
        var orders = Release(at: releasedAt, work: work, branchPolicy: policy)
        orders.discarded = discarded
        orders.excused = fields.list("lease.excused.").compactMap(Bystander.init(text:))
        if let text = fields.text("lease.left") {
            guard let left = LeftBranch(text: text) else { return nil }
            orders.left = left
        }
        keptBecause = fields.list("lease.kept.")
        claims = fields.list("lease.claim.")
        if let word = fields.text("lease.origin") {
            guard let known = Origin(rawValue: word) else { return nil }
            origin = known
        }
        waited = fields.integer64("lease.waited")
        orders.isReaped = fields.flag("lease.reaped")
        release = orders == Release() ? nil : orders
        holder = Holder(fields: fields.all(prefixed: "holder."))
    }
}
