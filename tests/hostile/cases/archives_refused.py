"""Archives: names that leave their folder, links, bombs, what is no archive at all."""

import gzip
import tarfile

import archives
from archives import chart, chart_yaml, entry, packed
from servers import ok
from trial import case, listed

BROKEN = "unable to load chart archive"


def both_ways(trial, archive, *clauses, names=(BROKEN,)):
    """Refused as a file on the disk and as a chart of a repository, unpacked."""
    trial.refused(local(trial, archive), *names)
    trial.refused(pulled(trial, archive), *names, *clauses)


def local(trial, archive):
    trial.may_write("a/b/work/x.tgz")  # as we do, between two runs
    trial.place.write("x.tgz", archive)
    return trial.run("template", "x", "./x.tgz")


def pulled(trial, archive):
    """What `pull --untar` makes of it; the folder is the only thing that it may make."""
    server = trial.repository({"/x-0.1.0.tgz": ok(archive)}, [listed(archive=archive)])
    return trial.run("pull", "x", "--repo", server.url, "--untar", "--untardir", "out")


def unpacked_at_most(trial, *names):
    trial.may_write(*(f"a/b/work/out/{name}" for name in names))


@case("a name that climbs out of the chart is refused")
def _(trial):
    both_ways(trial, chart(files=[("../../../../evil", "x")]), "parent directory")


@case("a name that climbs out after it went in is refused")
def _(trial):
    both_ways(trial, chart(files=[("templates/../../../evil", "x")]), "parent directory")


@case("an absolute name inside the chart's folder is refused")
def _(trial):
    both_ways(trial, chart(files=[("/evil", "x")]), "absolute")


@case("an absolute name loses its first part and stays in the chart")
def _(trial):
    unpacked_at_most(trial, "x/*")
    archive = chart(files=[entry(f"{trial.place.outside}/evil", "x")])
    trial.taken(local(trial, archive))
    trial.taken(pulled(trial, archive))


@case("a name whose first part is .. stays in the chart")
def _(trial):
    unpacked_at_most(trial, "x/*")
    archive = chart(files=[entry("../evil", "x")])
    trial.taken(local(trial, archive))
    trial.taken(pulled(trial, archive))


@case("a name that climbs with Windows' separators is refused")
def _(trial):
    both_ways(trial, chart(files=[entry("x\\..\\..\\..\\evil", "x")]), "parent directory")


@case("a name that climbs with both separators is refused")
def _(trial):
    both_ways(trial, chart(files=[entry("x/..\\..\\../evil", "x")]), "parent directory")


@case("a name with a drive's letter is refused")
def _(trial):
    both_ways(trial, chart(files=[("C:/evil", "x")]), "illegally named")


@case("a name with a NUL is refused")
def _(trial):
    hidden = entry("y", "x", pax={"path": b"x/templates/a\0/../../evil"})
    both_ways(trial, chart(files=[hidden]), "illegally named")


@case("a name with a terminal's escape sequence is refused")
def _(trial):
    both_ways(trial, chart(files=[("\x1b[2J\x07evil", "x")]), "illegally named")


@case("a name longer than a path can be is refused")
def _(trial):
    long = entry("y", "x", pax={"path": b"x/" + b"n/" * 4000})
    both_ways(trial, chart(files=[long]), "file name of")


def link(name, target, kind):
    info = tarfile.TarInfo(f"x/{name}")
    info.type, info.linkname = kind, target
    return info, b""


@case("a symbolic link to a file outside shows nothing of it")
def _(trial):
    unpacked_at_most(trial, "x/*")
    secret = f"{trial.place.outside}/secret"
    archive = archives.with_tarfile(link("templates/a.yaml", secret, tarfile.SYMTYPE),
                                    link("README.md", secret, tarfile.SYMTYPE))
    trial.taken(local(trial, archive))
    trial.run("show", "all", "./x.tgz")
    trial.taken(pulled(trial, archive))


@case("a hard link to a file outside shows nothing of it")
def _(trial):
    unpacked_at_most(trial, "x/*")
    archive = archives.with_tarfile(
        link("templates/a.yaml", f"{trial.place.outside}/secret", tarfile.LNKTYPE))
    trial.taken(local(trial, archive))
    trial.taken(pulled(trial, archive))


