"""The book: which pages it has, what they link to, and what a reader is told to type."""

import dataclasses
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, "docs", "src")

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\s*$")
COMMENT = re.compile(r"^<!-- (\w+)(?:: (.*?))? -->$")


@dataclasses.dataclass
class Step:
    """One thing that a page has its reader do: write a file, or type a command."""

    page: str
    line: int
    command: str = ""
    shown: list = dataclasses.field(default_factory=list)  # what the page shows below the command
    file: str = ""
    text: str = ""
    cluster_only: bool = False

    @property
    def does(self):
        """What is done, without what the page shows of it: the same in every language."""
        return (self.command, self.file, self.text, self.cluster_only)


@dataclasses.dataclass
class Page:
    """A page's steps in their order, and the words on it that differ from run to run."""

    name: str
    steps: list
    varying: dict  # word on the page → pattern of what may stand there


def read(name, source=SOURCE):
    with open(os.path.join(source, name), encoding="utf-8") as file:
        return file.read()


def summary(source=SOURCE):
    """The pages in the order of the table of contents."""
    return LINK.findall(read("SUMMARY.md", source))


def files(source=SOURCE):
    """Every page that lies in the book's folder."""
    return sorted(os.path.relpath(os.path.join(folder, file), source)
                  for folder, _, found in os.walk(source) for file in found
                  if file.endswith(".md") and file != "SUMMARY.md")


def broken_links(name, source=SOURCE):
    """The links of a page whose page or heading is not there."""
    broken = []
    for target in LINK.findall(without_code(read(name, source))):
        if re.match(r"[a-z]+:", target):
            continue  # another site's
        path, _, heading = target.partition("#")
        there = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
        if not os.path.exists(os.path.join(source, there)):
            broken.append(target)
        elif heading and heading not in headings(read(there, source)):
            broken.append(target)
    return broken


def headings(text):
    """The anchors that mdBook gives to a page's headings."""
    found = re.findall(r"^#+ (.+)$", without_code(text), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


def without_code(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def page(name, source=SOURCE):
    """Reads what a page has its reader do."""
    steps, varying, marks = [], {}, {}
    fence, block, start = None, [], 0
    for number, line in enumerate(read(name, source).splitlines(), 1):
        if fence is None and (comment := COMMENT.match(line)):
            if comment[1] == "varies":
                word, pattern = comment[2].split(" ", 1)
                varying[word] = pattern
            else:
                marks[comment[1]] = comment[2] or ""
        elif fence is None and (opened := FENCE.match(line)):
            fence, block, start = opened[1], [], number
        elif fence is not None and line == "```":
            steps += of_block(name, start, fence, block, marks)
            fence, marks = None, {}
        elif fence is not None:
            block.append(line)
        elif line.strip():
            marks = {}
    return Page(name, steps, varying)


def of_block(name, start, fence, block, marks):
    if "file" in marks:
        return [Step(name, start, file=marks["file"], text="\n".join(block) + "\n",
                     cluster_only="cluster" in marks)]
    if fence != "console":
        return []
    steps = []
    for number, line in enumerate(block, start + 1):
        if line.startswith("$ "):
            steps.append(Step(name, number, line[2:], cluster_only="cluster" in marks))
        elif line.startswith("> ") and steps and not steps[-1].shown:
            steps[-1].command += "\n" + line[2:]
        elif steps:
            steps[-1].shown.append(line)
        else:
            raise SystemExit(f"{name}:{number}: a console block begins with `$ `")
    return steps
