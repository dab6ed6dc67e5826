"""Ctrl-C: once, nothing new is begun and what was begun is finished; twice, all is let go."""

import signal
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Self


class Interrupt:
    """What a person's Ctrl-C does while it is entered.

    `asked` says whether there was one.
    An answer that is half read from a worker is never torn apart: only reading an input, which may wait forever, is
    broken off at once.
    """

    def __init__(self) -> None:
        self.asked = False
        self._is_reading = False
        self._before: object = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]  # what signal gave

    def jobs(self, source: Iterator[bytes]) -> Iterator[bytes]:
        """Yield jobs until there are none, or a person wants no more."""
        while not self.asked:
            self._is_reading = True
            try:
                job = next(source, None)
            except KeyboardInterrupt:
                self.asked = True
                return
            finally:
                self._is_reading = False
            if job is None:
                return
            yield job

    def _heard(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.asked or self._is_reading:
            raise KeyboardInterrupt
        self.asked = True