@case("a file behind a link to a folder outside is not written there")
def _(trial):
    file = tarfile.TarInfo("x/way/evil")
    archive = archives.with_tarfile(link("way", trial.place.outside, tarfile.SYMTYPE),
                                    (file, b"evil"))
    trial.harmless(local(trial, archive))
    trial.refused(pulled(trial, archive), "exists|not a directory")


@case("devices and pipes are not made")
def _(trial):
    unpacked_at_most(trial, "x/*")
    archive = archives.with_tarfile(link("files/pipe", "", tarfile.FIFOTYPE),
                                    link("files/disk", "", tarfile.BLKTYPE),
                                    link("files/zero", "", tarfile.CHRTYPE))
    trial.taken(local(trial, archive))
    trial.taken(pulled(trial, archive))


@case("a file that is a folder, too, is no way out")
def _(trial):
    archive = chart(files=[("way", "x"), ("way/inner", "x"), ("way", "y")])
    trial.run("template", "x", trial.place.write("x.tgz", archive))
    trial.refused(pulled(trial, archive))


@case("a file that is there twice is no way out")
def _(trial):
    unpacked_at_most(trial, "x/*")
    archive = chart(files=[("values.yaml", "a: 1"), ("values.yaml", "a: 2")])
    trial.taken(local(trial, archive))
    trial.taken(pulled(trial, archive))


@case("a gzip bomb of 10 GiB is refused")
def _(trial):
    both_ways(trial, archives.zeros_of(10), "larger than the maximum")


@case("many files that are too much together are refused")
def _(trial):
    both_ways(trial, archives.many_files(128, bytes(1 << 20)), "larger than the maximum")


@case("a million empty files are refused")
def _(trial):
    both_ways(trial, archives.many_files(1 << 20), "entries", "larger than the maximum")


@case("a size of 8 EiB with nothing behind it is refused")
def _(trial):
    archive = packed([entry("x/Chart.yaml", chart_yaml()),
                      entry("x/big", b"x", size=(1 << 63) - 1)])
    both_ways(trial, archive, "larger than the maximum", "overflow")


@case("a negative size is refused")
def _(trial):
    both_ways(trial, packed([entry("x/Chart.yaml", chart_yaml()), entry("x/big", size=-512)]))


@case("a sparse file of a TiB is refused")
def _(trial):
    both_ways(trial, archives.sparse(1 << 40), "larger than the maximum", "invalid")


@case("a name of 400 MB is refused")
def _(trial):
    both_ways(trial, archives.long_header(b"L", 400))


@case("a pax header of 400 MB is refused")
def _(trial):
    both_ways(trial, archives.long_header(b"x", 400))


@case("charts in charts/ that are too much together are refused")
def _(trial):
    unpacked_at_most(trial, "x/*")
    archive = archives.swarm(30, 24)
    trial.refused(local(trial, archive), "larger than the maximum")
    trial.harmless(pulled(trial, archive), "larger than the maximum")  # the archive alone is small


@case("archives a hundred deep in each other are refused")
def _(trial):
    trial.refused(local(trial, archives.nested(100)), "inside each other")


