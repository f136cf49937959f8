"""Passwords and client certificates: who asks for them, and who gets them."""

import base64

from servers import FOREIGN, ok, plain_tls_context, redirect, status
from trial import HONEST, case, honest_entries, index, listed

USER, PASSWORD = "alice", "open-sesame"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
GIVEN = ("--username", USER, "--password", PASSWORD)
WORDS = (USER, PASSWORD, BASIC)


def theirs(url="x-0.1.0.tgz"):
    """The routes of whoever waits for credentials: all that could be asked for is there."""
    return {"/index.yaml": ok(index(*honest_entries(url))), "/x-0.1.0.tgz": ok(HONEST),
            "*": ok(HONEST)}


def keeps_quiet(trial, answer):
    trial.expect(PASSWORD not in answer.out + answer.err, "printed the password")
    trial.expect(BASIC not in answer.out + answer.err, "printed the credentials")


def writes(trial):
    trial.may_write("home/*", "a/b/work/x-0.1.0.tgz")


def may_end(trial, answer):
    """Refused or not, it says so properly."""
    trial.harmless(answer)
    keeps_quiet(trial, answer)


def got(trial, server, path):
    """The positive side: the server got them, so that `never_saw` is worth something."""
    asked = server.asked(path)
    trial.expect(asked and all(request.headers.get("authorization") == f"Basic {BASIC}"
                               for request in asked), f"{path} was asked for without credentials")


@case("a repository gets its own credentials for index and chart")
def _(trial):
    writes(trial)
    server = trial.serve(theirs())
    trial.taken(trial.run("repo", "add", "new", server.url, *GIVEN))
    trial.taken(trial.run("pull", "new/x"))
    trial.taken(trial.run("pull", "x", "--repo", server.url, *GIVEN))
    got(trial, server, "/index.yaml")
    got(trial, server, "/x-0.1.0.tgz")


def moved(where, **thief_options):
    """The index moves to a server that is not to learn the credentials."""
    @case(f"an index that moves {where} takes no credentials along")
    def _(trial):
        writes(trial)
        thief = trial.serve(theirs(), **thief_options)
        for code in (301, 302, 303, 307, 308):
            server = trial.serve({"*": redirect(f"{thief.url}/index.yaml", code)})
            answer = trial.run("repo", "add", f"new{code}", server.url, *GIVEN)
            may_end(trial, answer)
            got(trial, server, "/index.yaml")
        trial.never_saw(thief, *WORDS)


moved("to another host", host=FOREIGN)
moved("to another port")


@case("a chart that moves to another host takes no credentials along")
def _(trial):
    writes(trial)
    thief = trial.serve(theirs(), host=FOREIGN)
    server = trial.repository({"/x-0.1.0.tgz": redirect(f"{thief.url}/x-0.1.0.tgz")},
                              honest_entries())
    may_end(trial, trial.run("pull", "x", "--repo", server.url, *GIVEN))
    trial.known("r", server.url, index(*honest_entries()), username=USER, password=PASSWORD)
    may_end(trial, trial.run("pull", "r/x"))
    may_end(trial, trial.run("template", "r/x", "--generate-name"))
    trial.never_saw(thief, *WORDS)


@case("a way over a foreign host and back takes no credentials along")
def _(trial):
    writes(trial)
    server = trial.serve(theirs())
    thief = trial.serve({"*": redirect(f"{server.url}/back.yaml")}, host=FOREIGN)
    server.routes["/index.yaml"] = redirect(f"{thief.url}/index.yaml")
    server.routes["/back.yaml"] = ok(index(*honest_entries()))
    may_end(trial, trial.run("repo", "add", "new", server.url, *GIVEN))
    trial.never_saw(thief, *WORDS)


@case("a step from HTTPS down to HTTP takes no credentials along")
def _(trial):
    writes(trial)
    thief = trial.serve(theirs())
    server = trial.serve({"*": redirect(f"{thief.url}/index.yaml")},
                         tls=plain_tls_context(*trial.keys.pair("good")))
    answer = trial.run("repo", "add", "new", server.url, *GIVEN, "--ca-file",
                       trial.keys.path("ca.crt"))
    may_end(trial, answer)
    got(trial, server, "/index.yaml")
    trial.never_saw(thief, *WORDS)


def elsewhere(where, **thief_options):
    @case(f"a chart that the index has {where} is asked for without credentials")
    def _(trial):
        writes(trial)
        thief = trial.serve(theirs(), **thief_options)
        server = trial.repository({}, honest_entries(f"{thief.url}/x-0.1.0.tgz"))
        text = index(*honest_entries(f"{thief.url}/x-0.1.0.tgz"))
        trial.known("r", server.url, text, username=USER, password=PASSWORD)
        trial.taken(trial.run("pull", "x", "--repo", server.url, *GIVEN))
        trial.taken(trial.run("pull", "r/x"))
        trial.taken(trial.run("template", "r/x", "--generate-name"))
        trial.expect(thief.requests, "the chart was not asked for")
        trial.never_saw(thief, *WORDS)


elsewhere("on another host", host=FOREIGN)
elsewhere("on another port")


@case("--pass-credentials sends them to the host that the index names")
def _(trial):
    writes(trial)
    other = trial.serve(theirs(), host=FOREIGN)
    server = trial.repository({}, honest_entries(f"{other.url}/x-0.1.0.tgz"))
    trial.taken(trial.run("pull", "x", "--repo", server.url, *GIVEN, "--pass-credentials"))
    got(trial, other, "/x-0.1.0.tgz")


