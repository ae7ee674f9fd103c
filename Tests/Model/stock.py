"""What the dealer chooses from."""

import re

NAMES = ["a", "b", "c", "d", "e", "x/y", "x", "a1", "b1", "c1", "d1", "e1"]
HOLDERS = ["h1", "h2", "h3"]
FILES = ["a.txt", "d/b.txt", "d", "d/e", "d/e/c.txt", "new.txt", "n/e/w.txt", "cache.o", "run.sh", "link", "hidden1",
         "hidden/2.txt", "odd name\u00e9.txt"]
TIDY = ["gc -q --prune=now", "worktree prune --expire=now", "fetch -q .", "pack-refs --all", "repack -adq", "prune",
        "reflog expire --expire=now --expire-unreachable=now --all", "worktree list", "status"]
BESIDE = ["fetch -q .", "worktree list", "for-each-ref", "branch -a", "rev-list --all"]
# Milliseconds after which a program is killed or stopped, wherever it is.
MOMENTS = ["1", "2", "4", "6", "8", "11", "14", "18", "25", "35", "60"]
SETTINGS = {
    "pool.strategy": ["reuse", "pooled", "ondemand", "dedicated"], "pool.recycle": ["keep", "pristine"],
    "pool.warm": ["0", "1", "2"], "pool.idleTimeout": ["0", "10m", "never"], "pool.keepDone": ["true", "false"],
    "pool.keepFailed": ["true", "false"], "pool.storage": ["auto", "copy", "checkout"], "pool.max": ["2", "5", "6", "8"],
    "pool.ttl": ["0", "4m", "1h"], "pool.exclusive": ["true", "false"], "pool.template": ["true", "false"],
    "extensions.worktreeConfig": ["true"], "index.version": ["4"], "core.autocrlf": ["input"],
    "status.showUntrackedFiles": ["no"], "core.untrackedCache": ["true"], "pool.land.strategy": ["squash", "rebase", "ff"],
    "diff.renames": ["copies"], "core.splitIndex": ["true"], "rebase.autoStash": ["true"], "core.hooksPath": ["/nowhere"],
}


def fault_points(sources):
    """The names in the program's own list by the comments above them: a new one is dealt from the day it is there."""
    found, section = {}, ""
    with open(sources + "/GitPool/Pool/FaultPoints.swift") as file:
        for line in file.read().split("package struct FaultPoints")[0].split("\n"):
            section = line.strip().removeprefix("// ") if line.strip().startswith("// ") else section
            found.setdefault(section, []).extend(quoted or name for name, quoted in re.findall(r'case (\w+)(?: = "([^"]+)")?', line))
    return {section: points for section, points in found.items() if points}
