"""Writing a chart: create, lint, dry run, four sources, all the files of a chart.

Sections 开发chart and 安装chart.
"""

import hashlib
import os
import re


def create_and_lint(reader):
    reader.checks.chapter("开发chart: create, lint")
    reader.do("create", "mychart")
    made = {os.path.relpath(os.path.join(folder, file), reader.desk)
            for folder, _, files in os.walk(reader.file("mychart")) for file in files}
    for wanted in ("Chart.yaml", "values.yaml", ".helmignore", "templates/NOTES.txt",
                   "templates/_helpers.tpl", "templates/deployment.yaml", "templates/service.yaml"):
        reader.checks.check(f"create makes {wanted}", f"mychart/{wanted}" in made, sorted(made))
    theirs = reader.helm("lint", "mychart")
    reader.checks.check("real Helm's lint finds nothing wrong", theirs.good, theirs)
    reader.do("lint", "mychart")
    colon(reader)


def colon(reader):
    """A colon is taken out of values.yaml; lint says where, and is content once it is back."""
    right = reader.read("mychart", "values.yaml")
    lines = right.splitlines()
    key = next(at for at, line in enumerate(lines) if re.match(r"  repository: \w", line))
    lines[key] = lines[key].replace(":", "", 1)
    reader.write("\n".join(lines) + "\n", "mychart", "values.yaml")
    theirs = reader.helm("lint", "mychart")
    reader.checks.check("real Helm's lint finds that a colon is missing", not theirs.good, theirs)
    answer = reader.type("lint", "mychart")
    said = answer.out + answer.err
    reader.checks.check("lint fails", answer.code == 1, answer)
    reader.checks.check("… and names values.yaml", "values.yaml" in said, answer)
    if not reader.is_helm:
        reader.checks.check(f"… and line {key + 1}, where the colon is missing",
                            re.search(rf"values\.yaml:{key + 1}\b|line {key + 1}\b", said), answer)
        reader.checks.check("… and shows it", lines[key].strip() in said, answer)
    reader.write(right, "mychart", "values.yaml")
    reader.do("lint", "mychart")


def rehearse(reader):
    """--dry-run --debug shows everything and writes nothing, anywhere."""
    reader.checks.chapter("install --dry-run --debug")
    before, files = everything(reader), state(reader)
    shown = reader.do(*reader.words.dry_run("mychart"))
    reader.checks.same("kubectl: nothing was written, records included", everything(reader), before)
    reader.checks.same("no file in the reader's home has changed", state(reader), files)
    for part in ("USER-SUPPLIED VALUES:", "COMPUTED VALUES:", "MANIFEST:"):
        reader.checks.check(f"it shows {part}", part in shown.out, shown)
    found = re.search(r"^NAME: +(\S+)", shown.out, re.M)
    name = found.group(1) if found else "?"
    theirs = reader.helm("template", name, "mychart", "--show-only", "templates/deployment.yaml")
    document = theirs.out.removeprefix("---\n").strip()
    reader.checks.check("the Deployment is the one that real Helm renders", document in shown.out,
                        f"{document}\n— not in —\n{shown.out}")


def everything(reader):
    kinds = "deployments,services,persistentvolumeclaims,secrets,configmaps,serviceaccounts,pods"
    return reader.kubectl("get", kinds, "--output=jsonpath={range .items[*]}{.kind} "
                          "{.metadata.name} {.metadata.uid}{'\\n'}{end}")


def state(reader):
    """The content of every file in the home but caches, which a look may fill."""
    found = {}
    for folder, _, files in os.walk(reader.home):
        if "/.cache/" not in folder + "/" and "/.kube/" not in folder + "/":
            for file in files:
                with open(os.path.join(folder, file), "rb") as content:
                    found[os.path.join(folder, file)] = hashlib.sha256(content.read()).hexdigest()
    return found


def four_sources(reader, server):
    """Repository, archive, folder, URL; and --repo."""
    reader.checks.chapter("安装chart: four sources, and --repo")
    packed = reader.helm("package", "mychart", "--destination", "sources")
    reader.checks.check("real Helm packs the created chart", packed.good, packed)
    reader.curl("--upload-file", reader.file("sources", "mychart-0.1.0.tgz"),
                f"{server}/sources/mychart-0.1.0.tgz")
    sources = [("from-repository", ["stable/nginx"], "nginx-1.2.3"),
               ("from-archive", ["./sources/mychart-0.1.0.tgz"], "mychart-0.1.0"),
               ("from-folder", ["./mychart"], "mychart-0.1.0"),
               ("from-url", [f"{server}/sources/mychart-0.1.0.tgz"], "mychart-0.1.0"),
               ("from-repo-flag", ["nginx", "--repo", f"{server}/stable"], "nginx-1.2.3")]
    for name, words, chart in sources:
        reader.do(*reader.words.install(name, *words))
        reader.checks.same(f"real Helm lists {name}", reader.releases().get(name),
                           ("deployed", chart, "1"))
        kind = "ConfigMap" if chart.startswith("nginx") else "Deployment"
        made = [it for it in reader.names() if it.startswith(f"{kind}/{name}")]
        reader.checks.check(f"kubectl: its {kind} is there", made, reader.names())
    for name, *_ in sources:
        reader.do(*reader.words.delete(name))
    reader.is_gone("from-")


