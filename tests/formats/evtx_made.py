"""A writer of small EVTX files, so that no log of a real machine need be kept here.

Each record is plain binary XML, without templates; layout as in libevtx's description of the format.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

CHUNK = 65536
Tree = tuple[str, Mapping[str, str], Sequence[Any]]  # name, attributes, children: trees or texts


class _Xml:
    """Binary XML of one record; names are written where they are first used, at offsets within the chunk."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.out = bytearray(b"\x0f\x01\x01\x00")

    def name(self, text: str) -> None:
        """Write a name in place: where it lies, then the name with its hash."""
        self.out += struct.pack("<I", self.base + len(self.out) + 4)
        value = 0
        for char in text:
            value = (value * 65599 + ord(char)) & 0xFFFFFFFF
        self.out += struct.pack("<IHH", 0, value & 0xFFFF, len(text)) + text.encode("utf-16-le") + b"\x00\x00"

    def text(self, text: str) -> None:
        """Write a value of the type string."""
        self.out += struct.pack("<BBH", 0x05, 0x01, len(text)) + text.encode("utf-16-le")

    def element(self, tree: Tree) -> None:
        """Write an element with what is in it."""
        name, attributes, children = tree
        self.out.append(0x41 if attributes else 0x01)
        size_at = len(self.out)
        self.out += b"\x00" * 4
        self.name(name)
        if attributes:
            list_at = len(self.out)
            self.out += b"\x00" * 4
            for number, (key, value) in enumerate(attributes.items(), start=1):
                self.out.append(0x06 if number == len(attributes) else 0x46)
                self.name(key)
                self.text(value)
            struct.pack_into("<I", self.out, list_at, len(self.out) - list_at - 4)
        self.out.append(0x02)
        for child in children:
            if isinstance(child, str):
                self.text(child)
            else:
                self.element(child)
        self.out.append(0x04)
        struct.pack_into("<I", self.out, size_at, len(self.out) - size_at - 4)


def event(channel: str, code: int, record: int, time: str, data: Sequence[Any], provider: str = "Made") -> Tree:
    """Return an event: `data` are (name, value) pairs, bare values, or a tree that stands in UserData."""
    inner: list[Any] = []
    user: list[Any] = []
    for entry in data:
        if isinstance(entry, tuple) and len(entry) == 3:
            user.append(entry)
        elif isinstance(entry, tuple):
            inner.append(("Data", {"Name": entry[0]}, [entry[1]]))
        else:
            inner.append(("Data", {}, [entry]))
    system: Tree = ("System", {}, [
        ("Provider", {"Name": provider}, []), ("EventID", {}, [str(code)]), ("Level", {}, ["4"]),
        ("Keywords", {}, ["0x8020000000000000"]), ("TimeCreated", {"SystemTime": time}, []),
        ("EventRecordID", {}, [str(record)]), ("Channel", {}, [channel]), ("Computer", {}, ["ws1.example.org"]),
    ])  # fmt: skip
    payload: Tree = ("UserData", {}, user) if user else ("EventData", {}, inner)
    return ("Event", {}, [system, payload])


def chunk(events: Sequence[Tree], first: int = 1) -> bytes:
    """Return a chunk that holds the events, numbered from `first`."""
    body = bytearray()
    for number, tree in enumerate(events, start=first):
        at = 512 + len(body)
        xml = _Xml(at + 24)
        xml.element(tree)
        xml.out.append(0x00)
        size = 24 + len(xml.out) + 4
        stamp = 133_500_000_000_000_000 + number
        body += struct.pack("<4sIQQ", b"**\x00\x00", size, number, stamp) + xml.out + struct.pack("<I", size)
    last = first + len(events) - 1
    free = 512 + len(body)
    said = struct.pack("<8sQQQQIIII", b"ElfChnk\x00", first, last, first, last, 128, free, free, zlib.crc32(body))
    head = bytearray(said.ljust(512, b"\x00"))
    struct.pack_into("<I", head, 124, zlib.crc32(bytes(head[:120]) + bytes(head[128:512])))
    return bytes(head + body).ljust(CHUNK, b"\x00")


def file(*chunks: bytes) -> bytes:
    """Return a file of chunks."""
    head = struct.pack("<8sQQQIHHHH76x", b"ElfFile\x00", 0, len(chunks) - 1, 1, 128, 1, 3, 4096, len(chunks))
    return (head + struct.pack("<II", 0, zlib.crc32(head))).ljust(4096, b"\x00") + b"".join(chunks)
