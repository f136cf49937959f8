"""The tutorial's first part: what a reader meets before writing a chart.

Sections 安装和部署, HELM的使用, chart: version, completion, init, repositories,
search, permissions, the first install, and what lies in a chart.
"""

import os
import re
import subprocess
import tarfile

ASK_BASH = """
. "$1"
found=$(complete -p "$2") || exit 3
function=$(sed -n 's/.* -F \\([^ ]*\\).*/\\1/p' <<<"$found")
COMP_WORDS=("$2" "${@:3}") COMP_CWORD=$(($# - 2)) COMP_LINE="$2 ${*:3}" COMP_POINT=${#COMP_LINE}
COMP_TYPE=9 COMP_KEY=9
"$function" "$2" "${@: -1}" "${@: -2:1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def install_and_complete(reader):
    reader.checks.chapter("helm的安装和部署: version, completion, init")
    for words in reader.words.versions():
        said = reader.do(*words).out
        if "--short" in words and reader.words.guesses:
            theirs = reader.helm("version", "--short").out.split("+")[0].strip()
            reader.checks.check("as helm, it is the version of Helm that is followed",
                                said.startswith(theirs), f"{said!r}, Helm's {theirs!r}")
    script = reader.do("completion", "bash").out
    reader.write(script, ".helmrc")
    for shell in ("zsh", "fish", "powershell"):
        reader.checks.check(f"a completion script for {shell}", reader.do("completion", shell).out)


def completes(reader):
    """bash itself says what it completes."""
    if reader.is_helm:
        return  # Helm's script wants the package bash-completion
    reader.checks.chapter("tab completion, by bash")
    name = os.path.basename(reader.tool)
    cases = [(["inst"], "install", "a command"), (["install", "--dry"], "--dry-run", "a flag"),
             (["status", "m"], "my", "a release"), (["rollback", "my", ""], "1", "a revision"),
             (["repo", "remove", "st"], "stable", "a repository"),
             (["show", "values", "stable/mysql"], "stable/mysql", "a chart")]
    for typed, wanted, what in cases:
        asked = subprocess.run(
            ["bash", "--norc", "-c", ASK_BASH, "bash", reader.file(".helmrc"), name, *typed],
            cwd=reader.desk, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env={**reader.environment,
                 "PATH": os.path.dirname(reader.tool) + os.pathsep + reader.environment["PATH"]})
        offered = [line.split("\t")[0].strip() for line in asked.stdout.splitlines()]
        reader.checks.check(f"{name} {' '.join(typed)}⇥ offers {what}", wanted in offered,
                            asked.stdout + asked.stderr)


def prepare(reader, stable):
    reader.checks.chapter("init, repo list")
    before = reader.kubectl("get", "all,serviceaccounts,secrets", "--namespace=kube-system",
                            "--output=name")
    answer = reader.do(*reader.words.prepare(stable))
    after = reader.kubectl("get", "all,serviceaccounts,secrets", "--namespace=kube-system",
                           "--output=name")
    reader.checks.same("kubectl: nothing was started in kube-system", after, before)
    if reader.words.guesses:
        reader.checks.check("init says that no server is needed, and why",
                            re.search(r"(?i)server\b.*\bnone.*\brights", answer.out), answer)
    theirs = {it["name"]: it["url"] for it in reader.helm_json("repo", "list")}
    reader.checks.same("real Helm has the repository, and no other", theirs, {"stable": stable})
    listed = dict(re.findall(r"^(\w+) *\t? *(\S+)", reader.do("repo", "list").out, re.M))
    wanted = {"stable"} | ({"local"} if reader.words.guesses else set())
    reader.checks.same("repo list shows what the tutorial's does", {*listed} - {"NAME"}, wanted)


def search(reader):
    reader.checks.chapter("search mysql")
    theirs = [it["name"] for it in reader.helm_json("search", "repo", "mysql")]
    reader.checks.same("real Helm finds by name, description and keywords", sorted(theirs),
                       ["stable/mariadb", "stable/mysql", "stable/mysqldump", "stable/percona"])
    for words in reader.words.searches("mysql"):
        rows = [line.split("\t")[0].strip() for line in reader.do(*words).out.splitlines()[1:]]
        reader.checks.same(f"`{' '.join(words)}` finds the same, in the same order", rows, theirs)


def refused_without_rights(reader):
    """The error that the tutorial's readers meet first, and the way out of it."""
    reader.checks.chapter("permissions")
    records = "secrets,configmaps,deployments,services,persistentvolumeclaims"
    before = reader.kubectl("get", records, "--output=name")
    words = reader.words.install_named("guarded", reader.words.stable("mysql"))
    answer = reader.type(*words, KUBECONFIG=reader.nobody)
    reader.checks.check("nobody may not install", answer.code == 1, answer)
    for what in ("nobody", "secrets", reader.namespace):
        reader.checks.check(f"the error names {what}", what in answer.err, answer)
    reader.checks.same("kubectl: nothing was written",
                       reader.kubectl("get", records, "--output=name"), before)
    if reader.is_helm:
        return
    printed = reader.do(*words, "--print-rbac", KUBECONFIG=reader.nobody)
    reader.checks.same("kubectl: asking for the rules wrote nothing",
                       reader.kubectl("get", records, "--output=name"), before)
    reader.kubectl("apply", "--filename=-", stdin=printed.out)
    answer = reader.do(*words, KUBECONFIG=reader.nobody)
    reader.checks.check("kubectl: it is installed",
                        "Deployment/guarded-mysql" in reader.names(), answer)
    for verb, resource, namespace, wanted in [
            ("create", "deployments", reader.namespace, "yes"), ("delete", "nodes", "", "no"),
            ("create", "secrets", "default", "no"), ("create", "pods", reader.namespace, "no")]:
        where = [f"--namespace={namespace}"] if namespace else []
        said = reader.can_nobody(verb, resource, *where)
        reader.checks.same(f"kubectl auth can-i {verb} {resource} {namespace}", said, wanted)
    gone = reader.words.delete("guarded")
    printed = reader.do(*gone, "--print-rbac", KUBECONFIG=reader.nobody)
    reader.kubectl("apply", "--filename=-", stdin=printed.out)
    reader.do(*gone, KUBECONFIG=reader.nobody)
    reader.is_gone("guarded")


