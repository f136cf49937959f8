"""Folders: links and pipes among a chart's files, and a .helmignore that never ends."""

import os

from archives import chart_yaml, config_map
from trial import case

SECONDS = 20


def folder(trial, *files):
    for name, content in [("Chart.yaml", chart_yaml()), ("templates/cm.yaml", config_map()),
                          *files]:
        trial.place.write(f"x/{name}", content)
    return os.path.join(trial.place.work, "x")


def all_of(trial, *clauses):
    trial.refused(trial.run("template", "x", "./x", seconds=SECONDS), *clauses)
    trial.refused(trial.run("package", "./x", seconds=SECONDS), *clauses)


@case("a link that leads back to its folder comes to an end")
def _(trial):
    os.symlink("..", os.path.join(folder(trial), "templates", "again"))
    all_of(trial, "folders", "links", "levels", "too many")


@case("a link to itself comes to an end")
def _(trial):
    os.symlink("self", os.path.join(folder(trial), "self"))
    all_of(trial, "links", "levels", "no such file")


@case("a pipe in a folder is not waited for")
def _(trial):
    os.mkfifo(os.path.join(folder(trial), "templates", "pipe"))
    all_of(trial, "irregular")


@case("a device behind a link is not read")
def _(trial):
    os.symlink("/dev/zero", os.path.join(folder(trial), "zero"))
    all_of(trial, "irregular", "large")


@case("a device for a chart is not read to its end")
def _(trial):
    trial.refused(trial.run("template", "x", "/dev/zero", seconds=SECONDS))


@case("a .helmignore of 5 MB of patterns is read in bounds")
def _(trial):
    folder(trial, (".helmignore", "".join(f"never{n}\n" for n in range(400_000))),
           *((f"files/{n}", "x") for n in range(20)))
    trial.taken(trial.run("template", "x", "./x", seconds=SECONDS))


@case("a .helmignore of stars comes to an end")
def _(trial):
    folder(trial, (".helmignore", "*a" * 30 + "b\n"), (f"files/{'a' * 200}", "x"))
    trial.taken(trial.run("template", "x", "./x", seconds=SECONDS))


def large(trial, name, megabytes):
    path = os.path.join(folder(trial), name)
    with open(path, "wb") as file:
        file.truncate(megabytes << 20)


@case("a file larger than a chart may be is refused")
def _(trial):
    large(trial, "big", 101)
    all_of(trial, "exceeds maximum")


@case("files that are too much together are refused")
def _(trial):
    for number in range(5):
        large(trial, f"big{number}", 21)
    all_of(trial, "exceeds maximum")


@case("a file of a TiB that is ignored is not read")
def _(trial):
    large(trial, "big", 1 << 20)
    trial.place.write("x/.helmignore", "big\n")
    trial.taken(trial.run("template", "x", "./x", seconds=SECONDS))


@case("a .helmignore of a TiB is refused")
def _(trial):
    large(trial, ".helmignore", 1 << 20)
    all_of(trial)
