"""What users do by hand and by plain git, in worktrees of leases, their own, and such as nobody has leased."""

import os
import shlex
import shutil

from look import blob, slurp
from model import Step, Violation


class Skip(Exception):
    """A line makes no sense here."""


class Hands:
    """The verbs of a script that are no call of git-pool; `Player` gives them a world, a model and names of places."""

    def own(self):
        self.figures["user"] += 1
        self.model.take()

    @staticmethod
    def put(folder, name, text):
        """A file where a folder, a link or a file above it may be in the way."""
        path = folder
        for part in name.split("/")[:-1]:
            path += "/" + part
            if os.path.islink(path) or os.path.isfile(path):
                os.unlink(path)
        os.makedirs(path, exist_ok=True)
        path = folder + "/" + name
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
        with open(path, "w") as file:
            file.write(text)

    def do_write(self, rest):
        tree, name, number = shlex.split(rest)
        text = f"precious {number}\n" if number.isdigit() else number + "\n"
        self.put(self.place(tree), name, text)
        self.own()
        if self.world.has_keepers and number.isdigit() and ".o" not in name:
            self.check_written(name, blob(text.encode(), self.world.algorithm))

    def check_written(self, name, oid):
        """Whatever a keeper did between the writing and the look, it is somewhere."""
        now = self.model.now
        if any(oid == entry[1] for tree in now.trees.values() for entry in tree.files.values()):
            return
        if not any(oid == entry[1] for save in now.saves.values() for found in now.saved(save)[0].values() for entry in found):
            raise Violation("work lost", f"{name} {oid} was written and is nowhere")

    def do_remove(self, rest):
        tree, name = shlex.split(rest)
        path = self.place(tree) + "/" + name
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
        self.own()

    def do_chmod(self, rest):
        tree, name = shlex.split(rest)
        path = self.place(tree) + "/" + name
        if not os.path.isfile(path):
            raise Skip
        os.chmod(path, os.stat(path).st_mode ^ 0o111)
        self.own()

    def do_link(self, rest):
        tree, name, target = shlex.split(rest)
        self.put(self.place(tree), name, "")
        os.unlink(self.place(tree) + "/" + name)
        os.symlink(target, self.place(tree) + "/" + name)
        self.own()

    def do_git(self, rest):
        tree, *words = shlex.split(rest)
        # With a split index git alone (2.39) writes trees that its fsck refuses, where 'add -N' was before.
        if words[0] == "sparse-checkout" and self.world.ask("config", "core.splitIndex").out == b"true\n":
            return
        self.world.git(*self.resolved(words), cwd=self.place(tree))
        self.own()

    def do_tidy(self, rest):
        # Whose folder is gone and who is not locked is dropped by git itself.
        for name in os.listdir(self.world.common + "/worktrees") if os.path.isdir(self.world.common + "/worktrees") else []:
            admin = f"{self.world.common}/worktrees/{name}"
            if not os.path.exists(slurp(admin + "/gitdir").decode().strip()) and not os.path.exists(admin + "/locked"):
                return self.do_git("main " + rest)
        self.world.git(*shlex.split(rest))
        self.model.check(Step(words=["tidy"], logs_expire=rest.startswith("reflog")))

    def do_wreck(self, rest):
        """What is done to a lease's worktree by hand ends what the model promises of it, not what it promises of work."""
        what, name, *more = shlex.split(rest)
        path, world = self.place(name), self.world
        admin = slurp(path + "/.git").decode().removeprefix("gitdir: ").strip()
        # By whatever name: an old one may lead to a lease of today.
        for lease in [lease for lease in self.model.leases.values() if lease.path == path]:
            self.model.end(lease.name)
        self.model.end(name)
        if what == "wipe":
            shutil.rmtree(path)
        elif what == "lose-git-file":
            os.path.exists(path + "/.git") and os.unlink(path + "/.git")
        elif what == "lose-admin":
            admin.startswith(world.common + "/worktrees/") and shutil.rmtree(admin, ignore_errors=True)
        elif what == "remove":
            world.git("worktree", "remove", *more, path)
        elif what == "move":
            world.git("worktree", "move", "-f", "-f", path, f"{world.disk}/mine/{more[0]}")
        elif what == "lock":
            world.git("worktree", "unlock", path)
            world.git("worktree", "lock", "--reason", "mine", path)
        elif what == "unlock":
            world.git("worktree", "unlock", path)
        self.own()