def first_install(reader):
    """A release whose name nobody gave, and its claim that waits for a volume."""
    reader.checks.chapter("install stable/mysql")
    answer = reader.do(*reader.words.unnamed("stable/mysql"))
    name = next((it for it in reader.releases() if it != "guarded"), "?")
    if reader.words.guesses:
        reader.checks.check("the name is one like looming-poodle",
                            re.fullmatch(r"[a-z]+-[a-z]+", name), name)
    reader.checks.same("real Helm lists it as deployed", reader.releases(),
                       {name: ("deployed", "mysql-1.6.9", "1")})
    # The chart does not say `mysql` twice: a name that today's --generate-name makes has it.
    full = name if "mysql" in name else f"{name}-mysql"
    for kind, suffix in [("Service", ""), ("Deployment", ""), ("PersistentVolumeClaim", ""),
                         ("Secret", ""), ("ConfigMap", "-test")]:
        reader.checks.check(f"kubectl: {kind} {full}{suffix}",
                            f"{kind}/{full}{suffix}" in reader.names())
    if reader.words.guesses:
        three_parts(reader, name, answer.out)
    pending(reader, name, full)
    listed = reader.do(*reader.words.listing(name)).out
    reader.checks.check("the list shows it", name in listed, listed)
    reader.do(*reader.words.delete(name))
    reader.is_gone(name)
    reader.checks.same("real Helm lists nothing", reader.releases(), {})


