"""What the measurements share: a scratch world, repositories of a given size, and times of whole processes.

A time is taken from just before posix_spawn(3) to the return of wait4(2), so it is what a caller waits. What is compared
is measured in alternation in one run, because the machine's mood changes between runs, and given as a median.
"""

import contextlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


class World:
    """A home, a configuration and a PATH of their own; removed at the end."""

    def __init__(self, binary, folder=None):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="git-pool-bench.", dir=folder))
        tools = os.path.join(self.top, "bin")
        os.makedirs(tools)
        os.symlink(os.path.realpath(binary), os.path.join(tools, "git-pool"))
        self.environment = {
            "PATH": tools + ":" + os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": self.top,
            "GIT_CONFIG_GLOBAL": os.path.join(self.top, "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C",
            "TMPDIR": self.top,
        }
        with open(self.environment["GIT_CONFIG_GLOBAL"], "w") as file:
            file.write("[user]\n\tname = Bench\n\temail = bench@example.com\n[init]\n\tdefaultBranch = main\n")
            # Other tools are measured beside us: git must not start to repack in the middle.
            file.write("[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n")

    def run(self, words, cwd=None, env=None, check=True):
        """For what is not measured; the output as text."""
        result = subprocess.run(
            words, cwd=cwd or self.top, env={**self.environment, **(env or {})}, capture_output=True, text=True,
            stdin=subprocess.DEVNULL)
        if check and result.returncode:
            sys.exit(f"{' '.join(words)} -> {result.returncode}\n{result.stderr}")
        return result.stdout.strip()

    def time(self, words, cwd, env=None, check=True):
        """Milliseconds of one process and all it waits for; its streams lead nowhere."""
        environment = {**self.environment, **(env or {})}
        executable = shutil.which(words[0], path=environment["PATH"])
        null = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_RDWR, 0) for n in (0, 1, 2)]
        before = os.getcwd()
        os.chdir(cwd)
        try:
            start = time.perf_counter()
            pid = os.posix_spawn(executable, words, environment, file_actions=null)
            _, status, _ = os.wait4(pid, 0)
            taken = (time.perf_counter() - start) * 1000
        finally:
            os.chdir(before)
        if check and status:
            sys.exit(f"{' '.join(words)} -> {os.waitstatus_to_exitcode(status)}")
        return taken

    def close(self):
        shutil.rmtree(self.top, ignore_errors=True)


class Source:
    """Text that is as hard to compress as source code: 3.7 to 1, where C, Python and Swift on one machine came to 2.9 to
    4.4. A line that is said over and over comes to 50 to 1, and git then makes files for next to nothing."""

    def __init__(self):
        chance = random.Random(1)
        words = ["".join(chance.choices("etaoinshrdlucmfwyp", k=chance.randint(2, 9))) for _ in range(600)]
        self.words = chance.choices(words, [(rank + 1) ** -1.3 for rank in range(len(words))], k=1 << 17)

    def text(self, number, size):
        """The same for the same number."""
        lines, length, at = [f"file {number}"], 0, number * 7919
        while length < size:
            first = at % (len(self.words) - 8)
            lines.append("    " * (first % 3) + " ".join(self.words[first:first + 7]))
            length += len(lines[-1]) + 1
            at += 7 + number % 5
        return ("\n".join(lines) + "\n").encode()


def make_repository(world, path, files, size=6000):
    """A repository of `files` text files of about `size` bytes, two hundred a folder, in one pack."""
    world.run(["git", "init", "-q", path])
    importer = subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=path, env=world.environment, stdin=subprocess.PIPE)
    out, source = importer.stdin, Source()
    out.write(b"commit refs/heads/main\ncommitter Bench <bench@example.com> 1767225600 +0000\ndata 5\nfirst\n")
    for number in range(files):
        text = source.text(number, size * (1 + number % 3) // 2)
        name = f"part{number // 200:04}/file{number:06}.txt".encode()
        out.write(b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(text), text))
    out.write(b"done\n")
    out.close()
    if importer.wait():
        sys.exit("git fast-import failed")
    world.run(["git", "reset", "-q", "--hard"], path)
    world.run(["git", "status"], path)
    return path


def alternate(rounds, *ways):
    """Calls each way in turn, `rounds` times; the times of each."""
    times = [[] for _ in ways]
    for _ in range(rounds):
        for index, way in enumerate(ways):
            times[index].append(way())
    return times


def median(times):
    return statistics.median(times)


def quantile(times, part):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


class Table:
    """Rows of what was measured, beside its budget."""

    def __init__(self):
        self.rows = []

    def add(self, what, ours, other, ratio, budget, holds):
        row = (what, ours, other, ratio, budget, "-" if holds is None else "yes" if holds else "NO")
        self.rows.append(row)
        print("  ".join(str(cell) for cell in row), file=sys.stderr, flush=True)

    def text(self):
        head = ("what", "git-pool", "beside", "ratio", "budget", "met")
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in self.rows]
        return "\n".join(lines)


def milliseconds(value):
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


@contextlib.contextmanager
def loop_mount(kind, size, folder):
    """A file system of this kind on a loop file; None where it cannot be made or mounted."""
    image = os.path.join(folder, kind + ".img")
    place = os.path.join(folder, kind)
    make = {"btrfs": ["mkfs.btrfs", "-q"], "xfs": ["mkfs.xfs", "-q", "-m", "reflink=1"], "ext4": ["mkfs.ext4", "-q"]}
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    os.makedirs(place, exist_ok=True)
    with open(image, "wb") as file:
        file.truncate(size)
    mounted = False
    try:
        for words in (make[kind] + [image], ["mount", "-o", "loop", image, place]):
            program = shutil.which(words[0], path=path)
            if not program or subprocess.run([program] + words[1:], capture_output=True).returncode:
                yield None
                return
        mounted = True
        yield place
    finally:
        if mounted:
            subprocess.run(["umount", place], check=False)
        os.unlink(image)


def machine():
    """One line on where the figures come from."""
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    system = os.uname()
    git = subprocess.run(["git", "--version"], capture_output=True, text=True).stdout.strip()
    return f"{len(names)} × {names[0] if names else system.machine}, {system.sysname} {system.release}, {git}"
