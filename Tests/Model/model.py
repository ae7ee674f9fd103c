"""The reference model: which leases must stand, whose work must be kept, and what no step of git-pool may ever do.

It is strict about what the contract promises and silent where that leaves room, such as which slot is taken. Its ledger
is what the last look showed: whatever a *user's* own step throws away is the user's, but from each step of git-pool, and
each piece of plain git housekeeping, everything of before must come out again.
"""

import os
from dataclasses import dataclass, field

from look import COUNTED, LINK, Look, slurp

STATUSES = {0, 1, 3, 4, 5, 6, 7, 8, 9, 128}
SAVE_EXPIRE = 30 * 86400
KILLED = 137


class Violation(Exception):
    """A promise that was broken; `kind` is the same for the same promise, so that shrinking can tell."""

    def __init__(self, kind, text):
        super().__init__(f"{kind}: {text}")
        self.kind = kind


@dataclass
class Lease:
    name: str
    path: str
    branch: str | None
    holder: str | None


@dataclass
class Step:
    """What is about to happen, as far as the model has to know it."""
    words: list = field(default_factory=list)
    # Leases by name that it may end or change, all of them for "*".
    targets: set = field(default_factory=set)
    is_disturbed: bool = False
    # Files whose loss the user asked for, until they are written anew.
    discards: bool = False
    lands: bool = False
    drops: bool = False
    logs_expire: bool = False
    # Folders that the user points it to.
    places: set = field(default_factory=set)


