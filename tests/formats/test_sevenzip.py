"""7z archives: what cannot be unpacked is named, and nothing else is raised."""

import io
from contextlib import suppress

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.formats.compress import Broken
from tocsin.formats.sevenzip import unpacked


def packed(password: str | None = None) -> bytes:
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w", password=password) as archive:
        archive.writestr(b"text\n" * 100, "a.log")
    return made.getvalue()


def read(raw: bytes) -> list[bytes]:
    return [opened().read(1 << 20) for _, _, _, opened in unpacked(io.BytesIO(raw), 1 << 20, 1 << 16)]


def test_members_come_with_their_bytes() -> None:
    assert read(packed()) == [b"text\n" * 100]


def test_an_encrypted_archive_is_named() -> None:
    with pytest.raises(Broken, match="is encrypted"):
        read(packed("secret"))


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_damage_is_broken_or_harmless(at: int, junk: bytes) -> None:
    raw = bytearray(packed())
    at %= len(raw)
    raw[at : at + len(junk)] = junk
    with suppress(Broken):
        read(bytes(raw))
