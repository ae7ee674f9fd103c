"""What the contract says of one call of git-pool: what it may touch, how it must end, and which leases there are then."""

from model import KILLED, Step, Violation

from look import COUNTED, LINK


def plan(model, words, options):
    """Before the call: which leases it may end or change."""
    command = words[0]
    step = Step(words=words, is_disturbed=any(key in options for key in ("fault", "full", "files", "kill")))
    names = [word for word in words[1:] if not word.startswith("-")]
    if command == "done":
        step.targets = {"*"} if "--all" in words else set(names)
        step.discards = "--discard" in words and bool(names)
    elif command == "land":
        step.targets, step.lands = set(names), True
    elif command == "restore":
        step.drops = "--drop" in words
        if "--here" in words:
            step.targets = {name for name in model.leases if model.place(name) == options["cwd"]}
            step.lands = options["cwd"] == model.world.repo
            step.places = {options["cwd"]}
    elif command == "gc":
        step.drops = any(word.startswith("--expire") for word in words)
    elif command in ("add", "run"):
        step.targets = set(names[:1]) if "--resume" in words or command == "run" else set()
    elif command == "adopt":
        step.places = {names[0]}
    return step


def expect(model, step, outcome, before):
    """After the call, or after all of a burst, where `before` is None and the promises were checked already."""
    command, status, words = step.words[0], outcome.status, step.words
    names = [word for word in words[1:] if not word.startswith("-")]
    if before is not None:
        known = set(model.leases)
        if command == "done":
            end(model, step, status, before)
        elif command == "run" and names[0] not in known:
            step.targets = set()
        model.check(step)
        if command == "run":
            expect_run(model, words, status, outcome)
    if command == "add" and not step.is_disturbed:
        expect_add(model, words, names, status, outcome, before)
    if command == "gc" and not step.is_disturbed and status and not model.world.busy:
        raise Violation("gc failed", f"{status}: {outcome.story}")
    if command in ("add", "adopt") and status == 0 or command == "restore" and status == 0 and not {"--here", "--drop"} & set(words):
        begin(model, step, names, outcome, before)
    if command == "restore" and "--here" in words and status == 0:
        check_restored(model, model.now.trees[outcome.line], names[0].split("@")[0])


def end(model, step, status, before):
    words = step.words
    for name in [*model.leases] if "*" in step.targets else step.targets & set(model.leases):
        path = model.place(name)
        if status == 7 and not step.is_disturbed and len(step.targets) == 1 and "*" not in step.targets:
            # Refused: nothing may have changed.
            step.targets = set()
            continue
        asked = {"--save", "--discard", "-n", "--failed"} & set(words) or model.keeps_done or any(
            word.startswith("--keep=") or word == "--keep" for word in words)
        work = [item for item in before.work() if item[0] == path]
        tree = before.trees.get(path)
        if status == 0 and not asked and not step.is_disturbed and (work or tree and tree.operation):
            raise Violation("not refused", f"'{words}' with {work[:3]} {tree.operation}")
        if "-n" in words:
            step.targets = set()
        else:
            model.end(name)


def expect_add(model, words, names, status, outcome, before):
    """Names and branches belong to one lease; where nothing is in the way there must be one."""
    if before is None or not names or model.world.busy or before.trees[model.world.repo].commit is None:
        return
    name = names[0]
    if name in model.leases and status == 0 and not {"--resume", "--unique"} & set(words):
        raise Violation("taken", f"'{name}' is leased twice")
    held = [record for record in before.records if record["state"] in COUNTED]
    branches = [ref.removeprefix("refs/heads/") for ref in before.refs if ref.startswith("refs/heads/")]
    clash = any(one == name or one.startswith(name + "/") or name.startswith(one + "/") for one in branches)
    # Work that was found in an idle slot meanwhile makes it an orphan, which counts.
    held += [record for record in model.now.records if record["state"] in COUNTED and record["path"] not in
             {other["path"] for other in held}]
    if name not in {record.get("lease.name") for record in held} and not clash and len(held) < model.limit \
            and status and not any(word.startswith(("-b", "--branch", "--exclusive", "--from")) for word in words):
        raise Violation("refused", f"{status} of {words}: {outcome.story}")


def expect_run(model, words, status, outcome):
    """The command's own status comes back, and what it wrote is somewhere."""
    if status not in (42, KILLED):
        return
    number = words[-1].split("precious ")[1].split(" ")[0]
    from look import blob
    oid = blob(f"precious {number}\n".encode(), model.world.algorithm)
    if status == 42 and not any(item[3] == oid for item in model.now.work()) and \
            not any(oid in {entry[1] for found in model.now.saved(save)[0].values() for entry in found}
                    for save in model.now.saves.values()):
        raise Violation("work lost", f"what '{words}' wrote is nowhere: {outcome.story}")


def begin(model, step, names, outcome, before):
    command, words, path = step.words[0], step.words, outcome.line
    record = next((record for record in model.now.records if record.get("path") == path), None)
    if record is None or record["state"] != "leased":
        if before is None or model.world.busy:
            return
        raise Violation("new lease", f"{words} printed {path}, which is {record}")
    holder = next((word.split("@")[1] for word in words if word.startswith("--pid=@")), None)
    name, was_there = record["lease.name"], before is not None and any(
        old.get("path") == path and old["state"] in COUNTED for old in before.records)
    if "--resume" in words or step.is_disturbed:
        # It may have been taken over while this call was stopped.
        model.end(name)
    model.begin(name, path, record.get("lease.branch"), holder)
    if holder is None and "--no-holder" not in words:
        # Whose it is by inference is not the model's to say.
        model.end(name)
        return
    if before is not None and command == "add" and not was_there:
        model.check_new(model.leases[name], before)
    elif command == "restore":
        check_restored(model, model.now.trees[path], names[0].split("@")[0])


def check_restored(model, tree, name):
    """A restored worktree is byte for byte what some save of the name holds."""
    saves = []
    for oid in model.now.saves.values():
        text = model.world.ask("cat-file", "commit", oid).line
        if f"Pool-Name: {name}\n" in text + "\n":
            saves.append((oid, "Pool-Kind: pinned" in text))
    stands = {path: {entry, (entry[0], tree.cleaned.get(path))} for path, entry in tree.files.items()}
    for oid, is_pinned in saves:
        contents = model.now.contents(oid)
        if is_pinned or all(
                stands.get(path, set()) & {entry[:2] for entry in found} or any(entry[0] == LINK for entry in found)
                for path, found in contents.items()):
            return
    raise Violation("not restored", f"{tree.path} is like none of {saves}: {sorted(stands)}")
