"""The charts that are exchanged: real ones, laid out as folders."""

import glob
import os
import re
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
#: The whole corpus, where it lies beside the repository, and the part that is in it.
WHOLE = os.path.join(ROOT, "..", "shared", "conformance", "charts", "charts")
PART = os.path.join(ROOT, "tests", "conformance", "charts")


class Source:
    """A chart as a folder."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "Chart.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.name, self.version = (field(text, key) for key in ("name", "version"))

    @property
    def archive(self):
        return f"{self.name}-{self.version}.tgz"


def field(text, key):
    found = re.search(rf"^{key}:[ \t]*[\"']?([^\"'#\n]*?)[\"']?[ \t]*(?:#.*)?$", text, re.M)
    return found[1].strip() if found else ""


def place(whole=None):
    """The folder with the packed charts: what was named, the whole corpus, or the part of it."""
    if whole:
        return whole
    return WHOLE if os.path.isdir(WHOLE) else PART


def unpack(folder, target, most):
    """Lays out up to so many charts, taken evenly from all; no two of the same name."""
    packed = sorted(glob.glob(os.path.join(folder, "*", "*.tgz")))
    step = max(1, len(packed) // most)
    found = {}
    # Evenly first, then whatever is needed to fill up.
    for path in [*packed[::step], *packed]:
        if len(found) == most:
            break
        where = os.path.join(target, os.path.relpath(path, folder).removesuffix(".tgz"))
        if os.path.exists(where):
            continue
        os.makedirs(where)
        with tarfile.open(path) as archive:
            archive.extractall(where, **(
                {"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        (top,) = os.listdir(where)
        if not os.path.exists(os.path.join(where, top, "Chart.yaml")):
            continue
        chart = Source(os.path.join(where, top))
        if chart.name and chart.version:
            found.setdefault(chart.name, chart)
    return list(found.values())
