"""Index files: made by one, read, searched and merged by the other."""

import hashlib
import json
import os
import re
import shutil

from sides import check, said


def make(side, folder, url):
    side.must("repo", "index", folder, "--url", url)


def as_data(helm, path, scratch):
    """An index as data: Helm itself writes it as JSON."""
    folder = os.path.join(scratch, "as-data")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    helm.must("repo", "index", folder, "--merge", path, "--json")
    with open(os.path.join(folder, "index.yaml")) as file:
        return json.load(file)


def compare(ours, theirs, folders, urls, scratch):
    """Both indexes list the same, save for times; each digest is that of the file."""
    left, right = (as_data(theirs, os.path.join(folder, "index.yaml"), scratch)
                   for folder in folders.values())
    for name, data in zip(folders, (left, right)):
        wrong = [entry["name"] for versions in data["entries"].values() for entry in versions
                 if entry.get("digest") != digest(folders[name], entry["urls"][0])]
        check(f"indexes: the digests in {name}'s", not wrong, wrong)
    left, right = (comparable(data, urls[name]) for name, data in zip(folders, (left, right)))
    check("indexes: both list the same charts", left.keys() == right.keys(),
          left.keys() ^ right.keys())
    for name in left.keys() & right.keys():
        check(f"indexes: the entry of {name}", left[name] == right[name],
              f"ours {left[name]}\nHelm's {right[name]}")
    texts = []
    for name, folder in folders.items():
        with open(os.path.join(folder, "index.yaml")) as file:
            text = file.read().replace(urls[name], "URL")
        text = re.sub(r"digest: [0-9a-f]{64}", "digest: D", text)
        texts.append(re.sub(r"(created|generated): \S+", r"\1: T", text))
    check("indexes: the two files are the same text but for times and digests",
          texts[0] == texts[1], first_difference(*texts))


def first_difference(left, right):
    for number, (one, other) in enumerate(zip(left.splitlines(), right.splitlines()), 1):
        if one != other:
            return f"line {number}: ours {one!r}, Helm's {other!r}"
    return f"{len(left)} and {len(right)} bytes"


def digest(folder, url):
    path = os.path.join(folder, url.rsplit("/", 1)[-1])
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def comparable(data, url):
    entries = json.loads(json.dumps(data["entries"]).replace(url, "URL"))
    for versions in entries.values():
        for entry in versions:
            entry.pop("created"), entry.pop("digest")
    return entries


def read_by_the_other(ours, theirs, urls):
    """Both repositories are added and searched by both, with the same answers."""
    for side in (ours, theirs):
        for name, url in urls.items():
            answer = side.run("repo", "add", name, url)
            check(f"indexes: {side.name} adds {name}'s repository", answer.returncode == 0,
                  said(answer))
        answer = side.run("repo", "update")
        check(f"indexes: {side.name} updates both", answer.returncode == 0, said(answer))
    for words in (["search", "repo"], ["search", "repo", "--versions", "--devel"],
                  ["search", "repo", "sql", "--output=json"],
                  ["search", "repo", "--regexp", "^rutter/.*a", "--output=yaml"],
                  ["repo", "list"], ["repo", "list", "--output=json"]):
        left, right = ours.run(*words), theirs.run(*words)
        check(f"indexes: {' '.join(words)} says the same", said(left) == said(right)
              and left.returncode == 0, first_difference(said(left), said(right)))


def share_a_home(ours, theirs, urls, scratch):
    """One home for both: what one adds, the other lists, searches, updates and removes."""
    home = os.path.join(scratch, "shared-home")
    for number, (adds, reads) in enumerate(((ours, theirs), (theirs, ours))):
        adds, reads = adds.at(home), reads.at(home)
        name = f"shared{number}"
        for side, words in ((adds, ["repo", "add", name, urls["helm"]]),
                            (reads, ["repo", "update", name]),
                            (reads, ["search", "repo", f"{name}/"]),
                            (adds, ["repo", "list"])):
            answer = side.run(*words)
            check(f"indexes: {side.name} {' '.join(words[:2])} in a home that both share",
                  answer.returncode == 0 and (words[1] == "update" or name in answer.stdout),
                  said(answer))
        answer = reads.run("repo", "remove", name)
        check(f"indexes: {reads.name} removes what {adds.name} added", answer.returncode == 0,
              said(answer))
    lists = [side.at(home).run("repo", "list", "--output=json") for side in (ours, theirs)]
    check("indexes: nothing is left in the home that both share",
          [answer.stdout.strip() for answer in lists] == ["[]", "[]"],
          " ".join(map(said, lists)))


def merge(ours, theirs, folders, scratch):
    """Each merges the other's index into its own: the result lists the same."""
    results = {}
    for side, other in ((ours, theirs), (theirs, ours)):
        folder = os.path.join(scratch, f"merged-by-{side.name}")
        os.makedirs(folder)
        answer = side.run("repo", "index", folder, "--merge",
                          os.path.join(folders[other.name], "index.yaml"))
        if check(f"indexes: {side.name} merges {other.name}'s", answer.returncode == 0,
                 said(answer)):
            data = as_data(theirs, os.path.join(folder, "index.yaml"), scratch)
            results[side.name] = {name: sorted(entry["version"] for entry in versions)
                                  for name, versions in data["entries"].items()}
    check("indexes: merged, both list the same",
          results and results.get("rutter") == results.get("helm"))
