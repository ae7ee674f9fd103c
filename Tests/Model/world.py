"""A scratch world: one repository, its pool, the processes that hold leases, and time as git-pool is told of it.

Everything that is started here is a child of this process or becomes one when its parent dies (prctl(2),
PR_SET_CHILD_SUBREAPER), so that "nothing runs any more" can be known and need not be waited for.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

from look import blob

LIBC = ctypes.CDLL(None, use_errno=True)
SUBREAPER, NEW_MOUNTS, REMOUNT, PRIVATE = 36, 0x20000, 0x20, (1 << 18) | (1 << 14)
PAGE = 4096
ROOMY = "size=96m"


class Stuck(Exception):
    """A program that did not end in time."""


def prepare():
    """Once a process. True if it may mount a disk of its own, which only it sees and which goes when it ends."""
    LIBC.prctl(SUBREAPER, 1, 0, 0, 0)
    return LIBC.unshare(NEW_MOUNTS) == 0 and LIBC.mount(b"none", b"/", None, PRIVATE, None) == 0


class Outcome:
    """What a program left behind: its status (128 + n for a signal), its answer and its narration."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def line(self):
        return self.out.decode(errors="replace").strip()

    @property
    def story(self):
        return (self.out + self.err).decode(errors="replace").strip()


class World:
    def __init__(self, binary, folder, has_disk):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="git-pool-model.", dir=folder))
        self.disk = self.top + "/disk"
        os.mkdir(self.disk)
        self.has_disk = has_disk and LIBC.mount(b"tmpfs", self.disk.encode(), b"tmpfs", 0, ROOMY.encode()) == 0
        self.repo, self.root = self.disk + "/repo", self.disk + "/repo.pool"
        self.common = self.repo + "/.git"
        self.seconds, self.clock, self.boot = 0, 0, None
        # How the repository is made (`shapes.py`); `given` are the objects that its submodule came with.
        self.algorithm, self.has_tables, self.has_filters, self.given = "sha1", False, False, set()
        # Files in worktrees of another repository that has its slots in the same folder.
        self.twins = {}
        # Whether keepers run, on their own time.
        self.has_keepers = False
        # Of programs: those that hold leases, by name, and those that are meant to run on.
        self.holders, self.busy = {}, set()
        tools = self.top + "/bin"
        os.mkdir(tools)
        os.symlink(os.path.realpath(binary), tools + "/git-pool")
        self.environment = {
            "PATH": tools + ":" + os.environ.get("PATH", "/usr/bin:/bin"), "HOME": self.disk + "/home",
            "XDG_STATE_HOME": self.disk + "/home/state", "TMPDIR": self.top, "GIT_CONFIG_GLOBAL": self.top + "/gitconfig",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": ":", "GIT_POOL_AUTO": "0", "GIT_POOL_SETTLED": "30",
            "LC_ALL": "C", "TZ": "UTC",
        }
        if "LD_LIBRARY_PATH" in os.environ:
            self.environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        with open(self.top + "/gitconfig", "w") as file:
            file.write("[user]\n\tname = Model\n\temail = model@example.com\n[init]\n\tdefaultBranch = main\n"
                       "[gc]\n\tauto = 0\n\twriteCommitGraph = false\n[maintenance]\n\tauto = false\n[advice]\n\tdetachedHead = false\n")
        self.reboot()

    def close(self):
        self.end_keepers()
        for name in list(self.holders):
            self.kill(name)
        for process in self.busy:
            process.kill()
        self.end_keepers()
        self.settle()
        if self.has_disk:
            LIBC.umount2(self.disk.encode(), 2)
        shutil.rmtree(self.top, ignore_errors=True)

    # What the world does

    def now(self):
        """Seconds since 1970, as git-pool is told."""
        return int(time.time()) + self.seconds + self.clock

    def start(self, name):
        if name not in self.holders:
            self.holders[name] = subprocess.Popen(["sleep", "100000"], cwd="/", env=self.environment)

    def kill(self, name):
        process = self.holders.pop(name, None)
        if process:
            process.kill()
            process.wait()

    def reboot(self):
        self.end_keepers()
        for name in list(self.holders):
            self.kill(name)
        self.boot = str(uuid.uuid4())

    def squeeze(self, pages):
        """Leaves that many pages on the disk, or makes it roomy again."""
        if not self.has_disk:
            return
        size = ROOMY
        if pages is not None:
            facts = os.statvfs(self.disk)
            size = "size=%d" % ((facts.f_blocks - facts.f_bfree + pages) * PAGE)
        LIBC.mount(b"tmpfs", self.disk.encode(), b"tmpfs", REMOUNT, size.encode())

    # Programs

    def variables(self, extra=None):
        told = {"GIT_POOL_FAKE_BOOT_ID": self.boot, "GIT_POOL_FAKE_SECONDS": str(self.seconds),
                "GIT_POOL_FAKE_CLOCK": str(self.clock)}
        date = "%d +0000" % self.now()
        return {**self.environment, **told, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, **(extra or {})}

    def spawn(self, words, cwd=None, extra=None):
        # Streams are files: a descendant that keeps one open holds nobody up.
        out, err = tempfile.TemporaryFile(dir=self.top), tempfile.TemporaryFile(dir=self.top)
        process = subprocess.Popen(
            words, cwd=cwd or self.repo, env=self.variables(extra), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            start_new_session=True)
        process.streams = out, err
        process.words = words
        return process

    def wait(self, process, limit=90):
        """The end of a program and of all that it left behind."""
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Stuck(" ".join(process.words)) from None
        self.settle()
        texts = []
        for stream in process.streams:
            stream.seek(0)
            texts.append(stream.read())
            stream.close()
        return Outcome(process.returncode if process.returncode >= 0 else 128 - process.returncode, *texts)

    def run(self, words, cwd=None, extra=None):
        return self.wait(self.spawn(words, cwd, extra))

    def git(self, *words, cwd=None, extra=None):
        return self.run(["git", *words], cwd, extra)

    def ask(self, *words, cwd=None):
        """A question to git that must be answered; without a session of its own it is a little cheaper."""
        result = subprocess.run(["git", *words], cwd=cwd or self.repo, env=self.environment, capture_output=True,
                                stdin=subprocess.DEVNULL)
        return Outcome(result.returncode, result.stdout, result.stderr)

    # Keepers

    def keepers(self):
        return [pid for pid in children(os.getpid()) if self.has_keepers and is_keeper(pid)]

    def end_keepers(self):
        """By SIGKILL: their clocks are told to them once, and nothing depends on them."""
        while self.keepers():
            for pid in self.keepers():
                os.kill(pid, signal.SIGKILL)
                while state_of(pid) not in "ZX":
                    time.sleep(0.001)
                try:
                    os.waitpid(pid, 0)
                except ChildProcessError:
                    pass
            self.settle()

    @contextlib.contextmanager
    def held_still(self):
        """While somebody looks: keepers have done what they were at, if that takes no longer than a moment, and stop."""
        stopped, end = set(), time.monotonic() + 2
        while self.has_keepers:
            running = [pid for pid in self.keepers() if pid not in stopped]
            if not running:
                break
            for pid in running:
                calm = 0
                while calm < 3 and time.monotonic() < end and state_of(pid) not in "ZX":
                    calm = calm + 1 if state_of(pid) == "S" and not descendants(pid) else 0
                    time.sleep(0.003)
                os.kill(pid, signal.SIGSTOP)
                while state_of(pid) not in "TZX":
                    time.sleep(0.001)
                self.hush(pid)
                stopped.add(pid)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

    @property
    def nothing(self):
        return blob(b"", self.algorithm)

    def stop(self, process):
        """Stops a program wherever it is; False if it has ended. What it started goes on to where it waits."""
        if process.poll() is not None:
            return False
        os.kill(process.pid, signal.SIGSTOP)
        if not self.has_stopped(process):
            return False
        self.hush(process.pid)
        return True

    @staticmethod
    def hush(pid, limit=5):
        """Waits until nothing that a stopped program started runs on: all have ended, or wait for it."""
        end, calm = time.monotonic() + limit, 0
        while calm < 3 and time.monotonic() < end:
            states = [state_of(below) for below in descendants(pid)]
            calm = 0 if "R" in states or "D" in states else calm + 1
            time.sleep(0.002)

    def has_stopped(self, process):
        """Waits until a program has stopped itself or ended; which of the two. Where what it waits for stops, so does it:
        else it would go on without that after a while."""
        while True:
            pid, status = os.waitpid(process.pid, os.WUNTRACED | os.WNOHANG)
            if pid and os.WIFSTOPPED(status):
                return True
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return False
            if stopped_below(process.pid):
                os.kill(process.pid, signal.SIGSTOP)
            time.sleep(0.001)

    @staticmethod
    def let_go(process, number=signal.SIGCONT):
        """Has a stopped program go on, or end, and what has stopped of what it started."""
        for pid in [process.pid, *stopped_below(process.pid)]:
            os.kill(pid, number)

    def settle(self, limit=60):
        """Waits for the orphans of what was killed: git children live on, and hold their slot."""
        known = {process.pid for process in [*self.holders.values(), *self.busy]}
        end = time.monotonic() + limit
        while True:
            strangers = [pid for pid in children(os.getpid())
                         if pid not in known and not (self.has_keepers and is_keeper(pid))]
            if not strangers:
                return
            for pid in strangers:
                try:
                    if os.waitpid(pid, os.WNOHANG)[0] == 0:
                        time.sleep(0.001)
                except ChildProcessError:
                    pass
            if time.monotonic() > end:
                raise Stuck("process %s outlives its command" % strangers)


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def descendants(pid):
    found, waiting = [], [pid]
    while waiting:
        below = children(waiting.pop())
        found += below
        waiting += below
    return found


def stopped_below(pid):
    return [below for below in descendants(pid) if state_of(below) == "T"]


def is_keeper(pid):
    """Whether it is one of git-pool's own that nobody waits for; before it is another program, it is its parent's twin."""
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            words = file.read().split(b"\0")
    except OSError:
        return False
    return len(words) > 1 and words[1] in (b"keeper", b"_upkeep") and state_of(pid) not in "ZX"


def state_of(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "X"