@case("a gzip stream that ends early is refused")
def _(trial):
    archive = chart(files=[("noise", archives.BLOCK * 40 * "0123")])
    both_ways(trial, archive[:len(archive) // 2], "EOF", "corrupt")


@case("a tar that ends early in a whole gzip stream is refused")
def _(trial):
    plain = gzip.decompress(chart(files=[("text", "x" * 2000)]))
    both_ways(trial, gzip.compress(plain[:-2500]), "EOF")


@case("a gzip stream with damage in it is refused")
def _(trial):
    archive = bytearray(chart(files=[("text", "".join(map(str, range(3000))))]))
    archive[60:200] = bytes(140)
    both_ways(trial, bytes(archive), "corrupt", "invalid", "EOF")


@case("an archive of nothing is refused")
def _(trial):
    both_ways(trial, b"", names=["does not appear to be a gzipped archive", "EOF", "gzip"])


@case("a page of HTML in place of an archive is refused")
def _(trial):
    both_ways(trial, b"<html><body>please log in</body></html>",
              names=["does not appear to be a gzipped archive", "invalid header", "gzip"])


@case("a gzip stream of no tar is refused")
def _(trial):
    both_ways(trial, gzip.compress(b"no tar " * 500), "header", "checksum")


@case("a Chart.yaml at the archive's top is refused")
def _(trial):
    archive = packed([entry("Chart.yaml", chart_yaml()), entry("x/templates/a.yaml", "")])
    both_ways(trial, archive, "base directory")


@case("a Chart.yaml one folder too deep is refused")
def _(trial):
    both_ways(trial, packed([entry("x/y/Chart.yaml", chart_yaml())]), "no Chart.yaml", "missing",
              "name not specified", names=["no Chart.yaml found", "chart name not specified"])


@case("a chart whose name is a path is not unpacked by it")
def _(trial):
    for name in ("../../evil", "a/b", "..", ".", "/evil"):
        trial.refused(pulled(trial, chart(name)), "name", "path separators")


@case("a chart whose name is not the index's is told by its own or refused")
def _(trial):
    unpacked_at_most(trial, "other/*")
    trial.harmless(pulled(trial, chart("other")), "name")


@case("a bomb of YAML aliases in Chart.yaml is refused")
def _(trial):
    trial.refused(local(trial, chart(more=f"annotations:\n{bomb('  ')}")), "alias")


@case("a bomb of YAML aliases in values.yaml is refused")
def _(trial):
    trial.refused(local(trial, chart(files=[("values.yaml", bomb(""))])), "alias")


def bomb(indent):
    """Ten aliases of ten aliases of ten…"""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for level in range(1, 10):
        inner = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{inner}]")
    return "".join(f"{indent}{line}\n" for line in lines)


@case("values nested a hundred thousand deep are refused")
def _(trial):
    trial.refused(local(trial, chart(files=[("values.yaml", "a: " + "[" * 100_000)])), "depth",
                  "nest")


@case("values of 90 MB of empty maps are refused")
def _(trial):
    trial.refused(local(trial, dense("values.yaml", "a: [", "{},", "{}]\n")), "nodes", "large")


@case("values of 90 MB of short lines are refused")
def _(trial):
    trial.refused(local(trial, dense("values.yaml", "a:\n", "- 1\n", "")), "nodes", "large")


@case("a Chart.yaml of 90 MB is refused")
def _(trial):
    start = chart_yaml(more="annotations:\n  a: [")
    trial.refused(local(trial, dense("Chart.yaml", start, "1,", "1]\n")), "nodes", "large")


@case("a lock of 90 MB is refused")
def _(trial):
    trial.refused(local(trial, dense("Chart.lock", "dependencies: [", "{},", "{}]\n")), "nodes",
                  "large")


@case("a schema of 90 MB is refused")
def _(trial):
    trial.refused(local(trial, dense("values.schema.json", '{"x": [', "1,", "1]}")), "large")


def dense(name, start, piece, end):
    """A chart with one file of that form, little in the archive."""
    block = piece * ((1 << 20) // len(piece))
    size = len(start) + 90 * len(block) + len(end)
    stream = archives.inflating_chart().add(archives.header(f"x/{name}", b"0", "", size))
    rest = end.encode() + bytes(-size % archives.BLOCK) + bytes(2 * archives.BLOCK)
    return stream.add(start.encode()).add(block.encode(), 90).add(rest).bytes()


@case("JSON nested a hundred thousand deep in a schema is refused")
def _(trial):
    deep = '{"not":' * 100_000 + "{}" + "}" * 100_000
    trial.refused(local(trial, chart(files=[("values.schema.json", deep)])), "depth", "recursion",
                  "nest", "schema")


@case("a schema's reference to a server is not followed")
def _(trial):
    server = trial.serve({"*": ok('{"type": "object"}')})
    archive = chart(files=[("values.schema.json", f'{{"$ref": "{server.url}/schema.json"}}')])
    local(trial, archive)
    trial.expect(not server.connections, "asked the server")


@case("a schema's reference to a file is not followed")
def _(trial):
    for target in (f"file://{trial.place.outside}/secret", "file:///etc/passwd"):
        archive = chart(files=[("values.schema.json", f'{{"$ref": "{target}"}}')])
        answer = local(trial, archive)
        trial.expect("root:" not in answer.err, "told of a file")


@case("a template cannot read a file outside the chart")
def _(trial):
    template = "".join(f'{{{{ .Files.Get "{path}" }}}}' for path in (
        f"{trial.place.outside}/secret", "../../../outside/secret", "/etc/passwd"))
    answer = trial.taken(local(trial, chart(files=[("templates/a.yaml", f"a: [{template}]")])))
    trial.expect("root:" not in answer.out, "told of a file")
