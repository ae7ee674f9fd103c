"""Repositories that are unlike the plain one: what they are made of, and what their users do there besides."""

import os
import shlex

import look

STORE = """#!/bin/sh
# As git-lfs: what is put away is found again by its pointer, in a store beside the repository.
set -e
store=$(git rev-parse --path-format=absolute --git-common-dir)/store
mkdir -p "$store"
draft=$(mktemp "$store/draft.XXXXXX")
cat >"$draft"
case $1 in
clean)
    if [ "$(head -c 8 "$draft")" = "pointer " ]; then
        cat "$draft"
    else
        id=$(sha256sum "$draft" | cut -d ' ' -f 1)
        mv "$draft" "$store/$id"
        printf 'pointer %s\\n' "$id"
    fi ;;
smudge)
    read -r word id <"$draft"
    if [ -e "$store/$id" ]; then cat "$store/$id"; else cat "$draft"; fi ;;
esac
rm -f "$draft"
"""

SHAPES = {"plain": 10, "sha256": 2, "tables": 2, "filters": 3, "submodule": 3, "setup": 3, "shared": 2}


def newer_git():
    """The folder of a git that keeps refs in tables, as `.ci/newer-git` gets one; None where there is none."""
    cache = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))
    folder = os.environ.get("GIT_POOL_TEST_NEWER_GIT") or cache + "/git-pool-ci/newer-git/bin"
    return folder if os.access(folder + "/git", os.X_OK) else None


def prepare(world, shape):
    """Before the repository is made; the words of `git init`."""
    if shape == "sha256":
        world.algorithm = look.SHA256
        return ["--object-format=sha256"]
    if shape == "tables":
        world.has_tables = True
        world.environment["PATH"] = newer_git() + ":" + world.environment["PATH"]
        return ["--ref-format=reftable"]
    return []


def furnish(world, shape, put):
    """Before the first commit."""
    if shape == "filters":
        tool = world.top + "/bin/store"
        with open(tool, "w") as file:
            file.write(STORE)
        os.chmod(tool, 0o755)
        for key, value in (("clean", f"{shlex.quote(tool)} clean"), ("smudge", f"{shlex.quote(tool)} smudge"), ("required", "true")):
            world.git("config", "filter.big." + key, value)
        world.has_filters = True
        put(world.repo, ".gitattributes", "*.big filter=big\n")
        put(world.repo, "x.big", "very big\n")
    if shape == "submodule":
        origin = world.disk + "/home/sub"
        world.git("init", "-q", origin)
        for number in (1, 2):
            put(origin, "s.txt", f"sub {number}\n")
            world.git("add", "-A", cwd=origin)
            world.git("commit", "-qm", f"sub {number}", cwd=origin)
        world.git("config", "--file", world.top + "/gitconfig", "protocol.file.allow", "always")
        world.git("submodule", "-q", "add", origin, "sub")
        world.given = {line.split(" ")[0] for line in
                       world.ask("rev-list", "--objects", "--all", cwd=origin).line.split("\n")}
    if shape == "shared":
        world.root = world.disk + "/shared"
        world.git("config", "pool.root", world.root)
        twin = world.disk + "/home/repo"
        world.git("init", "-q", twin)
        world.git("config", "pool.root", world.root, cwd=twin)
        put(twin, "twin.txt", "as it was\n")
        world.git("add", "-A", cwd=twin)
        world.git("commit", "-qm", "twin", cwd=twin)
    if shape == "setup":
        put(world.repo, "env.o", "secret of the user's\n")
        world.git("config", "pool.include", "env.o")
        world.git("config", "pool.setup", "echo built >>built.o; test -e a.txt || test -e run.sh || true")
        world.git("config", "--add", "pool.lockfiles", "a.txt")


# What users do besides, and files that they write besides.
FILES = {"filters": ["x.big", "d/y.big", "x.big"], "submodule": ["sub/s.txt", "sub/new.txt"], "setup": ["env.o", "a.txt"]}
WORDS = {
    "filters": ["rm -q --cached x.big", "checkout -q -- x.big"],
    "submodule": ["-C sub commit -q -am in-sub", "-C sub checkout -q HEAD~1", "-C sub stash", "submodule -q update --init",
                  "-C sub switch -q -c topic", "submodule -q deinit -f sub", "-C sub commit -q --allow-empty -m empty"],
}
