"""Work that does what it is told to: hang in C code, end its process, raise. Workers import it by name."""

import faulthandler
import os
import re
from collections.abc import Callable

from tocsin.model import PluginError

_SLOW = re.compile(r"(a+)+$")  # takes 2^n steps for n letters and another; all of it is in C, which holds the GIL


def shout(setup: bytes) -> Callable[[bytes], bytes]:
    """Return work on lines: each comes back in capitals, after what was given as the setup."""

    def work(job: bytes) -> bytes:
        return b"\n".join(_line(setup, line) for line in job.split(b"\n"))

    return work


def refuses(setup: bytes) -> Callable[[bytes], bytes]:
    """Fail to set up, with words."""
    raise PluginError(f"does not like {setup.decode()}")


def dies(setup: bytes) -> Callable[[bytes], bytes]:
    """End the process while it is set up."""
    del setup
    os._exit(3)


def _line(setup: bytes, line: bytes) -> bytes:
    match line:
        case b"hang":
            _SLOW.match("a" * 60 + "b")
        case b"abort":
            faulthandler.disable()  # pytest's would print where
            os.abort()
        case b"leave":
            os._exit(0)
        case b"raise":
            raise ValueError("no such line")
        case b"deep":
            return _line(setup, line)
        case b"pid":
            return str(os.getpid()).encode()
        case _ if line.startswith(b"large"):
            return b"x" * int(line[5:])
        case _:
            pass
    return setup + line.upper()
