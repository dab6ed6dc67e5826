"""Streams: read once, digested on the way."""

import io
from hashlib import sha256

from tocsin.ingest.stream import Stream


class Failing(io.BytesIO):
    """A file whose disk fails at its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise OSError(5, "Input/output error")
        return piece


def test_peeking_passes_nothing() -> None:
    stream = Stream(lambda: io.BytesIO(b"abcdef"), limit=100)

    assert stream.peek(3) == b"abc"
    assert stream.peek(100) == b"abcdef"
    assert stream.read(2) + stream.read(100) + stream.read(1) == b"abcdef"
    assert stream.digest == sha256(b"abcdef").hexdigest()


def test_a_failing_disk_ends_the_stream_with_its_reason() -> None:
    stream = Stream(lambda: Failing(b"abcdef"), limit=100)

    assert stream.read() == b"abcdef"
    assert stream.trouble == "it cannot be read: Input/output error"


def test_draining_digests_what_nobody_read() -> None:
    stream = Stream(lambda: io.BytesIO(b"abcdef"), limit=100)
    stream.peek(2)
    stream.drain()

    assert stream.digest == sha256(b"abcdef").hexdigest()


def test_a_closed_stream_gives_nothing() -> None:
    stream = Stream(lambda: io.BytesIO(b"abcdef"), limit=100)
    stream.close()

    assert stream.read(10) == b""


def test_taking_gives_as_much_as_was_asked_for_whatever_was_peeked_at() -> None:
    stream = Stream(lambda: io.BytesIO(b"abcdef"), limit=100)

    assert stream.peek(2) == b"ab"
    assert stream.take(5) == b"abcde"
    assert stream.take(5) == b"f"
