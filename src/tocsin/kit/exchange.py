"""What finders and sinks give and take beside the records: a file, and what became of a delivery."""

import msgspec

_MOST = 1 << 20  # bytes of a line that a finder is shown at once


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file as a finder gets it.

    The path that people see (`/` between its parts), its bytes, is it executable.
    """

    path: str
    raw: bytes
    is_executable: bool = False

    def text(self) -> str:
        """Return its text; what is no UTF-8 is replaced, a byte order mark left out."""
        return self.raw.decode("utf-8-sig", "replace")

    def first_line(self) -> str:
        """Return its first line, without its end."""
        return (
            self.raw[:_MOST].removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].rstrip(b"\r").decode("utf-8", "replace")
        )


class Delivered(msgspec.Struct, frozen=True, kw_only=True, tag_field="became", tag="delivered"):
    """A finding reached the receiver; `receipt` is the receiver's own id for it."""

    fingerprint: str
    receipt: str = ""


class NotDelivered(msgspec.Struct, frozen=True, kw_only=True, tag_field="became", tag="not-delivered"):
    """A receiver did not take a finding, and why.

    `is_final` says that sending it again will not help.
    """

    fingerprint: str
    why: str
    is_final: bool = False