def environments(reader):
    """The same chart with the values of each environment, and one application as a whole."""
    reader.checks.chapter("values per environment")
    for name, replicas in (("test", "1"), ("production", "3")):
        reader.write(f"replicaCount: {replicas}\n", f"{name}.yaml")
        reader.do(*reader.words.install(name, "./mychart", "-f", f"{name}.yaml"))
        reader.checks.same(f"kubectl: {name} has {replicas} replicas",
                           reader.field("deployment", f"{name}-mychart", ".spec.replicas"), replicas)
    for name in ("test", "production"):
        reader.do(*reader.words.delete(name))
        reader.is_gone(f"{name}-")


def all_the_files(reader, repository):
    """A chart with every file that the tutorial lists, and a dependency from our repository."""
    reader.checks.chapter("a chart with all the files, and a dependency")
    for path, text in shop(repository).items():
        reader.write(text, "shop", path)
    reader.do("dependency", "update", "shop")
    theirs = reader.helm("dependency", "list", "shop")
    reader.checks.check("real Helm finds the dependency as it should be",
                        re.search(r"^mycrt\s.*\bok\b", theirs.out, re.M), theirs)
    reader.curl("--output", reader.file("wanted.tgz"), f"{repository}/mycrt-0.1.0.tgz")
    reader.checks.check("it is the archive that curl gets", same_bytes(
        reader.file("wanted.tgz"), reader.file("shop", "charts", "mycrt-0.1.0.tgz")))
    os.remove(reader.file("shop", "charts", "mycrt-0.1.0.tgz"))
    theirs = reader.helm("dependency", "build", "shop")
    reader.checks.check("real Helm accepts the lock and its digest", theirs.good, theirs)
    reader.do("package", "shop")
    theirs = reader.helm("show", "readme", "shop-1.0.0.tgz")
    reader.checks.check("real Helm reads the archive's README", "# Shop" in theirs.out, theirs)
    reader.checks.same("show readme shows it",
                       reader.do(*reader.words.show("readme", "shop-1.0.0.tgz")).out.strip(),
                       theirs.out.strip())
    os.makedirs(reader.file("by-url"))
    reader.do(*reader.words.pull(f"{repository}/mycrt-0.1.0.tgz", "--destination", "by-url"))
    reader.checks.check("an archive is fetched by its URL", same_bytes(
        reader.file("wanted.tgz"), reader.file("by-url", "mycrt-0.1.0.tgz")))
    unpacked(reader)
    reader.do(*reader.words.install("shop", "./shop-1.0.0.tgz"))
    for wanted in ("ConfigMap/shop-shop", "Deployment/shop-mycrt"):
        reader.checks.check(f"kubectl: {wanted}", wanted in reader.names(), reader.names())
    theirs = reader.helm("get", "notes", "shop")
    reader.checks.check("real Helm shows its notes", "The shop is open." in theirs.out, theirs)
    reader.do(*reader.words.delete("shop"))
    reader.is_gone("shop-")


def unpacked(reader):
    """The archive holds every file, as tar sees it."""
    listed = reader.run_plain("tar", "--list", "--file", "shop-1.0.0.tgz").out.split()
    for path in [*shop(""), "requirements.lock", "charts/mycrt-0.1.0.tgz"]:
        reader.checks.check(f"tar: the archive has {path}", f"shop/{path}" in listed
                            or (path.startswith("charts/") and "shop/charts/mycrt/Chart.yaml" in listed),
                            listed)


def same_bytes(left, right):
    if not (os.path.exists(left) and os.path.exists(right)):
        return False
    with open(left, "rb") as one, open(right, "rb") as other:
        return one.read() == other.read()


def shop(repository):
    return {
        "Chart.yaml": "apiVersion: v1\nname: shop\nversion: 1.0.0\nappVersion: '2'\n"
                      "description: Everything that a chart may have\n",
        "README.md": "# Shop\n\nHow it is used.\n",
        "LICENSE": "You may do what you like with it.\n",
        "OWNERS": "approvers:\n- ann\nreviewers:\n- ben\n",
        "requirements.yaml": f"dependencies:\n- name: mycrt\n  version: ~0.1.0\n"
                             f"  repository: {repository}\n",
        "values.yaml": "greeting: hello\n",
        "templates/_helpers.tpl": '{{- define "shop.fullname" -}}\n'
                                  '{{- printf "%s-%s" .Release.Name .Chart.Name -}}\n{{- end -}}\n',
        "templates/configmap.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n"
                                    '  name: {{ template "shop.fullname" . }}\n'
                                    "data:\n  greeting: {{ .Values.greeting | quote }}\n",
        "templates/NOTES.txt": "The shop is open.\n",
    }
