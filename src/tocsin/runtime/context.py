"""The Context that a plug-in gets: the world, limited to what its declaration says."""

import hashlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TextIO

import msgspec

from tocsin.kit.context import Ran
from tocsin.kit.declare import Declaration
from tocsin.model import RemoteError
from tocsin.model.text import safe
from tocsin.model.times import iso
from tocsin.runtime import programs
from tocsin.runtime.http import Client, Patience
from tocsin.runtime.reach import Masks, Reach
from tocsin.runtime.transport import Limits, Network, Transport
from tocsin.secrets import environment

LINE = 2000  # characters of one line of the log
LINES = 1000  # lines of the log of one call
VALUE = 1 << 20  # bytes of one cached value
CACHE = 32 << 20  # bytes that one plug-in may keep


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)


def _no_secret(name: str) -> str:
    return environment.secret(name, os.environ)


@dataclass(frozen=True, kw_only=True)
class World:
    """What lies behind every Context: the network, settings, secrets, folders.

    A test hands in its own parts.
    """

    cache_folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: Callable[[str], str] = _no_secret
    transport: Transport = field(default_factory=Network)
    clock: SystemClock = field(default_factory=SystemClock)
    sleep: Callable[[float], None] = time.sleep
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    log: TextIO = field(default_factory=lambda: sys.stderr)


class PluginContext:
    """The Context of one call of one plug-in."""

    def __init__(self, declaration: Declaration, world: World) -> None:
        says = declaration.says
        masks = Masks()
        reach = Reach(declaration, world.settings, world.secret, masks)
        self._reach = reach
        self._world = world
        self.http = Client(
            reach,
            world.transport,
            masks,
            limits=world.limits,
            patience=world.patience,
            sleep=world.sleep,
            now=world.clock.now,
        )
        self.settings: Mapping[str, Any] = {
            name: world.settings[name] for name in says.get("settings", ()) if name in world.settings
        }
        self.secrets: Mapping[str, str] = _Secrets(says.get("secrets", ()), reach)
        self.cache = FileCache(world.cache_folder / "plugins" / declaration.name, world.clock)
        self.clock = world.clock
        self.log = PluginLog(declaration, world, masks)

    def dial(self, host: str, port: int, /) -> "Connection":
        """Return a connection to a declared host; raises RemoteError.

        TLS, or TCP where it is declared as `tcp://`.
        """
        place = self._reach.dialled(host, port)
        limits = self._world.limits
        try:
            connected = socket.create_connection((place.host, place.port), timeout=limits.connect)
        except OSError as error:
            raise RemoteError(f"{place} takes no connection", where=place.host) from error
        connected.settimeout(limits.read)
        if place.scheme == "tcp":
            return Connection(connected, str(place))
        transport = self._world.transport
        tls = transport.tls() if isinstance(transport, Network) else Network().tls()
        try:
            return Connection(tls.wrap_socket(connected, server_hostname=place.host), str(place))
        except OSError as error:
            connected.close()
            raise RemoteError(f"{place} cannot agree on TLS or has no trusted certificate", where=place.host) from error

    def run(self, argv: Sequence[str], /, *, given: bytes = b"", within: timedelta = timedelta(seconds=60)) -> Ran:
        """Run a declared program without a shell; raises Refused or RemoteError."""
        self._reach.program(argv[0] if argv else "")
        return programs.run(argv, given, within)


class Connection:
    """A dialled connection."""

    def __init__(self, connected: socket.socket, place: str) -> None:
        self._socket = connected
        self._place = place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, raw: bytes, /) -> None:
        """Send all of it; raises RemoteError."""
        try:
            self._socket.sendall(raw)
        except OSError as error:
            raise RemoteError(f"{self._place} takes no more", where=self._place) from error

    def receive(self, size: int = 65536, /) -> bytes:
        """Return what has come, at most `size` bytes.

        Nothing when the other side has closed.
        """
        try:
            return self._socket.recv(size)
        except OSError as error:
            raise RemoteError(f"{self._place} says nothing or breaks off", where=self._place) from error

    def close(self) -> None:
        """Close it."""
        self._socket.close()


class _Secrets(Mapping[str, str]):
    """The declared secrets, each looked up when it is asked for and masked from then on."""

    def __init__(self, names: Sequence[str], reach: Reach) -> None:
        self._names = tuple(names)
        self._reach = reach

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(name)
        return self._reach.secret(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"<secrets {', '.join(self._names)}>"


class _Kept(msgspec.Struct, frozen=True):
    name: str
    until: datetime
    value: Any


class FileCache:
    """What one plug-in keeps, one file a value, bounded.

    The oldest go first. It never fails: a cache may forget.
    """

    def __init__(self, folder: Path, clock: SystemClock, *, most: int = CACHE) -> None:
        self._folder = folder
        self._clock = clock
        self._most = most

    def get(self, name: str, /) -> Any:
        """Return what was kept; None when there is nothing or its time is over."""
        path = self._path(name)
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None
        if kept.name != name or kept.until <= self._clock.now():
            with suppress(OSError):
                path.unlink()
            return None
        return kept.value

    def put(self, name: str, value: Any, /, *, keep: timedelta) -> None:
        """Keep a value for a time; one that is too large is not kept."""
        raw = msgspec.json.encode(_Kept(name, self._clock.now() + keep, value))
        if len(raw) > min(VALUE, self._most):
            return
        path = self._path(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(len(raw))
            part = path.with_name(f"{path.name}.{os.getpid()}")
            part.write_bytes(raw)
            part.replace(path)
        except OSError:
            return

    def _path(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}.json"

    def _make_room(self, size: int) -> None:
        found = sorted((f.stat().st_mtime_ns, f.stat().st_size, f) for f in self._folder.iterdir())
        used = sum(length for _, length, _ in found)
        for _, length, path in found:
            if used + size <= self._most:
                return
            path.unlink(missing_ok=True)
            used -= length


class PluginLog:
    """Lines of JSON on standard error: time, plug-in, words, fields.

    Secrets are masked, lines bounded.
    """

    def __init__(self, declaration: Declaration, world: World, masks: Masks) -> None:
        self._plugin = declaration.id
        self._world = world
        self._masks = masks
        self._left = LINES

    def __call__(self, says: str, /, **fields: str | float | bool | None) -> None:
        """Write one line."""
        self._left -= 1
        if self._left < 0:
            return
        if self._left == 0:
            says, fields = f"says more than {LINES} lines; the rest is left out", {}
        told = {"says": says, **fields}
        hidden = {name: self._shown(value) if isinstance(value, str) else value for name, value in told.items()}
        line = {"at": iso(self._world.clock.now()), "plugin": self._plugin, **hidden}
        self._world.log.write(json.dumps(line, ensure_ascii=True) + "\n")

    def _shown(self, text: str) -> str:
        text = safe(self._masks.hide(text))
        return text if len(text) <= LINE else f"{text[:LINE]}... ({len(text)} characters)"
