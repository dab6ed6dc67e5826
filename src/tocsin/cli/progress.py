"""Progress on stderr: after half a second, on a terminal only, and without a thread of its own.

Worker processes are forked while it runs, and a fork beside a running thread can lock up; so the bar is drawn when
progress is told and never by itself (`auto_refresh=False`).
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

PATIENCE = 0.5  # seconds before anything is shown
REDRAW = 0.1  # seconds between two drawings

Show = Callable[[str, int, int], None]


@contextmanager
def progress(title: str, *, wanted: bool) -> Iterator[Show]:
    """Yield a function that shows how far the reading is.

    It is told what is being read, how many bytes are done, and of how many (0: unknown).
    """
    if not (wanted and sys.stderr.isatty()):
        yield lambda _what, _done, _all: None
        return
    with ExitStack() as stack:
        yield _Bar(title, stack).show


class _Bar:
    """One bar, begun when the work turns out to be long."""

    def __init__(self, title: str, stack: ExitStack) -> None:
        self._title = title
        self._stack = stack
        self._began = time.monotonic()
        self._drawn = 0.0
        self._update: Show | None = None

    def show(self, what: str, done: int, total: int) -> None:
        """Draw what is being read, if it is time to."""
        now = time.monotonic()
        if now - self._began < PATIENCE or now - self._drawn < REDRAW:
            return
        self._drawn = now
        if self._update is None:
            self._update = self._begin()
        self._update(what, done, total)

    def _begin(self) -> Show:
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        from tocsin.model.text import safe

        columns = (
            TextColumn(self._title),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TextColumn("{task.description}"),
        )
        bar = self._stack.enter_context(
            Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True)
        )
        task = bar.add_task("", total=None)

        def update(what: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None, description=escape(safe(what)))
            bar.refresh()

        return update
