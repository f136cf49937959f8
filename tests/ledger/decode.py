#!/usr/bin/env python3
"""Reads a rutter ledger without rutter, from docs/src/design/ledger-format.md alone.

    decode.py events HOME      every event, one JSON object a line
    decode.py objects HOME     name, class, length and content's hash of every object in use
    decode.py frame FILE       the event in one frame

HOME is RUTTER_HOME, the folder that holds `ledger/`. Needs the package `blake3`, and `zstandard`
for compressed objects (or Python 3.14, which has zstd). Ends with 10 where the ledger is damaged
and with 14 where it is of another format.
"""

import json
import os
import struct
import sys

import blake3

FORMAT = b"rutter ledger, format 1-draft\n"


class Damaged(Exception):
    """Bytes are not what was acknowledged."""


class Unreadable(Exception):
    """Another format than this decoder knows."""


# --- Hashes -----------------------------------------------------------------------------------


def derive(purpose, data):
    context = f"rutter ledger 1 {purpose}"
    return blake3.blake3(data, derive_key_context=context).digest()


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC = crc_table()


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def zstd(data, length):
    try:
        from compression import zstd as module  # Python 3.14
        return module.decompress(data)
    except ImportError:
        import zstandard
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=length + 1)


# --- Bodies -----------------------------------------------------------------------------------


