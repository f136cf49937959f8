"""Answers that are late, too short, too long, or no answer: to who asks for an index or a chart."""

import zlib

from servers import flood, drip, head, ok, raw, redirect, silent, status, wait_then
from trial import HONEST, IMPATIENT, case, honest_entries, index, listed

UNREACHABLE = "is not a valid chart repository or cannot be reached"
INDEX = index(*honest_entries()).encode()
BODY = {"/index.yaml": INDEX, "/x-0.1.0.tgz": HONEST}
SHORT = 12  # seconds, where a command was told to wait two


def at(path, script):
    """Routes on which all is honest but one path."""
    return {**{name: ok(body) for name, body in BODY.items()}, path: script}


def index_refused(trial, script, *clauses, seconds=30, timeout="2s"):
    """A repository with that index is neither added nor updated, and the old index stays."""
    server = trial.serve(at("/index.yaml", script))
    trial.known_with_old_index("known", server.url)
    trial.refused(trial.run("repo", "add", "new", server.url, "--timeout", timeout,
                            seconds=seconds), *clauses)
    answer = trial.run("repo", "update", "--timeout", timeout, seconds=seconds)
    trial.refused(answer, *clauses)
    return server


def chart_refused(trial, script, *clauses, seconds=30):
    """A chart of that body is not pulled, nor is a part of it left behind."""
    server = trial.serve(at("/x-0.1.0.tgz", script))
    trial.known("r", server.url, INDEX.decode())
    for words in (["r/x"], [f"{server.url}/x-0.1.0.tgz"], ["r/x", "--untar"]):
        answer = trial.run("pull", *words, seconds=seconds, **IMPATIENT)
        trial.refused(answer, *clauses)
    return server


@case("an honest repository is added, updated, searched and pulled from")
def _(trial):
    server = trial.serve(at("/index.yaml", ok(INDEX)))
    trial.may_write("home/*", "a/b/work/x-0.1.0.tgz", "a/b/work/x", "a/b/work/x/*")
    trial.taken(trial.run("repo", "add", "new", server.url))
    trial.taken(trial.run("repo", "update"))
    trial.taken(trial.run("search", "repo", "x"), "new/x")
    trial.taken(trial.run("pull", "new/x"))
    trial.taken(trial.run("pull", "new/x", "--untar"))
    trial.taken(trial.run("template", "new/x", "--generate-name"))


EARLY = "EOF|ended|short|closed|incomplete|early|disconnect"


@case("an index that ends before its Content-Length is refused")
def _(trial):
    index_refused(trial, raw(head(200, f"Content-Length: {len(INDEX) + 50}") + INDEX), EARLY)


@case("a chart that ends before its Content-Length is refused")
def _(trial):
    chart_refused(trial, raw(head(200, f"Content-Length: {len(HONEST)}") + HONEST[:-100]), EARLY)


@case("an index that is cut off by a reset is refused")
def _(trial):
    index_refused(trial, raw(head(200, "Content-Length: 5000") + INDEX, then="reset"),
                  EARLY, "reset")


@case("a chart of no stated length that ends early is refused")
def _(trial):
    chart_refused(trial, raw(head(200, "Connection: close") + HONEST[:-100]), "digest", EARLY)


@case("an index that stops in the middle is given up")
def _(trial):
    index_refused(trial, raw(head(200, "Content-Length: 5000") + INDEX, then="hold"),
                  "time", "deadline", seconds=SHORT)


@case("a chart that stops in the middle is given up")
def _(trial):
    chart_refused(trial, raw(head(200, f"Content-Length: {len(HONEST)}") + HONEST[:50],
                             then="hold"), "time", "deadline", seconds=SHORT)


@case("an index that comes a byte a second is given up")
def _(trial):
    index_refused(trial, drip(head(200, "Content-Length: 5000"), b"#", 0.9), "time", "deadline",
                  seconds=SHORT)


@case("a chart that comes a byte a second is given up")
def _(trial):
    chart_refused(trial, drip(head(200, "Content-Length: 5000"), b"\x1f", 0.9), "time", "deadline",
                  "slow", seconds=SHORT)


