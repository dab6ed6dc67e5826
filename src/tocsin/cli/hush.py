"""Letting go of a standard output that nobody reads any more."""

import os
import sys


def hush() -> None:
    """Send what is still to be written to standard output nowhere.

    So that its end raises nothing.
    See: https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    try:
        place = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):  # closed, or none of the system's files
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, place)
    os.close(nowhere)
