"""Compressed streams: whole, damaged, and made to burst."""

import bz2
import gzip
import io
import lzma

import pytest
import zstandard

from tocsin.formats.compress import Broken, Decompressed, compression

TEXT = b"Dec 10 06:55:46 bastion sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2\n" * 5000
PACKED = {
    "gzip": gzip.compress(TEXT),
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "zstd": zstandard.ZstdCompressor().compress(TEXT),
}


def read_all(packed: bytes, *, ratio: int = 10_000, free: int = 1 << 30) -> bytes:
    source = Decompressed(io.BytesIO(packed), compression(packed), ratio=ratio, free=free)
    return b"".join(iter(lambda: source.read(10_000), b""))


@pytest.mark.parametrize("name", PACKED)
def test_a_stream_is_known_by_its_first_bytes_and_read(name: str) -> None:
    assert compression(PACKED[name]) == name
    assert read_all(PACKED[name]) == TEXT


@pytest.mark.parametrize("name", PACKED)
def test_streams_one_behind_the_other_are_one(name: str) -> None:
    assert read_all(PACKED[name] * 2) == TEXT * 2


@pytest.mark.parametrize("name", PACKED)
def test_a_stream_that_ends_early_is_named_not_taken_for_whole(name: str) -> None:
    with pytest.raises(Broken, match=f"^{name} data is damaged after"):
        read_all(PACKED[name][:-20])


@pytest.mark.parametrize("name", ["gzip", "xz", "bzip2"])
def test_a_flipped_bit_is_seen(name: str) -> None:
    packed = bytearray(PACKED[name])
    packed[-6 if name == "gzip" else len(packed) // 2] ^= 0x40

    with pytest.raises(Broken, match="is damaged"):
        read_all(bytes(packed))


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz"])
def test_zeros_behind_the_end_are_padding(name: str) -> None:
    assert read_all(PACKED[name] + bytes(1024)) == TEXT


def test_other_bytes_behind_the_end_are_damage() -> None:
    with pytest.raises(Broken, match="what follows its end"):
        read_all(PACKED["gzip"] + b"and more text, which is not compressed")


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(bytes(50_000_000)),
        bz2.compress(bytes(50_000_000)),
        lzma.compress(bytes(50_000_000)),
        zstandard.ZstdCompressor().compress(bytes(50_000_000)),
    ],
    ids=["gzip", "bzip2", "xz", "zstd"],
)
def test_a_bomb_is_stopped_soon_after_it_outgrows_its_bound(bomb: bytes) -> None:
    source = Decompressed(io.BytesIO(bomb), compression(bomb), ratio=100, free=1_000_000)
    pieces: list[int] = []

    with pytest.raises(Broken, match="grows more than 100 times"):
        pieces.extend(len(piece) for piece in iter(lambda: source.read(1 << 16), b""))

    assert sum(pieces) <= max(1_000_000, 100 * len(bomb)) + (1 << 16)


def test_a_text_is_not_compressed() -> None:
    assert compression(b"BZ is no magic number\n") == ""