def three_parts(reader, name, out):
    found = re.fullmatch(r"(NAME: .*?)\n+RESOURCES:\n(.*?)\n+NOTES:\n(.*)", out, re.S)
    if not reader.checks.check("the output is in three parts: release, resources, notes", found, out):
        return
    release, resources, notes = found.groups()
    reader.checks.check("the release: name, namespace, DEPLOYED", all(
        re.search(rf"(?i)^{key}: +{value}$", release, re.M) for key, value in [
            ("NAME", name), ("NAMESPACE", reader.namespace), ("STATUS", "DEPLOYED")]), release)
    kinds = "service,deployment,persistentvolumeclaim,secret,configmap"
    for it in reader.names(kinds):
        reader.checks.check(f"the resources: {it}", it.split("/")[1] in resources, resources)
    theirs = reader.helm("get", "notes", name).out.removeprefix("NOTES:\n")
    reader.checks.same("the notes are those that real Helm has", notes.strip(), theirs.strip())


def pending(reader, name, claim):
    reader.becomes("kubectl: the claim is Pending",
                   lambda: reader.field("pvc", claim, ".status.phase"), "Pending")
    shown = reader.do("status", name).out
    line = next((it for it in shown.splitlines() if "Pending" in it and claim in it), "")
    reader.checks.check("status shows the claim as Pending", line, shown)
    if not reader.is_helm:
        reader.checks.check("… and says what it waits for",
                            re.search(r"(?i)volume", shown.replace("PersistentVolumeClaim", "")),
                            shown)


def in_a_chart(reader, stable):
    """The archive, its folder, and what the tutorial lists of it."""
    reader.checks.chapter("chart目录结构: the chart as archive and folder")
    reader.do(*reader.words.pull("stable/mysql"))
    reader.curl("--output", reader.file("by-curl.tgz"), f"{stable}/mysql-1.6.9.tgz")
    with open(reader.file("by-curl.tgz"), "rb") as file:
        wanted = file.read()
    fetched = reader.file("mysql-1.6.9.tgz")
    if reader.checks.check("the archive lies here", os.path.exists(fetched)):
        with open(fetched, "rb") as file:
            reader.checks.check("… with the bytes that curl gets", file.read() == wanted)
    reader.do(*reader.words.pull("stable/mysql", "--untar", "--untardir", "unpacked"))
    with tarfile.open(reader.file("by-curl.tgz")) as archive:
        inside = {it.name: archive.extractfile(it).read() for it in archive if it.isfile()}
    unpacked = {}
    for folder, _, files in os.walk(reader.file("unpacked")):
        for file in files:
            path = os.path.join(folder, file)
            with open(path, "rb") as content:
                unpacked[os.path.relpath(path, reader.file("unpacked"))] = content.read()
    reader.checks.check("--untar: the folder has the archive's files", unpacked == inside,
                        sorted({*unpacked} ^ {*inside}))
    shown = reader.do(*reader.words.show("values", reader.words.stable("mysql"))).out
    reader.checks.same("values are the chart's, comments and all", shown.strip(),
                       inside["mysql/values.yaml"].decode().strip())
    shown = reader.do(*reader.words.show("chart", "unpacked/mysql")).out
    theirs = reader.helm("show", "chart", "unpacked/mysql").out
    reader.checks.same("what the chart says of itself is what real Helm shows", shown.strip(),
                       theirs.strip())


def templates(reader):
    """`install stable/mysql -n my`: names, built-in objects, the random password."""
    reader.checks.chapter("chart template: install stable/mysql -n my")
    reader.do(*reader.words.install("my", reader.words.stable("mysql")))
    named = {"Service/my-mysql", "Deployment/my-mysql", "PersistentVolumeClaim/my-mysql",
             "Secret/my-mysql", "ConfigMap/my-mysql-test"}
    reader.checks.check("kubectl: every name is my-mysql", named <= reader.names(), reader.names())
    label = reader.field("deployment", "my-mysql", ".metadata.labels.heritage")
    reader.checks.same("kubectl: .Release.Service is Helm", label, "Helm")
    label = reader.field("deployment", "my-mysql", ".metadata.labels.chart")
    reader.checks.same("kubectl: name and version of the chart", label, "mysql-1.6.9")
    password = reader.secret("my-mysql", "mysql-root-password")
    reader.checks.check("kubectl: the password is ten random characters",
                        re.fullmatch(r"[A-Za-z0-9]{10}", password), password)