class Body:
    """bincode, legacy configuration: little-endian, fixed width, lengths as u64."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        part = self.data[self.at:self.at + count]
        if len(part) != count:
            raise ValueError("a body is too short")
        self.at += count
        return part

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def u16(self):
        return self.number("H")

    def u32(self):
        return self.number("I")

    def u64(self):
        return self.number("Q")

    def i64(self):
        return self.number("q")

    def text(self):
        return self.take(self.u64()).decode()

    def hash(self):
        return self.take(32).hex()

    def option(self, read):
        tag = self.take(1)[0]
        if tag > 1:
            raise ValueError("an option that is neither 0 nor 1")
        return read() if tag else None

    def list(self, read):
        return [read() for _ in range(self.u64())]

    def word(self, words):
        return words[self.u16()]

    def event(self):
        return {"ledger": self.hash(), "sequence": self.u64(), "hash": self.hash()}

    def facts(self):
        pairs = self.list(lambda: (self.u16(), self.take(self.u64())))
        numbers = [number for number, _ in pairs]
        if numbers != sorted(set(numbers)):
            raise ValueError("facts that are not sorted")
        if self.at != len(self.data):
            raise ValueError("a body is too long")
        return {str(number): value.hex() for number, value in pairs}


VERBS = {1: "install", 2: "upgrade", 3: "rollback", 4: "uninstall"}
METHODS = {1: "server-side", 2: "client-side"}
POINTS = {1: "pre-install", 2: "post-install", 3: "pre-delete", 4: "post-delete", 5: "pre-upgrade",
          6: "post-upgrade", 7: "pre-rollback", 8: "post-rollback", 9: "test"}
HOOK_OUTCOMES = {1: "Succeeded", 2: "Failed", 3: "Unknown"}
EPOCH_REASONS = {1: "moved", 2: "restored", 3: "tail-abandoned"}
RECORDS = {1: "deleted", 2: "kept"}
STATUSES = {1: "unknown", 2: "deployed", 3: "uninstalled", 4: "superseded", 5: "failed",
            6: "uninstalling", 7: "pending-install", 8: "pending-upgrade", 9: "pending-rollback",
            10: "interrupted"}
SENTENCES = {1: "Initial install underway", 2: "Install complete", 3: "Preparing upgrade",
             4: "Upgrade complete", 6: "Deletion in progress (or silently failed)",
             7: "Uninstallation complete", 8: "Abandoned"}


def release(b):
    return {"cluster": b.event(), "namespace": b.text(), "name": b.text(), "life": b.u32()}


def object_ref(b):
    return {"apiVersion": b.text(), "kind": b.text(), "namespace": b.option(b.text),
            "name": b.text()}


def record(b):
    return {"name": b.text(), "uid": b.text(), "resourceVersion": b.text()}


def chart(b):
    return {"name": b.text(), "version": b.text(), "app_version": b.text(),
            "digest": b.option(b.hash), "source": b.option(b.hash), "files": b.option(b.hash)}


def recipes(b):
    names = ["values", "coalesced", "manifest", "hooks", "notes", "plan", "tape"]
    return {name: b.option(b.hash) for name in names}


def provenance(b):
    return {"actor": b.hash(), "command": b.option(b.hash), "reason": b.option(b.hash),
            "ticket": b.option(b.hash)}


def evidence(b):
    return {"kube_system": b.option(b.text),
            "namespaces": b.list(lambda: [b.text(), b.text()]),
            "ca": b.option(b.hash), "server": b.option(b.hash)}


def outcome(b):
    code, records, holder = b.u16(), b.u16(), b.option(b.hash)
    if code == 3:
        return {"outcome": "uninstalled", "records": RECORDS[records]}
    if code == 4:
        return {"outcome": "lost", "holder": holder}
    return {"outcome": {1: "deployed", 2: "failed"}[code]}


def description(b):
    code, revision, text = b.u16(), b.u32(), b.option(b.hash)
    if code == 5:
        return f"Rollback to {revision}"
    if code == 9:
        return {"object": text}
    return SENTENCES[code]


def imported(b):
    return {"status": b.word(STATUSES), "chart": b.option(lambda: chart(b)),
            "description": description(b), "first_deployed_ns": b.i64(),
            "last_deployed_ns": b.i64(), "deleted_ns": b.option(b.i64), "recipes": recipes(b)}


# Kind and schema, then the fields in the order of their bytes.
BODIES = {
    (1, 1): ("LedgerCreated", [("public_key", Body.hash), ("salt", lambda b: b.take(16).hex())]),
    (2, 1): ("EpochOpened", [("reason", lambda b: b.word(EPOCH_REASONS)), ("instance", Body.hash)]),
    (3, 1): ("ClusterIdentified", [("evidence", evidence),
                                   ("details", lambda b: b.option(b.hash))]),
    (4, 1): ("Started", [("operation", lambda b: b.take(16).hex()),
                         ("verb", lambda b: b.word(VERBS)), ("release", release),
                         ("revision", Body.u32), ("chart", lambda b: b.option(lambda: chart(b))),
                         ("recipes", recipes), ("provenance", provenance),
                         ("rolls_back_to", lambda b: b.option(b.event)),
                         ("rollback_revision", lambda b: b.option(b.u32)),
                         ("server", lambda b: {"version": b.text(),
                                               "capabilities": b.option(b.hash)}),
                         ("apply", lambda b: b.word(METHODS))]),
    (5, 1): ("RevisionClaimed", [("operation", Body.event), ("revision", Body.u32),
                                 ("record", record)]),
    (6, 1): ("ObjectsApplied", [("operation", Body.event), ("barrier", Body.u32),
                                ("count", Body.u32), ("results", Body.hash)]),
    (7, 1): ("HookStarted", [("operation", Body.event), ("step", Body.u32),
                             ("point", lambda b: b.word(POINTS)), ("object", object_ref),
                             ("uid", lambda b: b.option(b.text))]),
    (8, 1): ("HookFinished", [("operation", Body.event), ("step", Body.u32),
                              ("outcome", lambda b: b.word(HOOK_OUTCOMES)),
                              ("evidence", lambda b: b.option(b.hash))]),
    (9, 1): ("Finished", [("operation", Body.event), ("outcome", outcome),
                          ("description", description),
                          ("evidence", lambda b: b.option(b.hash)),
                          ("record", lambda b: b.option(lambda: record(b))),
                          ("duration_ns", Body.u64)]),
    (10, 1): ("Resumed", [("operation", Body.event), ("provenance", provenance)]),
    (11, 1): ("Abandoned", [("operation", Body.event), ("provenance", provenance),
                            ("record", lambda b: b.option(lambda: record(b)))]),
    (12, 1): ("Imported", [("release", release), ("revision", Body.u32), ("record", record),
                           ("raw", Body.hash),
                           ("decoded", lambda b: b.option(lambda: imported(b)))]),
    (13, 1): ("TailAbandoned", [("segment", Body.u32), ("counts", Body.u64), ("last", Body.event),
                                ("acknowledged", Body.u64)]),
}


def decode(kind, schema, data):
    opaque = {"kind": "Opaque", "number": kind, "schema": schema, "body": data.hex()}
    if (kind, schema) not in BODIES:
        return opaque
    name, fields = BODIES[kind, schema]
    body = Body(data)
    try:
        event = {"kind": name}
        for field, read in fields:
            event[field] = read(body)
        event["facts"] = body.facts()
        return event
    except (ValueError, KeyError):
        return opaque


# --- Frames -----------------------------------------------------------------------------------


class Frame:
    """One event as it is stored; None where there is none."""

    HEADER = struct.Struct("<4sBBHHHIIIQq32sII")

    @classmethod
    def read(cls, data):
        if len(data) < 80 or data[:4] != b"RLEv":
            return None
        (_, version, flags, kind, schema, zero, epoch, length, more, sequence, at_ns, previous,
         last, checksum) = cls.HEADER.unpack_from(data)
        if crc32c(data[:76]) != checksum or (version, flags, zero, more, last) != (1, 0, 0, 0, 0):
            return None
        whole = (80 + length + 32 + 7) // 8 * 8
        if whole > 65536 or len(data) < whole:
            return None
        digest = derive("frame", data[:80 + length])
        if digest != data[80 + length:80 + length + 32]:
            return None
        frame = cls()
        frame.kind, frame.schema, frame.epoch = kind, schema, epoch
        frame.sequence, frame.at_ns, frame.previous = sequence, at_ns, previous
        frame.body, frame.hash, frame.length = data[80:80 + length], digest, whole
        return frame

    def json(self, ledger):
        return {"id": {"ledger": ledger.hex(), "sequence": self.sequence, "hash": self.hash.hex()},
                "epoch": self.epoch, "at_ns": self.at_ns,
                "event": decode(self.kind, self.schema, self.body)}


# --- Files ------------------------------------------------------------------------------------


def sealed(data, length, magic):
    """A fixed record whose last 32 bytes are its hash."""
    content, digest = data[:length - 32], data[length - 32:length]
    if len(digest) != 32 or derive("file", content) != digest or not content.startswith(magic):
        return None
    return content[len(magic):]


def segment_header(data):
    content = sealed(data, 160, b"RLsegm01")
    if content is None:
        raise Damaged("the header of a segment")
    names = ("number", "epoch", "ledger", "first", "before", "closed", "zero", "counts", "last")
    return dict(zip(names, struct.unpack_from("<II32sQIHHQ32s", content)))


def pack_header(data):
    content = sealed(data, 128, b"RLpack01")
    if content is None:
        raise Damaged("the header of a pack")
    names = ("number", "class", "ledger", "before", "closed", "zero", "counts")
    return dict(zip(names, struct.unpack_from("<II32sIHHQ", content)))


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


class Ledger:
    def __init__(self, home):
        self.folder = os.path.join(home, "ledger")
        self.check_format()
        self.frames = []
        self.ledger = None
        mark = self.mark()
        self.walk()
        self.check(mark)
        self.objects = None

    def check_format(self):
        try:
            line = read_file(os.path.join(self.folder, "FORMAT"))
        except FileNotFoundError:
            line = b""
        if line != FORMAT:
            raise Unreadable(f"the format {line!r}")

    def mark(self):
        try:
            data = read_file(os.path.join(self.folder, "mark"))
        except FileNotFoundError:
            return None
        content = sealed(data, 160, b"RLmark01")
        if content is None:
            return None
        _, _, _, sequence, _ = struct.unpack_from("<IIQQ32s", content)
        return sequence, content[56 + 32:56 + 64]

    def check(self, mark):
        """The mark can only raise an alarm: what it says was acknowledged has to be there."""
        last = self.frames[-1].sequence if self.frames else 0
        if mark and mark[1] == self.ledger and mark[0] > last:
            raise Damaged(f"event {mark[0]} was acknowledged, and {last} is the last")

    def numbered(self, folder, prefix, suffix):
        names = os.listdir(os.path.join(self.folder, folder))
        found = [n[len(prefix):-len(suffix)] for n in names
                 if n.startswith(prefix) and n.endswith(suffix)]
        numbers = sorted(int(n) for n in found if len(n) == 8 and n.isdigit())
        if numbers != list(range(1, len(numbers) + 1)) or not numbers:
            raise Damaged(f"a file is missing in {folder}")
        return [(n, read_file(os.path.join(self.folder, folder, f"{prefix}{n:08}{suffix}")))
                for n in numbers]

    def walk(self):
        segments = [(n, data, segment_header(data)) for n, data in self.numbered("events", "", ".seg")]
        for index, (number, data, header) in enumerate(segments):
            self.ledger = self.ledger or header["ledger"]
            last = self.frames[-1] if self.frames else None
            expected = (number, number - 1, self.ledger, last.sequence + 1 if last else 1,
                        last.hash if last else bytes(32))
            if (header["number"], header["before"], header["ledger"], header["first"],
                    header["last"]) != expected:
                raise Damaged("a segment that does not continue the one before")
            counts = segments[index + 1][2]["counts"] if index + 1 < len(segments) else None
            rest = self.take(data[160:counts])
            if counts is not None and (rest or len(data) < counts):
                raise Damaged("frames are missing or broken")
            if counts is None:
                self.judge(rest)

    def take(self, data):
        while frame := Frame.read(data):
            last = self.frames[-1] if self.frames else None
            if last is None:
                fits = frame.sequence == 1 and frame.hash == self.ledger
                fits = fits and frame.previous == bytes(32)
            else:
                fits = frame.sequence == last.sequence + 1 and frame.previous == last.hash
                fits = fits and frame.epoch >= last.epoch
            if not fits:
                raise Damaged("a frame that does not fit the chain")
            self.frames.append(frame)
            data = data[frame.length:]
        return data

    def judge(self, rest):
        """A broken end was never acknowledged, unless a later frame is whole."""
        last = self.frames[-1].sequence if self.frames else 0
        at = rest.find(b"RLEv")
        while at >= 0:
            frame = Frame.read(rest[at:]) if at % 8 == 0 else None
            if frame and frame.sequence > last:
                raise Damaged("a broken frame before a whole one")
            at = rest.find(b"RLEv", at + 1)

    def events(self):
        return [frame.json(self.ledger) for frame in self.frames]

    def load(self):
        """Where each object is. Broken bytes between two records are passed over."""
        self.objects = {}
        for code, name in ((1, "plain"), (2, "private")):
            for number, data in self.numbered("objects", f"{name}-", ".pack"):
                header = pack_header(data)
                if (header["number"], header["class"] & 0xFF) != (number, code):
                    raise Damaged("the header of a pack")
                self.load_pack(data)

    def load_pack(self, data):
        at = 128
        while at + 104 <= len(data):
            fields = struct.unpack_from("<4sBBBBQQII32s32sII", data, at)
            magic, version, _, _, _, _, stored = fields[:7]
            total = (104 + stored + 7) // 8 * 8
            is_whole = magic == b"RLob" and version == 1 and at + total <= len(data)
            if is_whole and crc32c(data[at:at + 100]) == fields[12]:
                self.objects[fields[9]] = (fields, data[at + 104:at + 104 + stored])
                at += total
            else:
                at += 8

    def object(self, name):
        """Class and content of an object."""
        if self.objects is None:
            self.load()
        if name not in self.objects:
            raise Damaged(f"object {name.hex()} is missing")
        fields, stored = self.objects[name]
        _, _, kind, encoding, _, length, _, _, checksum, _, salt, _, _ = fields
        content = None
        if crc32c(stored) == checksum:
            try:
                content = zstd(stored, length) if encoding == 1 else stored
            except Exception as error:
                raise Damaged(f"object {name.hex()} does not expand") from error
        is_whole = content is not None and len(content) == length
        if not is_whole or derive("object", bytes([kind]) + salt + content) != name:
            raise Damaged(f"object {name.hex()} does not match its name")
        return kind, content

    def named(self):
        """Names of all objects that events name, and that their lists name."""
        names = []
        for event in self.events():
            event = event["event"]
            names += list(objects_of(event))
            parts = [event.get("recipes") or {}, (event.get("decoded") or {}).get("recipes") or {}]
            for recipe in parts:
                for field in ("manifest", "hooks"):
                    if recipe.get(field):
                        content = self.object(bytes.fromhex(recipe[field]))[1]
                        names += [content[i:i + 32] for i in range(0, len(content), 32)]
        return names


PLACES = {"details", "source", "files", "values", "coalesced", "manifest", "hooks", "notes", "plan",
          "tape", "actor", "command", "reason", "ticket", "capabilities", "results", "holder",
          "evidence", "raw", "object"}


def objects_of(value, key=None):
    """Every object that an event names: fields of these names that hold a hash."""
    if isinstance(value, dict):
        for inner, part in value.items():
            yield from objects_of(part, inner)
    elif isinstance(value, str) and key in PLACES and len(value) == 64:
        yield bytes.fromhex(value)


def answers(home):
    """All that a reader can learn from a ledger, as lines."""
    ledger = Ledger(home)
    lines = [json.dumps(event, sort_keys=True) for event in ledger.events()]
    for name in dict.fromkeys(ledger.named()):
        kind, content = ledger.object(name)
        digest = derive("content", content).hex()
        lines.append(f"{name.hex()} {'plain' if kind == 1 else 'private'} {len(content)} {digest}")
    return lines


def main(words):
    if len(words) != 2 or words[0] not in ("events", "objects", "frame"):
        sys.exit(__doc__)
    try:
        if words[0] == "frame":
            frame = Frame.read(read_file(words[1]))
            if frame is None:
                raise Damaged("not a frame")
            ledger = frame.hash if frame.sequence == 1 else bytes(32)
            print(json.dumps(frame.json(ledger), sort_keys=True))
        elif words[0] == "events":
            for event in Ledger(words[1]).events():
                print(json.dumps(event, sort_keys=True))
        else:
            for line in answers(words[1]):
                if not line.startswith("{"):
                    print(line)
    except Damaged as error:
        print(f"damaged: {error}", file=sys.stderr)
        sys.exit(10)
    except Unreadable as error:
        print(f"unreadable: {error}", file=sys.stderr)
        sys.exit(14)


if __name__ == "__main__":
    main(sys.argv[1:])
