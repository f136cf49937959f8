"""Archives: what one packs the other shows, and renders to the same."""

import hashlib
import os
import shutil
import tarfile

from sides import check, said


def pack(chart, ours, theirs, folders):
    """Packs a chart with both; returns whether both did."""
    answers = [side.run("package", chart.folder, "--destination", folders[side.name])
               for side in (ours, theirs)]
    if answers[1].returncode != 0:
        # What Helm does not pack is no archive to exchange; we are to refuse it, too.
        check(f"packages: {chart.name} is refused by both", answers[0].returncode != 0,
              said(answers[0]))
        return False
    if not check(f"packages: {chart.name} is packed", answers[0].returncode == 0,
                 said(answers[0])):
        return False
    names = [os.path.exists(os.path.join(folder, chart.archive)) for folder in folders.values()]
    if not any(names):
        return False  # a Chart.yaml that we here do not read as Helm does
    return check(f"packages: {chart.name} is called {chart.archive}", all(names),
                 [os.listdir(folder)[-3:] for folder in folders.values()])


def same_inside(chart, folders):
    """The archives hold the same files, with the same bytes; Helm draws the charts' order."""
    left, right = (members(os.path.join(folder, chart.archive)) for folder in folders.values())
    check(f"packages: {chart.name} has the same inside", left == right, difference(left, right))


def members(path):
    with tarfile.open(path) as archive:
        return sorted((member.name, member.mode, member.uid, member.gid,
                       hashlib.sha256(archive.extractfile(member).read()).hexdigest())
                      for member in archive)


def difference(left, right):
    for one, other in zip(left, right):
        if one != other:
            return f"ours {one}, Helm's {other}"
    return f"ours has {len(left)} files, Helm's {len(right)}"


def packed_twice(chart, ours, scratch, folders):
    """The same folder gives the same bytes, wherever it lies and whenever that is done."""
    copy = os.path.join(scratch, "again", chart.name)
    shutil.copytree(chart.folder, copy)
    target = os.path.join(scratch, "again-packed")
    answer = ours.run("package", copy, "--destination", target)
    with open(os.path.join(folders["rutter"], chart.archive), "rb") as file:
        first = file.read()
    path = os.path.join(target, chart.archive)
    second = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            second = file.read()
    check(f"packages: {chart.name} is the same bytes again", first == second,
          f"{said(answer)} {len(first)} and {len(second)} bytes")
    shutil.rmtree(os.path.dirname(copy))


def read_by_the_other(chart, ours, theirs, folders):
    """Each reads the other's archive as it reads its own: shown, and rendered."""
    for reader, other in ((theirs, ours), (ours, theirs)):
        mine, foreign = (os.path.join(folders[side.name], chart.archive)
                         for side in (reader, other))
        for words in (("show", "chart"), ("show", "all")):
            answers = [reader.run(*words, path) for path in (foreign, mine)]
            check(f"packages: {reader.name} {' '.join(words)} of {other.name}'s {chart.name}",
                  answers[0].returncode == 0 and answers[0].stdout == answers[1].stdout,
                  said(answers[0])[:300])
    left, right = (theirs.run("template", "r", os.path.join(folder, chart.archive))
                   for folder in folders.values())
    same = left.stdout == right.stdout if stable(chart, theirs, folders) else True
    check(f"packages: Helm renders both archives of {chart.name} to the same",
          left.returncode == right.returncode and same, said(left)[-600:])
    left = ours.run("template", "r", os.path.join(folders["helm"], chart.archive))
    same = left.stdout == right.stdout if stable(chart, theirs, folders) else True
    check(f"packages: rutter renders Helm's {chart.name} as Helm does",
          left.returncode == right.returncode and same, said(left)[-600:])


def stable(chart, theirs, folders):
    """Whether a chart renders to the same twice, nothing in it being random."""
    if not hasattr(chart, "stable"):
        path = os.path.join(folders["helm"], chart.archive)
        chart.stable = len({theirs.run("template", "r", path).stdout for _ in range(2)}) == 1
    return chart.stable