@case("a server that never answers is given up")
def _(trial):
    index_refused(trial, silent, "time", "deadline", seconds=SHORT)


@case("headers that come a byte a second are given up")
def _(trial):
    index_refused(trial, drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.5), "time", "deadline",
                  seconds=SHORT)


@case("headers without end are given up")
def _(trial):
    index_refused(trial, flood(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 512, 2048),
                  "header", "large", "many", "long", "limit")


@case("a header of 100 MB is given up")
def _(trial):
    index_refused(trial, flood(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 65536, 100),
                  "header", "large", "long", "limit", "malformed")


@case("an index without end is given up")
def _(trial):
    index_refused(trial, flood(head(200, "Connection: close"), b"# more\n" * 9000, 20_000),
                  "large", "limit", "bytes", "time", "MiB")


@case("a chart without end is given up")
def _(trial):
    chart_refused(trial, flood(head(200, "Connection: close"), b"\x1f" * 65536, 20_000),
                  "large", "limit", "bytes", "time", "MiB")


@case("an index of 100 MB of YAML is refused, or read in bounds")
def _(trial):
    large = 100 << 20
    block = b"# a comment in the index that says nothing at all\n" * 2000
    start = head(200, f"Content-Length: {large // len(block) * len(block)}")
    index_refused(trial, flood(start, block, 100), "large", "limit", "MiB", "empty", "API version")


@case("chunks of a wrong length are refused")
def _(trial):
    index_refused(trial, raw(head(200, "Transfer-Encoding: chunked")
                             + b"5\r\nhello to you\r\n0\r\n\r\n"), "chunk", "invalid", EARLY)


@case("a chunk whose length is no number is refused")
def _(trial):
    chart_refused(trial, raw(head(200, "Transfer-Encoding: chunked") + b"zz\r\n" + HONEST),
                  "chunk", "invalid", EARLY)


@case("a chunk of 16 EiB is refused")
def _(trial):
    index_refused(trial, raw(head(200, "Transfer-Encoding: chunked")
                             + b"ffffffffffffffff\r\n" + INDEX), "chunk", "invalid", EARLY,
                  "large", "yaml")


@case("chunks without a last one are refused")
def _(trial):
    block = b"%x\r\n%s\r\n" % (len(HONEST), HONEST)
    chart_refused(trial, raw(head(200, "Transfer-Encoding: chunked") + block), EARLY, "chunk")


@case("a Content-Length of 16 EiB is refused")
def _(trial):
    index_refused(trial, raw(head(200, f"Content-Length: {(1 << 64) - 1}") + INDEX), EARLY,
                  "length", "large", "limit", "invalid")


@case("a negative Content-Length is refused")
def _(trial):
    index_refused(trial, raw(head(200, "Content-Length: -1") + INDEX), "length", "invalid", EARLY,
                  "malformed", "header", "protocol")


@case("two Content-Lengths that differ are refused")
def _(trial):
    lengths = ("Content-Length: 3", f"Content-Length: {len(INDEX)}")
    index_refused(trial, raw(head(200, *lengths) + INDEX), "length", "invalid", "yaml", EARLY,
                  "cannot unmarshal", "header", "api version", "protocol")


@case("an answer that is not HTTP is refused")
def _(trial):
    index_refused(trial, raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), "malformed", "invalid", "http",
                  "protocol")


@case("a connection that is closed without an answer is refused")
def _(trial):
    index_refused(trial, raw(), EARLY)


@case("a body that is packed unasked is no bomb")
def _(trial):
    squeeze = zlib.compressobj(9, wbits=31)
    block = squeeze.compress(b"# nothing\n" * 100_000) + squeeze.flush(zlib.Z_FULL_FLUSH)
    body = block * 10_000
    index_refused(trial, status(200, body[:20 << 20], "Content-Encoding: gzip"))


