"""Run a local program for a plug-in: no shell, a bare environment, bounded time and output."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO

from tocsin.kit.context import Ran
from tocsin.model import PluginError, Refused, RemoteError

OUTPUT = 16 << 20  # bytes that a program may write to one of its outputs
LONGEST = timedelta(minutes=10)
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE")
_GRACE = 5.0  # seconds for the pipes of a killed program to close; a grandchild may hold them


class _Reader(threading.Thread):
    """Reads one output up to its bound; what is over it ends the program."""

    def __init__(self, pipe: IO[bytes], process: "subprocess.Popen[bytes]") -> None:
        super().__init__(daemon=True)
        self.held = bytearray()
        self.is_over = False
        self._pipe = pipe
        self._process = process
        self.start()

    def run(self) -> None:
        """Read until the end or the bound."""
        while piece := self._pipe.read(65536):
            self.held += piece
            if len(self.held) > OUTPUT:
                self.is_over = True
                self._process.kill()
                return


def run(argv: Sequence[str], given: bytes, within: timedelta) -> Ran:
    """Run a program by its name in PATH and return how it ended.

    Raises Refused when it is not there, RemoteError when it takes longer or writes more than it may. It runs in an
    empty folder, with none of our environment but where programs, certificates and the user's folder are.
    """
    program = _found(argv)
    with tempfile.TemporaryDirectory(prefix="tocsin-run-", ignore_cleanup_errors=True) as folder:
        try:
            process = subprocess.Popen(
                [program, *argv[1:]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,  # a buffered pipe cannot be closed while a thread waits for it
                cwd=folder,
                env={name: os.environ[name] for name in _PASSED if name in os.environ},
            )
        except OSError as error:
            raise Refused(f"{argv[0]} cannot be run: {error.strerror}") from error
        with process:
            return _ended(argv[0], process, given, min(within, LONGEST))


def _found(argv: Sequence[str]) -> str:
    if not argv or any("\0" in word for word in argv):
        raise PluginError(f"{list(argv)!r} is no program with its arguments")
    if Path(argv[0]).name != argv[0]:
        raise PluginError(f"{argv[0]!r} is a path; a program is run by its name in PATH")
    program = shutil.which(argv[0])
    if program is None:
        raise Refused(f"the program {argv[0]} is not installed, or not in PATH")
    if program.lower().endswith((".bat", ".cmd")):
        raise Refused(f"{argv[0]} is a batch file: Windows hands its arguments to a shell")
    return program


def _ended(name: str, process: "subprocess.Popen[bytes]", given: bytes, within: timedelta) -> Ran:
    out, err = _Reader(_pipe(process.stdout), process), _Reader(_pipe(process.stderr), process)
    feeder = threading.Thread(target=_feed, args=(_pipe(process.stdin), given), daemon=True)
    feeder.start()
    try:
        code = process.wait(within.total_seconds())
    except subprocess.TimeoutExpired as error:
        process.kill()
        raise RemoteError(f"{name} takes longer than {within.total_seconds():g} seconds", where=name) from error
    finally:
        for reader in (out, err):
            reader.join(_GRACE)
    if out.is_over or err.is_over:
        raise RemoteError(f"{name} writes more than {OUTPUT:,} bytes", where=name)
    return Ran(code=code, out=bytes(out.held), err=bytes(err.held))


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise PluginError("a program was started without a pipe")
    return pipe


def _feed(pipe: IO[bytes], given: bytes) -> None:
    rest = memoryview(given)
    try:
        while rest:
            rest = rest[pipe.write(rest) :]
        pipe.close()
    except OSError:
        return  # a program need not read what it is given
