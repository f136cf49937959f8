#!/usr/bin/env python3
"""Run Helm's own command line tests against a binary, from outside.

    run.py --bin helm
    run.py --bin rutter --import-cmd '{bin} ledger import --helm-records {file}'

See README.md. Python 3 standard library only; talks to loopback only.
"""
import argparse
import base64
import concurrent.futures
import difflib
import gzip
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
from fake_api import FakeAPI  # noqa: E402

LEVELS = ("exact", "exit-only", "differs")
LOG_LINE = re.compile(r"^(?:level=|\[[Dd]ebug\] |\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ).*\n?", re.M)
CLOCK = re.compile(r"^(LAST DEPLOYED: )[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$", re.M)


# ---------------------------------------------------------------- what a case expects

def load_cases():
    with open(os.path.join(HERE, "cases.json"), encoding="utf-8") as src:
        return json.load(src)["cases"]


def expected(case):
    """The output a case wants, or None where Helm's test looks at the exit code only."""
    if case.get("golden"):
        with open(os.path.join(HERE, "testdata", case["golden"]), encoding="utf-8", newline="") as src:
            return src.read().replace("\r\n", "\n")
    return case.get("expect")


def normalise(case, stdout, stderr, name):
    text = stdout.replace("\r\n", "\n") + LOG_LINE.sub("", stderr.replace("\r\n", "\n"))
    if name and name != "helm":
        text = re.sub(r"(?<![\w./-])%s(?![\w/-]|\.\w)" % re.escape(name), "helm", text)
    return blank_clock(case, text)


def blank_clock(case, text):
    """The time of a release that the command itself has just made is not comparable."""
    return CLOCK.sub(r"\1<now>", text) if text and case.get("clock") else text


# ---------------------------------------------------------------- one case

def environment(home):
    """A small, fixed environment: nothing is inherited but PATH."""
    env = {"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "LANG": "C.UTF-8", "HOME": home}
    for base in ("CACHE", "CONFIG", "DATA"):
        env["XDG_%s_HOME" % base] = os.path.join(home, "xdg", base.lower())
        env["HELM_%s_HOME" % base] = os.path.join(home, "helm", base.lower())
    env["XDG_STATE_HOME"] = os.path.join(home, "xdg", "state")
    env["XDG_RUNTIME_DIR"] = os.path.join(home, "xdg", "run")
    env["RUTTER_HOME"] = os.path.join(home, "rutter")
    env["TMPDIR"] = os.path.join(home, "tmp")
    os.makedirs(env["TMPDIR"])
    os.makedirs(env["XDG_RUNTIME_DIR"], mode=0o700)
    return env


def execute(argv, cwd, env, timeout):
    """(exit code, stdout, stderr); the exit code is None after a timeout."""
    try:
        proc = subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, start_new_session=True)
    except OSError as err:
        return 127, "", "cannot start %s: %s\n" % (argv[0], err)
    try:
        out, err = proc.communicate(timeout=timeout)
        code = proc.returncode
    except subprocess.TimeoutExpired:
        os.killpg(proc.pid, signal.SIGKILL)
        out, err = proc.communicate()
        code = None
    return code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def release_secret(record):
    """The Secret in which Helm keeps a release record."""
    version = record.get("version", 0)
    packed = base64.b64encode(gzip.compress(json.dumps(record).encode()))
    return {
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": "sh.helm.release.v1.%s.v%d" % (record["name"], version), "namespace": record["namespace"],
            "labels": {"name": record["name"], "owner": "helm", "status": record["info"]["status"],
                       "version": str(version), "createdAt": "242085845"}},
        "data": {"release": base64.b64encode(packed).decode()},
    }


def run_case(case, opts):
    place = tempfile.mkdtemp(prefix="helm-cli-")
    try:
        if not case.get("server"):
            return attempt(case, opts, place, None)
        with FakeAPI() as api:
            return attempt(case, opts, place, api)
    finally:
        if opts.keep:
            print("kept %s: %s" % (case["id"], place), file=sys.stderr)
        else:
            shutil.rmtree(place, ignore_errors=True)


def attempt(case, opts, place, api):
    work, records = os.path.join(place, "work"), os.path.join(place, "records.json")
    kubeconfig = os.path.join(place, "kubeconfig")
    env = environment(os.path.join(place, "home"))
    shutil.copytree(os.path.join(HERE, "testdata"), os.path.join(work, "testdata"),
                    ignore=shutil.ignore_patterns("output"))
    rels = case.get("rels") or []
    with open(records, "w", encoding="utf-8") as out:
        json.dump(rels, out, indent=1)
    env["KUBECONFIG"] = kubeconfig  # a file that is not there, unless the case has a server
    if api:
        with open(kubeconfig, "w", encoding="utf-8") as out:
            out.write(api.kubeconfig())
        api.load(case.get("objects") or [])
    result = {"id": case["id"], "file": case["file"], "note": ""}
    began = time.monotonic()
    code = 0
    if opts.import_cmd:
        if rels:
            argv = [t.replace("{bin}", opts.bin).replace("{file}", records) for t in shlex.split(opts.import_cmd)]
            code, out, err = execute(argv, work, env, opts.timeout)
            if code != 0:
                result["note"] = "import command: " + ("timeout" if code is None else "exit %d" % code)
    elif api:
        api.load(release_secret(r) for r in rels)
    else:
        env.update(HELM_DRIVER="memory", HELM_MEMORY_DRIVER_DATA=records)
    env.update(getattr(opts, "environment", {}))
    argv = [opts.bin] + shlex.split(case["cmd"]) + case.get("args", [])
    imported = code == 0
    if imported:
        code, out, err = execute(argv, work, env, opts.timeout)
        if code is None:
            result["note"] = "timeout"
    want, got = blank_clock(case, expected(case)), normalise(case, out, err, opts.name)
    wanted_code = 1 if case["wantError"] else 0
    exit_ok = imported and code == wanted_code
    level = "differs" if not exit_ok else "exact" if got == want else "exit-only"
    result.update(level=level, passed=level == "exact" or (exit_ok and want is None), exit=code,
                  wanted_exit=wanted_code, seconds=round(time.monotonic() - began, 3), argv=argv[1:],
                  want=want, got=got, stdout=out, stderr=err)
    if exit_ok:
        result["note"] = "exit code only" if want is None else ""
    elif not result["note"]:
        result["note"] = "exit %s, wanted %d" % (code, wanted_code)
    return result


