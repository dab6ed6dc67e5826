"""The world as a plug-in sees it: what it declared, and nothing more.

A plug-in that touches the world gets a Context. Hosts, programs, secrets and settings that it did not declare are
refused. Credentials (`auth="header Key {secret:abuseipdb}"`) are added on the way out: the plug-in never holds them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

import msgspec

from tocsin.model import RemoteError


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answered.

    The status, headers by lower-case name, and the decoded body.
    """

    host: str
    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def json(self) -> Any:
        """Return the body as JSON; raises RemoteError when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.MsgspecError as error:
            raise RemoteError(
                f"{self.host} answered {self.status} with something that is no JSON", where=self.host
            ) from error

    def text(self) -> str:
        """Return the body as text; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")


class Http(Protocol):
    """HTTPS to declared hosts, with retries, bounds and the declared credential."""

    def get(self, url: str, /, **query: Any) -> Any:
        """Return the JSON that a URL answers with.

        Raises RemoteError for any status but 2xx.
        """
        ...

    def send(
        self,
        method: str,
        url: str,
        /,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        expects: Sequence[int] = (),
        repeatable: bool = False,
    ) -> Answer:
        """Return the answer to a request.

        Raises RemoteError for a status that is neither 2xx nor in `expects`.
        A body of bytes goes as it is, anything else as JSON. A POST or PATCH is sent again after a lost connection
        only when it is `repeatable`: when twice is as good as once for the receiver.
        """
        ...


class Dialled(Protocol):
    """A connection to a declared host and port."""

    def send(self, raw: bytes, /) -> None:
        """Send all of it; raises RemoteError."""
        ...

    def receive(self, size: int = 65536, /) -> bytes:
        """Return what has come, at most `size` bytes.

        Nothing when the other side has closed.
        """
        ...

    def close(self) -> None:
        """Close it."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """How a program ended, and what it wrote."""

    code: int
    out: bytes
    err: bytes


class Cache(Protocol):
    """What a plug-in may keep between calls.

    JSON under a name, for a time; it may be gone earlier.
    """

    def get(self, name: str, /) -> Any:
        """Return what was kept; None when there is nothing or its time is over."""
        ...

    def put(self, name: str, value: Any, /, *, keep: timedelta) -> None:
        """Keep a value; one that is too large is not kept."""
        ...


class Clock(Protocol):
    """The time; a test hands in another."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...


class Log(Protocol):
    """Words for whoever runs it, on standard error; secrets are masked."""

    def __call__(self, says: str, /, **fields: str | float | bool | None) -> None:
        """Write one line: what happened, and fields about it."""
        ...


class Context(Protocol):
    """All that a plug-in may do in the world, limited to what it declared."""

    @property
    def http(self) -> Http:
        """Return the HTTP client."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return the declared settings that are set, by name.

        Raises nothing for one that is not.
        """
        ...

    @property
    def secrets(self) -> Mapping[str, str]:
        """Return the secrets of `secrets=(...)`.

        Rather declare `auth`, then nobody holds them.
        """
        ...

    @property
    def cache(self) -> Cache:
        """Return the cache."""
        ...

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        ...

    @property
    def log(self) -> Log:
        """Return the log."""
        ...

    def dial(self, host: str, port: int, /) -> Dialled:
        """Return a connection to a declared host; raises RemoteError.

        TLS, or TCP where the host is declared as `tcp://host:port`.
        """
        ...

    def run(self, argv: Sequence[str], /, *, given: bytes = b"", within: timedelta = timedelta(seconds=60)) -> Ran:
        """Run a declared program, without a shell, and return how it ended.

        Raises Refused for a program that is not declared or not there, RemoteError when it takes longer or writes more
        than it may.
        """
        ...
