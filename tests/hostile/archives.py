"""Chart archives, honest and hostile, written byte by byte where tarfile is too kind."""

import gzip
import io
import itertools
import struct
import tarfile
import zlib

BLOCK = 512
MEBI = 1 << 20


def chart_yaml(name="x", version="0.1.0", more=""):
    return f"apiVersion: v2\nname: {name}\nversion: {version}\n{more}"


def config_map(name="x"):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def chart(name="x", version="0.1.0", files=(), folder=None, more=""):
    """A small chart, packed; `files` are (name, content) pairs or entries of `entry`."""
    folder = folder or name.replace("/", "_") or "x"
    own = [("Chart.yaml", chart_yaml(name, version, more)),
           ("templates/cm.yaml", config_map())]
    return packed([entry(f"{folder}/{path}", data) for path, data in own],
                  [one if isinstance(one, bytes) else entry(f"{folder}/{one[0]}", one[1])
                   for one in files])


def packed(*groups):
    """Entries to a .tgz."""
    return gzip.compress(b"".join(itertools.chain(*groups)) + bytes(2 * BLOCK), mtime=0)


def entry(name, data=b"", kind=b"0", link="", size=None, pax=None):
    """An entry of a tar file, its header as we please."""
    data = data.encode() if isinstance(data, str) else data
    before = b""
    if pax:
        before = entry("pax", b"".join(itertools.starmap(record, pax.items())), b"x")
    return before + header(name, kind, link, len(data) if size is None else size) + padded(data)


def header(name, kind, link, size):
    name = name.encode(errors="surrogateescape") if isinstance(name, str) else name
    fields = struct.pack("100s8s8s8s12s12s8sc100s8s32s32s8s8s155s12x", name, b"0000644\0",
                         b"0000000\0", b"0000000\0", number(size), b"00000000000\0", b" " * 8,
                         kind, link.encode(), b"ustar\x0000", b"", b"", b"0000001\0", b"0000003\0",
                         b"")
    return fields[:148] + b"%06o\0 " % sum(fields) + fields[156:]


def number(size):
    """A size in octal, or base 256 where that is too short or it is negative."""
    if 0 <= size < 8 ** 11:
        return b"%011o\0" % size
    return (b"\xff" if size < 0 else b"\x80") + size.to_bytes(11, "big", signed=size < 0)


def record(key, value):
    """A record of a pax header: its own length, key and value."""
    rest = b" " + key.encode() + b"=" + value + b"\n"
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def padded(data):
    return data + bytes(-len(data) % BLOCK)


class Inflating:
    """A gzip stream made of blocks that are repeated: little here, much there."""

    def __init__(self):
        self._parts = [b"\x1f\x8b\x08" + bytes(7)]
        self._known = {}

    def add(self, data, times=1):
        if (data, times > 1) not in self._known:
            # A full flush lets a block stand at any place in the stream.
            squeeze = zlib.compressobj(9, wbits=-15)
            self._known[data, times > 1] = squeeze.compress(data) + squeeze.flush(zlib.Z_FULL_FLUSH)
        self._parts.append(self._known[data, times > 1] * times)
        return self

    def bytes(self):
        """The stream, without a checksum: nobody is to come that far."""
        squeeze = zlib.compressobj(9, wbits=-15)
        return b"".join(self._parts) + squeeze.flush() + bytes(8)


def inflating_chart():
    """The beginning of a chart that goes on."""
    return Inflating().add(entry("x/Chart.yaml", chart_yaml()))


def zeros_of(gibi):
    """A chart with one file of so many GiB."""
    size = gibi << 30
    return inflating_chart().add(header("x/zeros", b"0", "", size)).add(
        bytes(MEBI), size // MEBI).bytes()


def many_files(count, content=b""):
    """A chart with so many files of the same content."""
    one = entry("x/templates/same.yaml", content)
    together = max(1, MEBI // 16 // len(one))
    return inflating_chart().add(one * together, count // together).add(bytes(2 * BLOCK)).bytes()


def long_header(kind, megabytes):
    """A chart with a name, or a pax header, of so many megabytes."""
    size = megabytes * MEBI
    start = header("././@LongLink", kind, "", size).replace(b"ustar\x0000", b"ustar  \0")
    start = start[:148] + b"%06o\0 " % sum(start[:148] + b" " * 8 + start[156:]) + start[156:]
    return inflating_chart().add(start).add(b"x" * MEBI, megabytes).add(
        entry("x/short", b"x")).bytes()


def sparse(size):
    """A chart with a GNU sparse file: no data, and so many bytes of nothing."""
    plain = bytearray(header("x/templates/sparse", b"S", "", 0).replace(b"ustar\x0000",
                                                                       b"ustar  \0"))
    plain[386:410] = number(size) + number(0)  # one block of data, of no length, at the end
    plain[483:495] = number(size)
    plain[148:156] = b" " * 8
    plain[148:156] = b"%06o\0 " % sum(plain)
    return packed([entry("x/Chart.yaml", chart_yaml()), bytes(plain)])


def nested(depth):
    """A chart in a chart in a chart."""
    inner = chart("x")
    for _ in range(depth):
        inner = packed([entry("x/Chart.yaml", chart_yaml()), entry("x/charts/x.tgz", inner)])
    return inner


def swarm(count, files):
    """A chart whose charts each unpack to so many files of 4 MiB."""
    def one(number):
        stream = Inflating().add(entry(f"c{number}/Chart.yaml", chart_yaml(f"c{number}")))
        block = entry("c/zeros", bytes(4 * MEBI))
        return stream.add(block, files).add(bytes(2 * BLOCK)).bytes()
    return packed([entry("x/Chart.yaml", chart_yaml())],
                  [entry(f"x/charts/c{number}.tgz", one(number)) for number in range(count)])


def with_tarfile(*members):
    """A chart of tarfile's own: (TarInfo, content) pairs after its Chart.yaml."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo("x/Chart.yaml")
        info.size = len(chart_yaml())
        archive.addfile(info, io.BytesIO(chart_yaml().encode()))
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
