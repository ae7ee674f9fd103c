"""One look at a world while nothing runs in it: what stands on the disk and what git's refs lead to.

Trees, heads and indexes are read as files; git is asked only about objects, and only once about each.
"""

import hashlib
import os
import re
import urllib.parse

COUNTED = {"leasing", "leased", "releasing", "expiring", "orphaned"}
# States in which a tree may hold what git-pool itself was about to write there.
BETWEEN = {"leasing", "warming", "cleaning", "trash"}
OPERATIONS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "sequencer", "BISECT_LOG")
SHA256 = "sha256"
ID = r"\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b"
LINK = "160000"


class Tree:
    """A worktree: its files, and what its admin directory says, if it has one that knows it."""

    def __init__(self, path, home):
        self.path, self.home = path, home
        # By name, what a clean filter makes of a file.
        self.files, self.cleaned = {}, {}
        self.admin = self.head = self.ref = self.commit = None
        self.index, self.operation, self.named, self.lock = {}, {}, set(), None


class Look:
    def __init__(self, world, memory):
        self.world, self.memory = world, memory
        common = world.common
        self.refs, self.dates = {}, {}
        for line in world.ask("for-each-ref", "--format=%(refname) %(objectname) %(committerdate:unix)").line.split("\n"):
            words = line.split(" ")
            if len(words) > 1:
                self.refs[words[0]], self.dates[words[0]] = words[1], int(words[2] or 0)
        self.saves = {ref: oid for ref, oid in self.refs.items() if ref.startswith("refs/pool/saved/")}
        self.records = records(common + "/pool/slots")
        self.config, self.stash = slurp(common + "/config"), slurp(common + "/logs/refs/stash")
        if world.has_tables:
            self.stash = world.ask("log", "-g", "--format=%gd %H %gs", "refs/stash", "--").out
        self.trees = {}
        self.add(world.repo, world.repo, common)
        for folder in (world.root, world.disk + "/mine"):
            for name in entries(folder):
                path = folder + "/" + name
                if name in (".git-pool", "trash", "cache") or not os.path.isdir(path) or os.path.islink(path):
                    continue
                if self.is_others(path):
                    continue
                home = folder + "/" + re.sub(r"\.kept-[a-z0-9]+$", "", name.removeprefix(".fenced-"))
                self.add(path, home, admin_of(path, home))
        self.heads = {name: self.head(f"{common}/worktrees/{name}") for name in entries(common + "/worktrees")}
        self.main_head = self.head(common)
        self.reach()
        self.submodules()

    def add(self, path, home, admin):
        tree = self.trees[path] = Tree(path, home)
        tree.files, tree.cleaned = files(path, self.world)
        if not admin:
            return
        tree.admin, tree.head, tree.lock = admin, self.head(admin).decode().strip(), slurp(admin + "/locked")
        tree.ref = tree.head[5:] if tree.head.startswith("ref: ") else None
        tree.commit = self.refs.get(tree.ref) if tree.ref else tree.head
        for name in OPERATIONS:
            if os.path.lexists(admin + "/" + name):
                tree.operation[name] = slurp(admin + "/" + name) if os.path.isfile(admin + "/" + name) else b""
        for name in ("CHERRY_PICK_HEAD", "REVERT_HEAD") if self.world.has_tables else ():
            oid = self.world.ask("--git-dir=" + admin, "rev-parse", "-q", "--verify", name)
            if oid.status == 0:
                tree.operation[name] = oid.out
                tree.named.add(oid.line)
        for name in ("MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge/autostash", "rebase-merge/orig-head", "MERGE_AUTOSTASH"):
            tree.named.update(re.findall(ID, slurp(admin + "/" + name).decode(errors="replace")))
        tree.index = self.listing(("index", hashlib.sha1(slurp(admin + "/index")).digest()),
                                  "--git-dir=" + admin, "--work-tree=" + path, "ls-files", "-s", "-v", "-z", cwd=path)

    def is_others(self, path):
        """Whether another repository has it."""
        text = slurp(path + "/.git").decode(errors="replace").strip()
        return text.startswith("gitdir: ") and not text[8:].startswith(self.world.common + "/") and os.path.isdir(text[8:])

    def head(self, admin):
        """As the file HEAD has it where refs are files."""
        if not self.world.has_tables:
            return slurp(admin + "/HEAD")
        tables = sorted(entries(admin + "/reftable")) + sorted(entries(self.world.common + "/reftable"))
        key = ("head", admin, repr(tables), slurp(admin + "/reftable/tables.list"))
        if key not in self.memory:
            ref = self.world.ask("--git-dir=" + admin, "symbolic-ref", "-q", "HEAD")
            self.memory[key] = b"ref: " + ref.out if ref.status == 0 else \
                self.world.ask("--git-dir=" + admin, "rev-parse", "-q", "--verify", "HEAD").out
        return self.memory[key]

    def submodules(self):
        """`(home, id)` of commits in the repositories of submodules that are not in the one they came from."""
        self.subs = set()
        if not self.world.given:
            return
        for tree in self.trees.values():
            module = (tree.admin or "") + "/modules/sub"
            if tree.admin and os.path.isdir(module):
                words = ["--git-dir=" + module, "rev-list", "--all", "--reflog"]
                found = self.world.ask(*words, "HEAD").line or self.world.ask(*words).line
                self.subs.update((tree.home, oid) for oid in found.split() if oid not in self.world.given)

    # What git knows

    def listing(self, key, *words, cwd=None):
        """`path -> {(mode, id)}` of an index or a tree, remembered by what it was made from."""
        if key not in self.memory:
            found = {}
            for record in self.world.ask(*words, cwd=cwd).out.split(b"\0"):
                fields, _, name = record.partition(b"\t")
                fields = fields.decode().split(" ")
                if len(fields) > 2:
                    # An index line is "tag mode id stage", a tree's "mode type id".
                    mode, oid = (fields[1], fields[2]) if key[0] == "index" else (fields[0], fields[2])
                    flag = fields[0] + fields[3] if key[0] == "index" else ""
                    found.setdefault(os.fsdecode(name), set()).add((mode, oid, flag))
            self.memory[key] = found
        return self.memory[key]

    def contents(self, revision):
        return self.listing(("tree", revision), "ls-tree", "-r", "-z", "--full-tree", revision)

    def saved(self, oid):
        """What a save has: its files, and every blob of the state beside them."""
        if ("save", oid) not in self.memory:
            parents = self.world.ask("rev-list", "--parents", "-n1", oid).line.split(" ")[1:]
            blobs = set()
            for parent in parents[:2]:
                for name, found in self.contents(parent).items():
                    if name.startswith(("staged/", "unmerged/")):
                        blobs.update(oid for _, oid, _ in found)
            self.memory["save", oid] = blobs
        return self.contents(oid), self.memory["save", oid]

    def reach(self):
        """Commits that refs and HEADs lead to, and those that only reflogs remember."""
        logs = hashlib.sha1()
        kept = "reftable" if self.world.has_tables else "logs"
        for folder in (f"{self.world.common}/{kept}", *(f"{self.world.common}/worktrees/{name}/{kept}" for name in self.heads)):
            for path, _, names in sorted(os.walk(folder)):
                for name in sorted(names):
                    logs.update(path.encode() + name.encode() + slurp(path + "/" + name))
        key = ("reach", repr(sorted(self.refs.items())), repr(self.heads), self.main_head, logs.digest())
        if self.memory.get("reach", (None,))[0] != key:
            lasting = self.world.ask("rev-list", "--all")
            logged = self.world.ask("rev-list", "--all", "--reflog")
            self.memory["reach"] = key, lasting, logged
        _, lasting, logged = self.memory["reach"]
        self.poison = next((answer.story for answer in (lasting, logged) if answer.status), None)
        self.lasting, self.logged = set(lasting.line.split()), set(logged.line.split())

    def claimed(self):
        """Those of `lasting` that more leads to than the HEAD of an idle slot where it was parked: the rest was let go of before."""
        parked = {record.get("head") for record in self.records if record["state"] == "idle"}
        heads = {head.decode().strip() for head in (self.main_head, *self.heads.values())} - parked
        tips = {*self.refs.values(), *(head for head in heads if re.fullmatch(ID, head))}
        found = self.world.ask("rev-list", *tips)
        return set(found.line.split()) if tips and found.status == 0 else self.lasting

    def blobs(self):
        """Every object that a ref leads to."""
        if not hasattr(self, "objects"):
            self.objects = {line.split(" ")[0] for line in self.world.ask("rev-list", "--objects", "--all").line.split("\n")}
        return self.objects

    # What is somebody's

    def state(self, home):
        return next((record["state"] for record in self.records if record.get("path") == home), None)

    def work(self):
        """`(home, path, mode, id, where)` of all that no commit has as it is: files, and what is staged."""
        found = set()
        for tree in self.trees.values():
            between = tree.commit is None or self.state(tree.home) in BETWEEN
            committed = self.contents(tree.commit) if tree.commit and not between else {}
            for name, (mode, oid) in tree.files.items():
                if ".o/" in name + "/" or "/.git/" in name or name.endswith("/.git"):
                    continue
                known = {oid, tree.cleaned.get(name, oid)}
                if name.startswith("sub/") and oid in self.world.given:
                    continue
                has = known & self.blobs() if between else any(
                    entry[0] == mode and entry[1] in known for entry in committed.get(name, ()))
                if not has:
                    found.add((tree.home, name, mode, oid, "file"))
            for name, staged in ({} if between else tree.index).items():
                for mode, oid, flag in staged:
                    # What `git add -N` promises has no bytes yet.
                    if not any(entry[1] == oid for entry in committed.get(name, ())) and mode != LINK and oid.strip("0") and oid != self.world.nothing:
                        found.add((tree.home, name, mode, oid, "staged"))
        return found

    def holds(self, item):
        """Whether an item of `work` is where it was, or in a save from which `restore` would bring it back."""
        home, name, mode, oid, where = item
        for tree in self.trees.values():
            if tree.home != home:
                continue
            if where == "file" and tree.files.get(name) == (mode, oid):
                return True
            if where == "staged" and any(entry[1] == oid for entry in tree.index.get(name, ())):
                return True
        for save in self.saves.values():
            contents, blobs = self.saved(save)
            if where == "file" and any(entry[:2] == (mode, oid) for entry in contents.get(name, ())):
                return True
            if where == "staged" and oid in blobs | {entry[1] for entry in contents.get(name, ())}:
                return True
        return False

    def branches(self):
        """Each branch that a worktree has checked out, as often as one has."""
        heads = [self.main_head, *self.heads.values()]
        return [head.decode().strip()[5:] for head in heads if head.startswith(b"ref: ")]


