"""Damaged event logs: at least what the decoder alone recovers of the same bytes, and every record accounted for."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from evtx import PyEvtxParser

from tocsin.formats.evtx import CHUNK, FILE_HEADER, cuts, records

SEEDS = range(5)  # of the mutations; each file is damaged once by each seed and kind
FILES = 40
LARGEST = 300_000  # bytes of a file


def flip(raw: bytearray, chance: Random) -> None:
    for _ in range(chance.choice([1, 8, 60])):
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)


def wipe(raw: bytearray, chance: Random) -> None:
    at, size = chance.randrange(len(raw)), chance.randint(1, 20_000)
    raw[at : at + size] = bytes(len(raw[at : at + size]))


def overwrite(raw: bytearray, chance: Random) -> None:
    at, size = chance.randrange(FILE_HEADER, len(raw)), chance.randint(1, 9000)
    raw[at : at + size] = chance.randbytes(len(raw[at : at + size]))


def cut(raw: bytearray, chance: Random) -> None:
    del raw[chance.randrange(FILE_HEADER, len(raw)) :]


def lose(raw: bytearray, chance: Random) -> None:
    at = chance.randrange(FILE_HEADER, len(raw))
    del raw[at : at + chance.randint(1, 9000)]


def insert(raw: bytearray, chance: Random) -> None:
    at = chance.randrange(FILE_HEADER, len(raw))
    raw[at:at] = chance.randbytes(chance.randint(1, 3000))


def chunk_head(raw: bytearray, chance: Random) -> None:
    at = FILE_HEADER + CHUNK * chance.randrange((len(raw) - FILE_HEADER) // CHUNK)
    raw[at + chance.randrange(512)] ^= chance.randrange(1, 256)


def file_head(raw: bytearray, chance: Random) -> None:
    raw[chance.randrange(128)] ^= chance.randrange(1, 256)


KINDS = (flip, wipe, overwrite, cut, lose, insert, chunk_head, file_head)


def alone(raw: bytes) -> int:
    """Return how many records the decoder gives by itself that are JSON, as lenient as Python reads it."""
    try:
        found: Iterator[Any] = iter(PyEvtxParser(io.BytesIO(raw), 1).records_json())
    except RuntimeError:
        return 0
    count = 0
    for _ in range(100_000):
        try:
            json.loads(re.sub(r"(\\[\"\\/bfnrtu])|\\", r"\1", next(found)["data"]), strict=False)
            count += 1
        except StopIteration:
            break
        except (RuntimeError, ValueError):
            continue
    return count


def ours(raw: bytes) -> tuple[int, int]:
    parts = [records(head, block) for head, block in cuts(io.BytesIO(raw))]
    for part in parts:
        numbers = sorted([*part.numbers, *(one.record for one in part.refused)])
        assert numbers == list(range(len(part)))
        assert all(one.why for one in part.refused)
        assert all(json.loads(text) for text in part.texts)
    return sum(len(part.texts) for part in parts), sum(len(part.refused) for part in parts)


@pytest.fixture(scope="module")
def logs(data: Path) -> list[bytes]:
    found = sorted(p for p in (data / "evtx-attack-samples").rglob("*.evtx") if p.stat().st_size <= LARGEST)
    return [path.read_bytes() for path in Random(1).sample(found, FILES)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_less_is_read_than_the_decoder_alone_recovers(
    kind: Callable[[bytearray, Random], None], logs: list[bytes]
) -> None:
    less = []
    for number, whole in enumerate(logs):
        for seed in SEEDS:
            raw = bytearray(whole)
            kind(raw, Random(seed * 1000 + number))
            kept, refused = ours(bytes(raw))
            if kept < (least := alone(bytes(raw))):
                less.append((number, seed, least, kept, refused))
    assert not less


def test_an_undamaged_log_is_read_whole(logs: list[bytes]) -> None:
    for raw in logs:
        assert ours(raw) == (alone(raw), 0)


def test_a_chunk_that_is_there_twice_is_read_twice(logs: list[bytes]) -> None:
    raw = logs[0]
    doubled = raw[:FILE_HEADER] + raw[FILE_HEADER : FILE_HEADER + CHUNK] * 2
    assert ours(doubled)[0] == 2 * ours(raw[: FILE_HEADER + CHUNK])[0]


def test_names_that_were_damaged_are_kept_as_they_are(logs: list[bytes]) -> None:
    whole = next(raw for raw in logs if "CommandLine".encode("utf-16-le") in raw)
    for damage in ("Comm\x01ndLine", "Comm\\ndLine", "ProcessGuid"):
        raw = whole.replace("CommandLine".encode("utf-16-le"), damage.ljust(11).encode("utf-16-le"))
        assert ours(raw)[0] >= alone(raw)