class Model:
    def __init__(self, world):
        self.world = world
        self.memory = {}
        self.leases = {}
        # The last path of every name, and files that `--discard` may take.
        self.places, self.discarded, self.forgone = {}, set(), set()
        self.limit, self.trusted_since, self.keeps_done = 64, 0, False
        self.tokens, self.looks, self.commits_seen = set(), 0, set()
        self.now = self.look()

    def look(self):
        self.looks += 1
        with self.world.held_still():
            return Look(self.world, self.memory)

    def take(self):
        """After a user's own step: what there is now is what must be kept."""
        self.now = self.look()
        self.count()

    def count(self):
        self.tokens.update(item[3] for item in self.now.work())
        self.commits_seen.update(self.now.logged)

    # Leases

    def begin(self, name, path, branch, holder):
        for other in self.leases.values():
            if other.path == path:
                raise Violation("taken", f"'{name}' got {path}, which '{other.name}' has")
        self.leases[name] = Lease(name, path, branch, holder)
        self.places[name] = path

    def end(self, name):
        self.leases.pop(name, None)

    def end_of(self, holder):
        for lease in [lease for lease in self.leases.values() if lease.holder == holder]:
            self.end(lease.name)

    def place(self, name):
        return self.leases[name].path if name in self.leases else self.places.get(name)

    def discard(self, name):
        """The user gave these up; what only a .gitignore of the lease hides is not judged, and not meant."""
        home = self.place(name)
        hides = os.path.exists(f"{home}/.gitignore") and b"hidden" in slurp(f"{home}/.gitignore")
        self.forgone |= {item for item in self.now.subs if item[0] == home}
        self.discarded |= {item for item in self.now.work() if item[0] == home and not (hides and "hidden" in item[1])}

    # Promises

    def check(self, step):
        """After a step of git-pool or plain housekeeping: all promises, against the look before it."""
        before, after = self.now, self.look()
        self.check_git(after)
        self.check_bystanders(before, after, step)
        self.check_leases(before, after, step)
        self.check_saves(before, after, step)
        self.check_commits(before, after, step)
        self.check_work(before, after, step)
        self.check_limit(before, after)
        self.now = after
        self.count()

    def check_git(self, after):
        if after.poison:
            raise Violation("poison", after.poison)
        twice = {ref for ref in after.branches() if after.branches().count(ref) > 1}
        if twice - {ref for ref in self.now.branches() if self.now.branches().count(ref) > 1}:
            raise Violation("branch twice", f"{sorted(twice)} in {after.heads}")
        key = repr(sorted(after.refs.items())) + repr(after.heads)
        if self.memory.get("sound") != key:
            fsck = self.world.ask("fsck", "--no-progress", "--no-dangling")
            if fsck.status or b"missing" in fsck.out + fsck.err:
                raise Violation("fsck", fsck.story)
            self.memory["sound"] = key

    def check_bystanders(self, before, after, step):
        """What is none of git-pool's business: configuration, stashes, the user's own worktrees and branches."""
        for name, was, is_now in (("config", before.config, after.config), ("stash", before.stash, after.stash)):
            if was != is_now and not step.logs_expire:
                raise Violation("touched", f"{name} is {is_now!r}, was {was!r}")
        for path, text in self.world.twins.items():
            if slurp(path) != text:
                raise Violation("touched", f"{path} of the other repository is {slurp(path)!r}")
        ours = {record.get("path") for record in [*before.records, *after.records]}
        for path, tree in before.trees.items():
            if path.startswith(self.world.root) or path in ours | step.places:
                continue
            if step.lands and path == self.world.repo:
                continue
            self.check_same(path, tree, after.trees.get(path), before, after, "touched")
        leased = {record.get("lease.branch") for record in before.records} | {lease.branch for lease in self.leases.values()}
        for ref, oid in before.refs.items():
            short = ref.removeprefix("refs/heads/")
            if not ref.startswith(("refs/heads/", "refs/tags/")) or short in leased or (step.lands and short == "main"):
                continue
            if after.refs.get(ref) != oid:
                raise Violation("branch touched", f"{ref} was {oid}, is {after.refs.get(ref)}")

    def check_same(self, path, was, is_now, before, after, kind):
        if is_now is None:
            raise Violation(kind, f"{path} is gone")
        if was.files != is_now.files:
            changed = {name for name in was.files.keys() | is_now.files.keys() if was.files.get(name) != is_now.files.get(name)}
            raise Violation(kind, f"files of {path}: {sorted(changed)}")
        if was.head is None:
            # Somebody took its .git file away, and resumed the lease: 'doctor --fix' may put it back.
            return
        for name in ("head", "index", "operation"):
            if getattr(was, name) != getattr(is_now, name):
                raise Violation(kind, f"{name} of {path} was {getattr(was, name)}, is {getattr(is_now, name)}")
        if was.ref and before.refs.get(was.ref) != after.refs.get(was.ref):
            raise Violation(kind, f"branch {was.ref} of {path} moved")

    def check_leases(self, before, after, step):
        for lease in self.leases.values():
            if lease.name in step.targets or "*" in step.targets:
                continue
            found = [record for record in after.records
                     if record.get("lease.name") == lease.name and record["state"] in COUNTED]
            if [(record["state"], record["path"]) for record in found] != [("leased", lease.path)]:
                shown = [(record["state"], record["path"], record.get("lease.branch")) for record in found]
                raise Violation("taken", f"'{lease.name}' at {lease.path} is {shown}")
            if lease.path in before.trees and lease.path not in step.places:
                self.check_same(lease.path, before.trees[lease.path], after.trees.get(lease.path), before, after, "taken")

    def check_saves(self, before, after, step):
        lost = {ref: oid for ref, oid in before.saves.items() if after.saves.get(ref) != oid}
        self.expired = set()
        for ref, oid in lost.items():
            age = self.world.now() - before.dates[ref]
            is_due = age >= SAVE_EXPIRE - 120 and self.world.seconds - self.trusted_since >= 3600
            if ref in after.saves or not (step.drops or is_due):
                raise Violation("save lost", f"{ref} {oid} of {age} s is {after.saves.get(ref)}")
        if lost:
            self.expired = set(self.world.ask("rev-list", *lost.values()).line.split())

    def check_commits(self, before, after, step):
        lost = before.lasting - after.lasting - self.expired
        if step.lands and step.is_disturbed:
            # A landing that was killed between a rebase and its save: the reflog has them until the slot is recycled.
            lost -= after.logged
        if lost:
            lost &= before.claimed()
        if lost:
            raise Violation("commit lost", f"no ref leads to {sorted(lost)[:3]} any more")
        lost = set() if step.logs_expire else before.logged - after.logged - self.expired
        if lost:
            raise Violation("commit lost", f"no reflog leads to {sorted(lost)[:3]} any more")
        if step.logs_expire:
            return
        named = {oid for tree in before.trees.values() for oid in tree.named}
        still = {oid for tree in after.trees.values() for oid in tree.named} | after.logged
        if named - still - self.expired:
            raise Violation("commit lost", f"{sorted(named - still)} was named by an operation")

    def check_work(self, before, after, step):
        lost = {oid for _, oid in before.subs - self.forgone} - {oid for _, oid in after.subs}
        if lost:
            raise Violation("commit lost", f"no submodule's repository has {sorted(lost)[:3]} any more")
        for item in sorted(before.work() - self.discarded):
            if not after.holds(item) and not self.is_waived(item, before) and not self.is_ignored(item, after):
                raise Violation("work lost", f"{item}; state {before.state(item[0])} -> {after.state(item[0])}")

    def is_waived(self, item, before):
        """A save that was past its time had it, and nothing else."""
        return bool(self.expired) and item[3] in {
            oid for ref, save in before.saves.items() if save in self.expired for oid in self.now.saved(save)[1]}

    def is_ignored(self, item, after):
        """`pool.recycle=pristine` deletes what the base itself ignores, also by a rule that a lease has landed there."""
        if b"pristine" not in after.config or "hidden" not in item[1]:
            return False
        rules = after.contents(after.refs["refs/heads/main"]).get(".gitignore", ())
        return any(b"hidden" in self.world.ask("cat-file", "-p", entry[1]).out for entry in rules)

    def check_limit(self, before, after):
        # Nobody was given what was only found; why it is kept may be told anew.
        found = {
            record.get("lease.id") for look in (before, after) for record in look.records
            if record.get("lease.name", "").startswith("found-")
            or record.get("lease.kept.0") == "it was set aside, and mended"}

        def counted(look):
            return sum(record["state"] in COUNTED and record.get("lease.id") not in found for record in look.records)

        if counted(after) > max(self.limit, counted(before)):
            raise Violation("cap", f"{counted(after)} leases where {self.limit} may be")

    def check_new(self, lease, before):
        """A new lease is at its branch's commit, and has nothing that is not in it; but whoever changed files of an idle
        slot without a commit finds them, or their absence, again."""
        kept = {item for item in before.work() if item[0] == lease.path}
        stood = before.trees.get(lease.path)
        tree = self.now.trees.get(lease.path)
        if not tree or not tree.commit:
            raise Violation("new lease", f"no worktree at {lease.path}")
        if lease.branch is not None and tree.ref != "refs/heads/" + lease.branch:
            raise Violation("new lease", f"{lease.path} is on {tree.head}, not on {lease.branch}")
        strange = {item for item in self.now.work() if item[0] == lease.path} - kept
        missing = {name for name, found in self.now.contents(tree.commit).items()
                   if name not in tree.files and (not stood or name in stood.files)
                   and not any(entry[0] == LINK for entry in found)}
        if strange or missing or tree.operation and not (stood and stood.operation):
            raise Violation("new lease", f"{lease.path}: {sorted(strange)} {sorted(missing)} {tree.operation}")
