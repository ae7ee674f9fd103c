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
NOTHING = hashlib.sha1(b"blob 0\0").hexdigest()


class Tree:
    """A worktree: its files, and what its admin directory says, if it has one that knows it."""

    def __init__(self, path, home):
        self.path, self.home = path, home
        self.files = files(path)
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
        self.trees = {}
        self.add(world.repo, world.repo, common)
        for folder in (world.root, world.disk + "/mine"):
            for name in entries(folder):
                path = folder + "/" + name
                if name in (".git-pool", "trash", "cache") or not os.path.isdir(path) or os.path.islink(path):
                    continue
                home = folder + "/" + re.sub(r"\.kept-[a-z0-9]+$", "", name.removeprefix(".fenced-"))
                self.add(path, home, admin_of(path, home))
        self.heads = {name: slurp(f"{common}/worktrees/{name}/HEAD") for name in entries(common + "/worktrees")}
        self.reach()

    def add(self, path, home, admin):
        tree = self.trees[path] = Tree(path, home)
        if not admin:
            return
        tree.admin, tree.head, tree.lock = admin, slurp(admin + "/HEAD").decode().strip(), slurp(admin + "/locked")
        tree.ref = tree.head[5:] if tree.head.startswith("ref: ") else None
        tree.commit = self.refs.get(tree.ref) if tree.ref else tree.head
        for name in OPERATIONS:
            if os.path.lexists(admin + "/" + name):
                tree.operation[name] = slurp(admin + "/" + name) if os.path.isfile(admin + "/" + name) else b""
        for name in ("MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge/autostash", "rebase-merge/orig-head", "MERGE_AUTOSTASH"):
            tree.named.update(re.findall(r"\b[0-9a-f]{40}\b", slurp(admin + "/" + name).decode(errors="replace")))
        tree.index = self.listing(("index", hashlib.sha1(slurp(admin + "/index")).digest()),
                                  "--git-dir=" + admin, "--work-tree=" + path, "ls-files", "-s", "-v", "-z", cwd=path)

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
        for folder in (self.world.common + "/logs", *(f"{self.world.common}/worktrees/{name}/logs" for name in self.heads)):
            for path, _, names in sorted(os.walk(folder)):
                for name in sorted(names):
                    logs.update(path.encode() + name.encode() + slurp(path + "/" + name))
        key = ("reach", repr(sorted(self.refs.items())), repr(self.heads), slurp(self.world.common + "/HEAD"), logs.digest())
        if self.memory.get("reach", (None,))[0] != key:
            lasting = self.world.ask("rev-list", "--all")
            logged = self.world.ask("rev-list", "--all", "--reflog")
            self.memory["reach"] = key, lasting, logged
        _, lasting, logged = self.memory["reach"]
        self.poison = next((answer.story for answer in (lasting, logged) if answer.status), None)
        self.lasting, self.logged = set(lasting.line.split()), set(logged.line.split())

    def blobs(self):
        """Every object that a ref leads to."""
        if not hasattr(self, "objects"):
            self.objects = {line[:40] for line in self.world.ask("rev-list", "--objects", "--all").line.split("\n")}
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
                has = oid in self.blobs() if between else any(entry[:2] == (mode, oid) for entry in committed.get(name, ()))
                if not has:
                    found.add((tree.home, name, mode, oid, "file"))
            for name, staged in ({} if between else tree.index).items():
                for mode, oid, flag in staged:
                    # What `git add -N` promises has no bytes yet.
                    if not any(entry[1] == oid for entry in committed.get(name, ())) and oid not in (NOTHING, "0" * 40):
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
        heads = [slurp(self.world.common + "/HEAD"), *self.heads.values()]
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


def files(top):
    """Path to mode and blob id of every file and link below a folder but its own `.git`."""
    found, folders = {}, [""]
    while folders:
        folder = folders.pop()
        for entry in os.scandir(top + "/" + folder):
            name = folder + entry.name
            if name == ".git":
                continue
            if entry.is_symlink():
                found[name] = "120000", blob(os.fsencode(os.readlink(entry.path)))
            elif entry.is_dir():
                folders.append(name + "/")
            elif entry.is_file():
                found[name] = "100755" if entry.stat().st_mode & 0o100 else "100644", blob(slurp(entry.path))
    return found


def blob(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


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
