"""TLS: certificates that do not fit, and the wrong protocol on a port."""

from cases.bodies import BODY, EARLY
from servers import ok, plain_tls_context
from trial import case

ROUTES = {path: ok(body) for path, body in BODY.items()}
REFUSED = "certificate|x509|tls|unknown ?issuer"


def added(trial, pair, *words, ca="ca.crt", seconds=30):
    server = trial.serve(ROUTES, tls=plain_tls_context(*trial.keys.pair(pair)))
    trial.known_with_old_index("known", server.url, caFile=trial.keys.path(ca) if ca else "")
    chosen = ("--ca-file", trial.keys.path(ca)) if ca else ()
    answers = [trial.run("repo", "add", "new", server.url, *chosen, *words, seconds=seconds),
               trial.run("repo", "update", seconds=seconds),
               trial.run("pull", f"{server.url}/x-0.1.0.tgz", *chosen, seconds=seconds)]
    return server, answers


def refused(sentence, pair, *clauses, ca="ca.crt"):
    @case(sentence)
    def _(trial):
        server, answers = added(trial, pair, ca=ca)
        for answer in answers:
            trial.refused(answer, *clauses)
        trial.expect(not server.requests, "asked all the same")


refused("a certificate of another host is refused", "elsewhere", "name", "valid for", REFUSED)
refused("a certificate that has expired is refused", "expired", "expired")
refused("a certificate of an unknown authority is refused", "unknown", "unknown", "authority",
        REFUSED)
refused("a good certificate is refused where its authority is not named", "good", "unknown",
        "authority", REFUSED, ca=None)


@case("a good certificate is taken")
def _(trial):
    trial.may_write("home/*", "a/b/work/x-0.1.0.tgz")
    _, answers = added(trial, "good")
    for answer in answers:
        trial.taken(answer)


@case("--insecure-skip-tls-verify takes any certificate, and only where it is said")
def _(trial):
    trial.may_write("home/*", "a/b/work/x-0.1.0.tgz")
    server = trial.serve(ROUTES, tls=plain_tls_context(*trial.keys.pair("unknown")))
    url = f"{server.url}/x-0.1.0.tgz"
    trial.taken(trial.run("pull", url, "--insecure-skip-tls-verify"))
    trial.refused(trial.run("pull", url), REFUSED)


@case("plain HTTP where TLS is expected is refused")
def _(trial):
    server = trial.serve({"*": ok("hello")})
    url = f"https://{server.address}"
    trial.refused(trial.run("repo", "add", "new", url), "tls", "http", "corrupt", "invalid", EARLY)
    trial.refused(trial.run("pull", f"{url}/x-0.1.0.tgz"), "tls", "http", "corrupt", "invalid",
                  EARLY)


@case("TLS where plain HTTP is expected is refused")
def _(trial):
    server = trial.serve(ROUTES, tls=plain_tls_context(*trial.keys.pair("good")))
    trial.refused(trial.run("repo", "add", "new", f"http://{server.address}", "--timeout", "5s"))


@case("a greeting of another protocol where TLS is expected is refused")
def _(trial):
    server = trial.serve({}, greeting=b"220 smtp.example.com ESMTP\r\n")
    trial.refused(trial.run("repo", "add", "new", f"https://{server.address}", "--timeout", "5s"))


@case("a file of authorities that is none is told as such")
def _(trial):
    broken = trial.place.write("ca.crt", "no certificate\n")
    server = trial.serve(ROUTES, tls=plain_tls_context(*trial.keys.pair("good")))
    for file in (broken, trial.place.path("nowhere.crt")):
        answer = trial.run("repo", "add", "new", server.url, "--ca-file", file)
        trial.refused(answer, "certificate", "ca", "no such file")