def entries(folder):
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def slurp(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def admin_of(path, home):
    """The admin directory that a tree's `.git` file names, if that one names the tree's home."""
    text = slurp(path + "/.git").decode(errors="replace")
    admin = text[8:].strip() if text.startswith("gitdir: ") else ""
    return admin if admin and slurp(admin + "/gitdir").decode(errors="replace").strip() == home + "/.git" else None


def files(top, world):
    """Path to mode and blob id of every file and link below a folder but its own `.git`; and, of those that a filter
    changes, to the id of what it makes of them."""
    found, cleaned, folders = {}, {}, [""]
    while folders:
        folder = folders.pop()
        for entry in os.scandir(top + "/" + folder):
            name = folder + entry.name
            if name == ".git":
                continue
            if entry.is_symlink():
                found[name] = "120000", blob(os.fsencode(os.readlink(entry.path)), world.algorithm)
            elif entry.is_dir():
                folders.append(name + "/")
            elif entry.is_file():
                data = slurp(entry.path)
                found[name] = "100755" if entry.stat().st_mode & 0o100 else "100644", blob(data, world.algorithm)
                if world.has_filters and name.endswith(".big"):
                    cleaned[name] = blob(pointer(data), world.algorithm)
    return found, cleaned


def pointer(data):
    """What the filter of `shapes.py` makes of a file, as git-lfs does: one of the store's own is left as it is."""
    return data if data.startswith(b"pointer ") else b"pointer " + hashlib.sha256(data).hexdigest().encode() + b"\n"


def blob(data, algorithm="sha1"):
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()


def records(folder):
    """The slots as their records tell, each with its number and state."""
    found = []
    for name in entries(folder):
        number, _, state = name.partition(".")
        if not number.isdigit() or state == "lock" or "." in state:
            continue
        lines = slurp(folder + "/" + name).decode(errors="replace").split("\n")
        fields = dict(line.split(" ", 1) for line in lines if " " in line)
        found.append({**{key: urllib.parse.unquote(value) for key, value in fields.items()},
                      "number": int(number), "state": state})
    return found
