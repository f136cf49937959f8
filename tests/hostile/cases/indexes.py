"""Index files: of the wrong kind, too large, and with names that are meant to be paths."""

from archives import chart
from servers import ok, pieces
from cases.archives_refused import bomb
from cases.bodies import index_refused
from trial import HONEST, case, honest_entries, index, listed


def wrong(sentence, text, *clauses):
    @case(sentence)
    def _(trial):
        index_refused(trial, ok(text() if callable(text) else text), *clauses)


wrong("an empty index is refused", b"", "empty")
wrong("an index without a version of its own is refused", "entries: {}\n", "API version")
wrong("an index whose entries are a list is refused", "apiVersion: v1\nentries: [x]\n",
      "unmarshal", "entries")
wrong("an index whose versions are a text is refused", "apiVersion: v1\nentries: {x: z}\n",
      "unmarshal", "entries")
wrong("an index that is a list is refused", "- a\n- b\n", "unmarshal", "mapping", "object")
wrong("an index of NULs is refused", bytes(4096), "yaml", "control", "character")
wrong("an index of random bytes is refused", bytes(range(256)) * 16, "yaml", "control", "utf")
wrong("an index with a bomb of aliases is refused",
      f"apiVersion: v1\n{bomb('')}entries: {{}}\n", "alias", "field", "unknown")
wrong("an index with a bomb of aliases in an entry is refused",
      "apiVersion: v1\nentries:\n  x:\n  - name: x\n    version: 0.1.0\n    urls: []\n"
      f"    annotations:\n{bomb('      ')}", "alias")
wrong("an index nested a million deep in brackets is refused",
      lambda: "apiVersion: v1\nentries: " + "[" * 1_000_000, "depth", "nest", "deep")
wrong("an index nested in JSON is refused",
      lambda: '{"apiVersion":"v1","entries":{"x":' + "[" * 1_000_000, "depth", "nest", "deep",
      "yaml", "json")
wrong("an index with the same key twice is refused",
      "apiVersion: v1\nentries: {}\nentries: {}\n", "already", "duplicate")
wrong("an index with a field that nobody knows is refused",
      "apiVersion: v1\nentries: {}\nevil: true\n", "unknown")