@case("a redirect to itself comes to an end")
def _(trial):
    server = index_refused(trial, redirect("/index.yaml"), "redirect")
    trial.expect(server.connections < 100, f"{server.connections} connections")


@case("a chain of a hundred redirects comes to an end")
def _(trial):
    def further(line, request):
        number = int(request.path.partition("?")[2] or 0)
        redirect(f"/index.yaml?{number + 1}")(line, request)
    index_refused(trial, further, "redirect")


@case("a redirect to a file is not followed")
def _(trial):
    trial.place.write(f"{trial.place.outside}/index.yaml", INDEX)
    index_refused(trial, redirect(f"file://{trial.place.outside}/index.yaml"), "scheme",
                  "redirect", "protocol", "file")


@case("a redirect of a chart to a file is not followed")
def _(trial):
    trial.place.write(f"{trial.place.outside}/x-0.1.0.tgz", HONEST)
    chart_refused(trial, redirect(f"file://{trial.place.outside}/x-0.1.0.tgz"), "scheme",
                  "redirect", "protocol", "file")


@case("a redirect to an OCI registry is not followed")
def _(trial):
    registry = trial.serve({"*": ok(b"{}")})
    index_refused(trial, redirect(f"oci://{registry.address}/x"), "scheme", "redirect", "protocol",
                  "oci")
    trial.expect(not registry.connections, "asked the registry")


@case("a redirect to nowhere is refused")
def _(trial):
    index_refused(trial, status(302), "location", "redirect", "302", "missing")


@case("a redirect to what is no URL is refused")
def _(trial):
    index_refused(trial, redirect("http://[::bad/%zz"), "location", "redirect", "url", "invalid",
                  "uri", "parse")


def refused_with(code, name):
    @case(f"an answer of {code} is told as such")
    def _(trial):
        index_refused(trial, status(code, b"apiVersion: v1\nentries: {}\n"), str(code))
        server = trial.serve(at("/x-0.1.0.tgz", status(code, HONEST)))
        trial.refused(trial.run("pull", f"{server.url}/x-0.1.0.tgz"), str(code))


for code_and_name in [(204, "No Content"), (206, "Partial Content"), (304, "Not Modified"),
                      (401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found"),
                      (500, "Internal Server Error"), (503, "Service Unavailable")]:
    refused_with(*code_and_name)


@case("a page of HTML in place of an index is refused")
def _(trial):
    page = b"<!DOCTYPE html>\n<html><head><title>Log in</title></head>\n<body>&nbsp;</body></html>"
    index_refused(trial, ok(page, "Content-Type: text/html"), "yaml", "unmarshal", "html")


@case("a server that is not there is told as such")
def _(trial):
    server = trial.serve({})
    server.close()
    trial.known_with_old_index("known", server.url)
    trial.refused(trial.run("repo", "update"), "refused", UNREACHABLE, "unable")
    trial.refused(trial.run("repo", "add", "new", server.url), "refused")
    trial.refused(trial.run("pull", f"{server.url}/x-0.1.0.tgz"), "refused")


@case("one repository that hangs does not spoil the update of another")
def _(trial):
    slow, good = trial.serve({"*": silent}), trial.serve(at("/index.yaml", ok(INDEX)))
    trial.known_with_old_index("slow", slow.url)
    trial.known("good", good.url)
    trial.may_write("home/.cache/helm/repository/good-*")
    trial.refused(trial.run("repo", "update", "--timeout", "2s", seconds=SHORT), "slow|time")


@case("a slow but honest server is waited for")
def _(trial):
    trial.may_write("home/*")
    server = trial.serve(at("/index.yaml", wait_then(1, ok(INDEX))))
    trial.taken(trial.run("repo", "add", "new", server.url))


@case("an index of a version that was there keeps its digest's promise")
def _(trial):
    wrong = listed(digest="0" * 64)
    server = trial.serve(at("/index.yaml", ok(index(wrong))))
    trial.known("r", server.url, index(wrong))
    trial.refused(trial.run("pull", "r/x"), "digest")
    trial.refused(trial.run("template", "r/x", "--generate-name"), "digest")
