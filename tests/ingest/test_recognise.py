"""Recognising by content."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.ingest.made import recognised
from tocsin.ingest.recognise import Recognised
from tocsin.model.coverage import Missed, Nothing

SSH = b"Dec 10 06:55:46 bastion sshd[24200]: Invalid user webmaster from 192.0.2.1\n"
WEB = b'192.0.2.7 - - [22/Nov/2026:06:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"\n'
FIREWALL = b'date=2026-11-22 time=01:58:00 devname="fw" devid="FG1" logid="0000000013" type="traffic" srcip=192.0.2.1\n'
PYTHON = b"import os\n\n\ndef main() -> None:\n    os.system('x')\n"
MAIL = (
    b"Received: from mx.example.org\r\n\tby mail.example.org; Sun, 22 Nov 2026\r\nFrom: a@example.org\r\n"
    b"To: b@example.org\r\nSubject: invoice\r\nMIME-Version: 1.0\r\n\r\nHello\r\n"
)
STIX = b'{"type": "bundle", "id": "bundle--1", "objects": []}'


def table(rows: int) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["CreationDate", "UserIds", "Operations", "AuditData"])
    for n in range(rows):
        writer.writerow(["2026-11-22T06:40:00", "a@example.org", "UserLoggedIn", json.dumps({"Id": n, "a": "x,y"})])
    return made.getvalue().encode()


@pytest.mark.parametrize(
    ("raw", "frame", "first"),
    [
        (SSH * 5, "lines", "syslog"),
        (WEB * 5, "lines", "web_access"),
        (FIREWALL * 5, "lines", "fortigate"),
        (b"<189>" + FIREWALL, "lines", "fortigate"),
        (b"#separator \\x09\n#set_separator\t,\n#path\tconn\n#fields\tts\tuid\n1\tC1\n", "zeek", None),
        (b"<Event xmlns='x'><System><EventID>1</EventID></System></Event>\n" * 3, "xml", None),
        ("\ufeff<?xml version='1.0'?>\r\n<Events>\r\n<Event><System/></Event>".encode("utf-16-le"), "xml", None),
        (b'{"a": 1}\n{"a": 2}\n', "json", None),
        (b'{\n  "Records": [\n {"eventName": "StopLogging"}\n]}', "json", None),
        (b'[{"a": 1}, {"a": 2}]', "json", None),
        (table(3), "csv", None),
        (b"ElfFile\0" + bytes(4088) + b"ElfChnk\0", "evtx", None),
        (("\ufeff" + SSH.decode() * 3).encode("utf-16-le"), "lines", "syslog"),
        (SSH * 3 + bytes(5000) + SSH * 3, "lines", "syslog"),
    ],
    ids=["syslog", "web", "firewall", "firewall with priority", "zeek", "xml", "xml in utf-16",
         "json lines", "wrapper", "json list", "csv", "evtx",
         "utf-16", "nul padding"],
)  # fmt: skip
def test_a_log_is_known_by_what_it_says(raw: bytes, frame: str, first: str | None) -> None:
    found = recognised(raw, "misleading.png")

    assert isinstance(found, Recognised)
    assert (found.family, found.frame) == ("log", frame)
    assert (found.parsers[0] if found.parsers else None) == first


@pytest.mark.parametrize(
    ("raw", "encoding", "bom"),
    [
        (SSH, "utf-8", 0),
        (b"\xef\xbb\xbf" + SSH, "utf-8", 3),
        (SSH.decode().encode("utf-16"), "utf-16-le", 2),
        (SSH.decode().encode("utf-16-le"), "utf-16-le", 0),
        (SSH.decode().encode("utf-16-be"), "utf-16-be", 0),
        (SSH.replace(b"webmaster", b"M\xfcller"), "latin-1", 0),
    ],
)
def test_the_encoding_is_known(raw: bytes, encoding: str, bom: int) -> None:
    found = recognised(raw)

    assert isinstance(found, Recognised)
    assert (found.encoding, found.bom) == (encoding, bom)


@pytest.mark.parametrize(
    ("raw", "path", "family"),
    [
        (PYTHON, "scripts/no_suffix", "python"),
        (b"#!/usr/bin/env python3\nprint 'two'\n", "tool", "python"),
        (b"def broken(:\n", "tool.py", "python"),
        (b"from typing import Any, Dict, List\nfrom x import a, b, c\n", "tool", "python"),
        (b'"""Findings kept: ids, news, what was seen."""\nfrom x import a, b, c\n', "a.py", "python"),
        (b"requests==2.31.0\nurllib3>=2\n", "list.txt", "requirements"),
        (b"requests\nflask\n", "requirements.txt", "requirements"),
        (b"Just a letter.\nWith two lines.\n", "a.txt", "text"),
    ],
)
def test_what_is_no_log_is_told_apart(raw: bytes, path: str, family: str) -> None:
    found = recognised(raw, path)

    assert isinstance(found, Recognised)
    assert found.family == family


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"),
        (b" \n\t\n", "nothing but white space"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"\x7fELF\x02" + bytes(50), "program or library (machine code)"),
        (b"\xa7\r\r\n\0\0\0\0" + bytes(50), "compiled code"),
    ],
)
def test_what_holds_nothing_to_look_for_is_said_so(raw: bytes, why: str) -> None:
    assert recognised(raw) == Nothing(path="given", why=why)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (MAIL, "this version has no mail reader"),
        (b"From a@example.org Sun Nov 22 06:40:00 2026\n" + MAIL, "this version has no mail reader"),
        (STIX, "this version has no reader of intelligence reports (STIX)"),
        (b"\xd4\xc3\xb2\xa1" + bytes(50), "this version has no reader of packet captures"),
        (bytes(range(256)) * 40, "binary data of a kind that this version does not know"),
    ],
)
def test_what_this_version_cannot_read_is_missed_not_nothing(raw: bytes, why: str) -> None:
    assert recognised(raw) == Missed(path="given", why=why)


def test_a_log_that_begins_with_letters_of_a_magic_number_is_a_log() -> None:
    found = recognised(b"BM 2026-11-22 06:40:00 INFO started\n" * 3)

    assert isinstance(found, Recognised)


def test_indented_lines_continue_unless_most_are_indented() -> None:
    trace = recognised(b"2026-11-22 06:40:00 ERROR a.b: failed\n  at x\n  at y\n" + SSH * 3)
    indented = recognised(b" Accepted password for root from 192.0.2.1 port 1 ssh2\n" * 3)

    assert isinstance(trace, Recognised)
    assert isinstance(indented, Recognised)
    assert (trace.continues, indented.continues) == (True, False)


def test_each_sample_of_loghub_is_a_log_whose_lines_a_parser_knows(data: Path) -> None:
    for path in sorted((data / "loghub").glob("*_2k.log")):
        found = recognised(path.read_bytes()[:65536], path.name)
        assert isinstance(found, Recognised), path
        assert found.family == "log", path
        assert found.parsers, path