def large(start, piece, end, megabytes):
    """An index of so many megabytes that repeats one piece."""
    piece = piece.encode()
    block = piece * max(1, (1 << 16) // len(piece))
    return pieces([(start.encode(), 1), (block, (megabytes << 20) // len(block)),
                   (end.encode(), 1)])


@case("an index of 50 MB is taken")
def _(trial):
    trial.may_write("home/.config/helm/*", "home/.cache/helm/repository/new-*")
    version = listed(more="    description: \"" + "what it is for " * 60 + "\"\n")[1]
    server = trial.serve({"/index.yaml": large("apiVersion: v1\nentries:\n  x:\n", version,
                                               'generated: "2024-01-01T00:00:00Z"\n', 50)})
    trial.taken(trial.run("repo", "add", "new", server.url))
    trial.taken(trial.run("search", "repo", "x"), "new/x")


def too_much(sentence, *form):
    @case(sentence)
    def _(trial):
        index_refused(trial, large(*form), "nodes", "large", "unmarshal", "limit", "unknown",
                      "entries", "most that is read", "values in one",
                      "more than", "already", "duplicate", timeout="30s")


too_much("an index of 60 MB of empty maps is refused", "apiVersion: v1\nentries: {x: [", "{},",
         "{}]}\n", 60)
too_much("an index of 60 MB of empty maps in JSON is refused",
         '{"apiVersion": "v1", "annotations": [', "{},", "{}]}", 60)
too_much("an index with an entry of 60 MB in JSON is refused",
         '{"apiVersion": "v1", "entries": {"x": [{"keywords": [', "{},", "{}]}]}}", 60)
too_much("an index of 60 MB of short lines is refused", "apiVersion: v1\nentries:\n  x:\n",
         "  - {}\n", "evil: true\n", 60)
too_much("an index of 60 MB of anchors is refused", "apiVersion: v1\nentries:\n  x:\n",
         "  - &a {}\n", "evil: true\n", 60)
too_much("an index of 60 MB of keys is refused", "apiVersion: v1\nentries:\n",
         "  x: []\n", "evil: true\n", 60)
too_much("an index of 60 MB of short entries is refused", "apiVersion: v1\nentries:\n  x:\n",
         "  - name: x\n    version: 1.0.0\n", "", 60)
too_much("an index of 60 MB of charts is refused", "apiVersion: v1\nentries:\n",
         "".join(f"  x{number}: []\n" for number in range(2000)), "", 60)
too_much("an index of 100 MB of entries is refused", "apiVersion: v1\nentries:\n  x:\n",
         listed()[1], "", 100)


def harmless(trial, *entries):
    """Added and searched: what is shown is shown safely, and nothing is made of the names."""
    trial.may_write("home/.config/helm/*", "home/.cache/helm/repository/new-*")
    server = trial.serve({"/index.yaml": ok(index(*entries))})
    trial.run("repo", "add", "new", server.url)
    for form in ([], ["--output=json"], ["--output=yaml"]):
        trial.run("search", "repo", "", "--versions", *form)


@case("an index's names that are paths are made nothing of")
def _(trial):
    entries = [listed(name, key=name) for name in ("../../x", "/etc/x", "a/b", "..", "C:\\x")]
    harmless(trial, *entries, *honest_entries())
    for name in ("../../x", "..", "a/b"):
        trial.refused(trial.run("pull", f"new/{name}"))


@case("an index's empty names are made nothing of")
def _(trial):
    harmless(trial, listed(""), ("null", "  - null\n"), *honest_entries())
    trial.refused(trial.run("pull", "new/"))


@case("an index's escape sequences do not reach the terminal")
def _(trial):
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\r"
    more = "    description: \"\\e[2J\\e]0;owned\\a\\r\\x9b31m\"\n    appVersion: \"\\e[31m\"\n"
    harmless(trial, listed("x", key="evil", more=more), listed("x", key=evil), *honest_entries())
    trial.run("pull", f"new/{evil}")


@case("an index's escape sequences in a URL do not reach the terminal")
def _(trial):
    trial.known("r", "http://127.0.0.1:9",
                index(listed(url="http://127.0.0.1:9/\x1b[2J\x07.tgz", digest="0" * 64)))
    trial.refused(trial.run("pull", "r/x"))


@case("an index's version that is no version is made nothing of")
def _(trial):
    harmless(trial, listed(version="../../9.9.9"), listed(version="9" * 5000),
             listed(version="1.0.0\n"), *honest_entries())


def pulled_from(trial, *urls, archive=HONEST, serve=True, **options):
    """What `pull` makes of an entry with those URLs; `SELF` is the repository."""
    server = trial.serve({"/index.yaml": ok(""), "*": ok(archive)} if serve else {})
    urls = [url.replace("SELF", server.url) for url in urls]
    text = index(listed(urls=urls, archive=archive, **options))
    server.routes["/index.yaml"] = ok(text)
    trial.known("r", f"{server.url}/charts", text)
    return trial.run("pull", "r/x")


@case("an entry without URLs is refused")
def _(trial):
    trial.refused(pulled_from(trial), "no downloadable URLs")


@case("an entry whose URL is empty is refused, or stays in the working folder")
def _(trial):
    trial.may_write("a/b/work/charts")  # as a name, that of the repository's URL
    trial.harmless(pulled_from(trial, ""))


@case("an entry whose URL is a file is refused")
def _(trial):
    trial.place.write(f"{trial.place.outside}/x-0.1.0.tgz", HONEST)
    trial.refused(pulled_from(trial, f"file://{trial.place.outside}/x-0.1.0.tgz"), "scheme",
                  "protocol", "file")


@case("an entry whose URL is a path is asked of the server, not of the disk")
def _(trial):
    trial.place.write(f"{trial.place.outside}/x-0.1.0.tgz", b"not this")
    trial.may_write("a/b/work/x-0.1.0.tgz")
    trial.taken(pulled_from(trial, f"{trial.place.outside}/x-0.1.0.tgz"))


@case("an entry whose URL climbs is saved in the working folder")
def _(trial):
    trial.may_write("a/b/work/x-0.1.0.tgz")
    trial.taken(pulled_from(trial, "../../../../../x-0.1.0.tgz"))


def saved_as(what, *ends):
    @case(f"a URL that ends in {what} is saved nowhere else")
    def _(trial):
        for end in ends:
            trial.harmless(pulled_from(trial, f"SELF/{end}"))
        trial.may_write("a/b/work/*")


saved_as("escaped dots and slashes", "..%2f..%2fevil.tgz", "%2e%2e/%2e%2e/evil.tgz",
         "..%5c..%5cevil.tgz")
saved_as("..", "x/..", "x/%2e%2e", "")
saved_as("a query with slashes", "x.tgz?/../../../evil.tgz", "x.tgz#/../../evil")
saved_as("control characters", "%1b%5b2Jevil.tgz", "evil%0a.tgz", "evil%00.tgz")


@case("an entry whose URL is of a registry is refused")
def _(trial):
    registry = trial.serve({"*": ok(b"{}")})
    trial.refused(pulled_from(trial, f"oci://{registry.address}/x"), "oci", "scheme", "protocol")


@case("an archive of another digest than the index's is refused")
def _(trial):
    server = trial.repository({"/x-0.1.0.tgz": ok(chart("x", "0.1.0", [("a", "b")]))},
                              honest_entries())
    trial.known("r", server.url, index(*honest_entries()))
    for words in (["pull", "r/x"], ["pull", "r/x", "--untar"], ["show", "all", "r/x"],
                  ["pull", "x", "--repo", server.url], ["template", "r/x", "--generate-name"],
                  ["template", "x", "--repo", server.url, "--generate-name"]):
        trial.refused(trial.run(*words), "digest")


@case("a digest that is none is refused")
def _(trial):
    for digest in ("abc", "z" * 64, "md5:" + "0" * 32, "../../../../../outside/secret"):
        server = trial.repository({"/x-0.1.0.tgz": ok(HONEST)}, [listed(digest=digest)])
        trial.refused(trial.run("pull", "x", "--repo", server.url), "digest", "hex", "byte")
        trial.refused(trial.run("template", "x", "--repo", server.url, "--generate-name"), "digest",
                      "hex", "byte")


@case("a chart of another name than the entry's is refused or told by its own")
def _(trial):
    other = chart("other", "9.9.9")
    server = trial.repository({"/x-0.1.0.tgz": ok(other)}, [listed(archive=other)])
    trial.harmless(trial.run("template", "x", "--repo", server.url, "--generate-name"))


@case("a cached index that was damaged gives an error that names it")
def _(trial):
    trial.known("r", "http://127.0.0.1:9", "\x01\x02 not: [an index")
    trial.refused(trial.run("pull", "r/x"))
    trial.run("search", "repo", "x")
