"""The one error family and the one table of exit codes.

Ask who must act: the type says it. A message is one sentence with the value and the place; the hint says what to do.
"""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of the command means."""

    DONE = 0
    GATE = 1
    USAGE = 2
    INCOMPLETE = 3
    REFUSED = 4
    REMOTE = 5
    INTERRUPTED = 130


class TocsinError(Exception):
    """Root of all errors that Tocsin raises on purpose."""

    code: int = Exit.USAGE

    def __init__(self, says: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(says)
        self.says = says
        self.where = where
        self.hint = hint


class UserError(TocsinError):
    """Something the user named is wrong: an option, file, rule or setting."""


class PluginError(TocsinError):
    """A plug-in broke its contract; its author must act."""


class RemoteError(TocsinError):
    """A remote system failed, after retries."""

    code = Exit.REMOTE


class Refused(TocsinError):
    """A permission, grant, trust or approval is missing."""

    code = Exit.REFUSED
