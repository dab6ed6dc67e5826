"""Progress on stderr: after half a second, on a terminal only, and without a thread of its own.

Worker processes are forked while it runs, and a fork beside a running thread can lock up; so it draws when it is told
of progress and never by itself.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 0.5  # seconds before anything is shown
REDRAW = 0.1  # seconds between two drawings

Show = Callable[[str, int, int], None]


@contextmanager
def progress(title: str, *, wanted: bool) -> Iterator[Show]:
    """Yield a function that is told what is being read, how many bytes are done, and of how many (0: unknown)."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda _what, _done, _all: None
        return
    bar = _Bar(title)
    try:
        yield bar.show
    finally:
        bar.clear()


class _Bar:
    """One line, drawn over itself."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = time.monotonic()
        self.drawn = 0.0

    def show(self, what: str, done: int, total: int) -> None:
        """Draw what is being read, if it is time to."""
        now = time.monotonic()
        if now - self.began < PATIENCE or now - self.drawn < REDRAW:
            return
        self.drawn = now
        from tocsin.cli.options import columns
        from tocsin.model.text import safe

        rate = done / max(now - self.began, 0.001) / 1e6
        share = f"{100 * done / total:3.0f} %" if total else "     "
        text = f"{self.title}  {share}  {done / 1e6:,.0f} MB  {rate:,.0f} MB/s  {safe(what)}"
        sys.stderr.write("\r\x1b[2K" + text[: columns() - 1])
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self.drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