@case("--pass-credentials does not send them after a redirect to another host")
def _(trial):
    writes(trial)
    thief = trial.serve(theirs(), host=FOREIGN)
    server = trial.repository({"/x-0.1.0.tgz": redirect(f"{thief.url}/x-0.1.0.tgz")},
                              honest_entries())
    answer = trial.run("pull", "x", "--repo", server.url, *GIVEN, "--pass-credentials")
    may_end(trial, answer)
    trial.never_saw(thief, *WORDS)


def in_url(server, path=""):
    return f"http://{USER}:{PASSWORD}@{server.address}{path}"


@case("credentials in a URL stay with its host")
def _(trial):
    writes(trial)
    thief = trial.serve(theirs(), host=FOREIGN)
    server = trial.serve({"*": redirect(f"{thief.url}/x-0.1.0.tgz")})
    may_end(trial, trial.run("pull", in_url(server, "/x-0.1.0.tgz")))
    may_end(trial, trial.run("repo", "add", "new", in_url(server)))
    trial.never_saw(thief, *WORDS)


@case("a password in a URL is not printed when the server refuses it")
def _(trial):
    server = trial.serve({"*": status(401, b"no")})
    for words in (["repo", "add", "new", in_url(server)],
                  ["pull", in_url(server, "/x-0.1.0.tgz")],
                  ["pull", "x", "--repo", in_url(server)],
                  ["template", in_url(server, "/x-0.1.0.tgz"), "--generate-name"]):
        answer = trial.refused(trial.run(*words), "401")
        keeps_quiet(trial, answer)


@case("a password of an option is not printed when the server refuses it")
def _(trial):
    server = trial.serve({"*": status(403, b"no")})
    trial.known("r", server.url, index(*honest_entries()), username=USER, password=PASSWORD)
    for words in (["repo", "add", "new", server.url, *GIVEN], ["pull", "r/x"], ["repo", "update"],
                  ["pull", "x", "--repo", server.url, *GIVEN]):
        keeps_quiet(trial, trial.refused(trial.run(*words), "403"))


@case("credentials of one repository are not used for a URL that only begins like its")
def _(trial):
    writes(trial)
    server, thief = trial.serve(theirs()), trial.serve(theirs(), host="127.0.0.11")
    # 127.0.0.1 is a beginning of 127.0.0.11.
    trial.known("r", f"http://127.0.0.1:{thief.port}", index(*honest_entries()), username=USER,
                password=PASSWORD)
    trial.taken(trial.run("pull", f"{thief.url}/x-0.1.0.tgz"))
    trial.never_saw(thief, *WORDS)
    trial.expect(not server.requests, "asked a server that nobody named")


@case("an index cannot send credentials elsewhere by a user in the chart's URL")
def _(trial):
    writes(trial)
    thief = trial.serve(theirs(), host=FOREIGN)
    server = trial.serve({})
    # The host of this URL is the thief; the repository's address is only its user.
    url = f"http://{server.address}@{thief.address}/x-0.1.0.tgz"
    server.routes["/index.yaml"] = ok(index(*honest_entries(url)))
    may_end(trial, trial.run("pull", "x", "--repo", server.url, *GIVEN))
    for request in thief.requests:
        trial.expect(BASIC not in str(request.headers), "sent to the thief")


@case("a dependency's foreign repository gets nobody's credentials")
def _(trial):
    trial.may_write("home/*", "a/b/work/p/charts/*", "a/b/work/p/Chart.lock", "a/b/work/p/charts")
    own, foreign = trial.serve(theirs()), trial.serve(theirs(), host=FOREIGN)
    trial.known("own", own.url, index(*honest_entries()), username=USER, password=PASSWORD)
    trial.place.write("p/Chart.yaml", "apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n"
                      f"- {{name: x, version: 0.1.0, repository: '{foreign.url}'}}\n")
    trial.taken(trial.run("dependency", "update", "p"))
    trial.expect(foreign.requests, "the foreign repository was not asked")
    trial.never_saw(foreign, *WORDS)


def with_client_ca(trial):
    return plain_tls_context(*trial.keys.pair("good"), trial.keys.path("ca.crt"))


def client_options(trial):
    certificate, key = trial.keys.pair("client")
    return ("--cert-file", certificate, "--key-file", key, "--ca-file", trial.keys.path("ca.crt"))


@case("a repository gets its client certificate")
def _(trial):
    writes(trial)
    server = trial.serve(theirs(), tls=with_client_ca(trial))
    trial.taken(trial.run("repo", "add", "new", server.url, *client_options(trial)))
    trial.taken(trial.run("pull", "new/x"))
    trial.expect(server.requests and all(request.certificate for request in server.requests),
                 "no certificate came")


@case("a redirect to another host takes no client certificate along")
def _(trial):
    writes(trial)
    thief = trial.serve(theirs(), host=FOREIGN, tls=with_client_ca(trial))
    server = trial.serve({"*": redirect(f"{thief.url}/index.yaml")}, tls=with_client_ca(trial))
    may_end(trial, trial.run("repo", "add", "new", server.url, *client_options(trial)))
    trial.never_saw(thief)


@case("a chart on another host is asked for without the client certificate")
def _(trial):
    writes(trial)
    thief = trial.serve(theirs(), host=FOREIGN, tls=with_client_ca(trial))
    server = trial.repository({}, honest_entries(f"{thief.url}/x-0.1.0.tgz"),
                              tls=with_client_ca(trial))
    may_end(trial, trial.run("pull", "x", "--repo", server.url, *client_options(trial)))
    trial.never_saw(thief)


@case("a listed chart with a wrong digest is not kept for the next one")
def _(trial):
    server = trial.repository({"/x-0.1.0.tgz": ok(HONEST)}, [listed(digest="1" * 64)])
    trial.known("r", server.url, index(listed(digest="1" * 64)))
    trial.refused(trial.run("template", "r/x", "--generate-name"), "digest")
    trial.refused(trial.run("show", "chart", "r/x"), "digest")