# ---------------------------------------------------------------- reports

def diff(result):
    if result["want"] is None:
        return ""
    lines = difflib.unified_diff(result["want"].splitlines(True), result["got"].splitlines(True), "wanted", "got")
    return "".join(line if line.endswith("\n") else line + "\n\\ no newline at the end\n" for line in lines)


def show(case, result, opts):
    print("id       %s" % case["id"])
    print("test     %s %s: %s" % (case["file"], case["func"], case["name"]))
    print("command  %s" % shlex.join([opts.name or "helm"] + result["argv"]))
    print("records  %s" % (", ".join("%s v%d" % (r["name"], r.get("version", 0)) for r in case.get("rels") or []) or "-"))
    print("server   %s" % ("fake API server" if case.get("server") else "-"))
    print("golden   %s" % (case.get("golden") or ("in the case" if "expect" in case else "-")))
    print("level    %s%s" % (result["level"], result["note"] and " (%s)" % result["note"]))
    for stream in ("stdout", "stderr"):
        print("--- %s\n%s" % (stream, result[stream]), end="" if result[stream] else "\n")
    print("--- difference after normalisation\n%s" % (diff(result) or "none\n"), end="")


def table(results):
    rows = {}
    for r in results:
        row = rows.setdefault(r["file"], dict.fromkeys(LEVELS + ("passed", "cases"), 0))
        row["cases"] += 1
        row[r["level"]] += 1
        row["passed"] += r["passed"]
    rows = dict(sorted(rows.items()))
    rows["all"] = {k: sum(row[k] for row in rows.values()) for k in LEVELS + ("passed", "cases")}
    print("%-24s %6s %6s %10s %8s %7s" % (("test file", "cases") + LEVELS + ("passed",)))
    for name, row in rows.items():
        print("%-24s %6d %6d %10d %8d %7d" % (
            name, row["cases"], row["exact"], row["exit-only"], row["differs"], row["passed"]))


def main():
    parser = argparse.ArgumentParser(description="Run Helm's own command line tests against a binary, from outside.")
    parser.add_argument("--bin", metavar="PATH", help="the binary to test")
    parser.add_argument("--import-cmd", metavar="CMD",
                        help="for a binary other than helm: the command that takes in release records; "
                             "{bin} and {file} are replaced")
    parser.add_argument("--name", help="the program's name in its own messages (default: the file name of --bin)")
    parser.add_argument("--filter", metavar="RE", help="only cases whose id or command matches")
    parser.add_argument("--jobs", metavar="N", type=int, default=1, help="cases at a time (default 1)")
    parser.add_argument("--timeout", metavar="S", type=float, default=60, help="seconds for one command (default 60)")
    parser.add_argument("--min", metavar="N", type=int, help="exit 0 if at least N cases pass")
    parser.add_argument("--report", metavar="FILE", help="write every result as JSON")
    parser.add_argument("--show", metavar="ID", help="run one case and show all of it")
    parser.add_argument("--list", action="store_true", help="list the cases and stop")
    parser.add_argument("--keep", action="store_true", help="keep each case's folder and say where it is")
    opts = parser.parse_args()

    cases = load_cases()
    if opts.filter:
        cases = [c for c in cases if re.search(opts.filter, c["id"] + " " + c["cmd"])]
    if opts.show:
        cases = [c for c in cases if c["id"] == opts.show]
    if not cases:
        parser.error("no such case (--list shows them)")
    if opts.list:
        for c in cases:
            print("%s\t%s" % (c["id"], c["cmd"]))
        return 0
    if not opts.bin:
        parser.error("--bin is needed")
    found = shutil.which(opts.bin)
    if not found:
        parser.error("no such program: " + opts.bin)
    opts.bin = os.path.abspath(found)
    opts.name = opts.name or os.path.basename(opts.bin)

    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, opts.jobs)) as pool:
        results = list(pool.map(lambda c: run_case(c, opts), cases))
    passed = sum(r["passed"] for r in results)
    failed = len(results) - passed
    if opts.report:
        with open(opts.report, "w", encoding="utf-8") as out:
            json.dump({"passed": passed, "failed": failed, "cases": results}, out, indent=1)
            out.write("\n")
    if opts.show:
        show(cases[0], results[0], opts)
    else:
        table(results)
        for r in results:
            if not r["passed"]:
                print("%-9s %s%s" % (r["level"], r["id"], r["note"] and "  (%s)" % r["note"]))
    print("%d passed, %d failed" % (passed, failed))
    return 0 if not failed or (opts.min is not None and passed >= opts.min) else 1


if __name__ == "__main__":
    sys.exit(main())
