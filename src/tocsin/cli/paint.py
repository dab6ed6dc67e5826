"""Colour for a terminal, each beside a word; text from outside made safe and defanged."""

import os
import re
from pathlib import Path
from typing import TextIO

from tocsin.model import Severity
from tocsin.model.text import defang, safe

_STYLES = {
    Severity.CRITICAL: "1;97;41",
    Severity.HIGH: "1;31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_ANSI = re.compile("\x1b\\[[0-9;]*m|\x1b\\]8;;[^\x1b]*\x1b\\\\")


class Paint:
    """How text is shown: coloured on a terminal, plain elsewhere and under NO_COLOR."""

    def __init__(self, stream: TextIO | None, *, own: frozenset[str] = frozenset(), raw: bool = False) -> None:
        self.stream = stream
        forced = os.environ.get("FORCE_COLOR")
        is_terminal = stream is not None and stream.isatty()  # None: the caller closed it, `>&-`
        self.colour = not os.environ.get("NO_COLOR") and bool(forced or is_terminal)
        self.links = self.colour and is_terminal
        self.own = own
        self.raw = raw

    def _style(self, codes: str, text: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if self.colour and text else text

    def severity(self, severity: Severity) -> str:
        """Return the severity's word, of one width."""
        return self._style(_STYLES[severity], f"{severity.upper():<9}")

    def of(self, severity: Severity, text: str) -> str:
        """Return a text in the colour of a severity."""
        return self._style(_STYLES[severity], text)

    def strong(self, text: str) -> str:
        """Return a text in bold."""
        return self._style("1", text)

    def dim(self, text: str) -> str:
        """Return a text that may be passed over."""
        return self._style("2", text)

    def bad(self, text: str) -> str:
        """Return a text that must not be passed over."""
        return self._style("1;35", text)

    def safe(self, text: str) -> str:
        """Return a text from outside with its control characters escaped."""
        return safe(text)

    def link(self, text: str, path: str) -> str:
        """Return a text that a terminal opens a file by (OSC 8).

        Plain elsewhere, and for what is no file on disk.
        """
        if not (self.links and path and Path(path).exists()):
            return safe(text)
        return f"\x1b]8;;{Path(path).resolve().as_uri()}\x1b\\{safe(text)}\x1b]8;;\x1b\\"

    def outside(self, text: str) -> str:
        """Return a text from outside, made safe to print.

        Control characters escaped, and defanged unless raw text was asked for.
        """
        return safe(text) if self.raw else defang(safe(text), self.own)


def width(text: str) -> int:
    """Return how many columns a painted text takes, wide characters counted once."""
    return len(_ANSI.sub("", text))
