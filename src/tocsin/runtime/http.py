"""The one HTTP client: declared hosts only, credentials added here, retries, redirects, bounds, errors in one sentence.

Retried are lost connections and 429, 500, 502, 503, 504, with growing pauses, or the pause that the server asks for
(`Retry-After`). A POST or PATCH is sent again only where the server cannot have acted on it, or the caller says that
twice is as good as once. Redirects are followed within the declared hosts; another origin never gets the credential.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urljoin

import msgspec

from tocsin import __version__
from tocsin.kit.context import Answer
from tocsin.model import PluginError, RemoteError
from tocsin.runtime.reach import Masks, Reach, Target
from tocsin.runtime.transport import Limits, Received, Request, Transport, Trouble

REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 500, 502, 503, 504})
_NOT_ACTED = frozenset({429, 503})  # the server says that it did nothing (RFC 6585, RFC 9110 15.6.4)
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})  # RFC 9110, 9.2.2
_METHODS = _REPEATABLE | {"POST", "PATCH"}
_OURS = frozenset(
    """host connection content-length transfer-encoding te upgrade expect trailer proxy-authorization proxy-connection
    accept-encoding authorization cookie""".split()
)


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how long.

    Attempts in all, the first pause, and the longest pause that a server may ask for.
    """

    attempts: int = 4
    first: float = 0.5
    longest: float = 60.0


class Client:
    """The HTTP client of one call of a plug-in."""

    def __init__(
        self,
        reach: Reach,
        transport: Transport,
        masks: Masks,
        *,
        limits: Limits | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._reach = reach
        self._transport = transport
        self._masks = masks
        self._limits = limits or Limits()
        self._patience = patience or Patience()
        self._sleep = sleep
        self._now = now

    def get(self, url: str, /, **query: Any) -> Any:
        """Return the JSON that a URL answers with.

        Raises RemoteError for any status but 2xx.
        """
        return self.send("GET", url, query=query, headers={"Accept": "application/json"}).json()

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
        """Return the answer; see kit/context.py. Raises RemoteError, Refused, PluginError."""
        if method not in _METHODS:
            raise PluginError(
                f"{self._reach.declaration.id} uses the method {method!r}", hint=", ".join(sorted(_METHODS))
            )
        given = self._headers(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = msgspec.json.encode(body)
            given.setdefault("Content-Type", "application/json")
        target = self._reach.target(url)
        if query and (words := _encoded(query)):
            target = Target(target.place, f"{target.path}{'&' if '?' in target.path else '?'}{words}")
        safe = repeatable or method in _REPEATABLE
        request = Request(method=method, place=target.place, path=target.path, headers=given, body=body)
        return self._follow(request, expects, safe=safe)

    def _headers(self, given: Mapping[str, str]) -> dict[str, str]:
        credential = self._reach.credential_name.lower()
        for name, value in given.items():
            if name.lower() in _OURS or name.lower() == credential:
                raise PluginError(
                    f"{self._reach.declaration.id} sets the header {name}, which is the client's",
                    hint='declare auth="header NAME {secret:name}"',
                )
            if not (name.isascii() and name.isprintable() and value.isascii() and value.isprintable()):
                raise PluginError(f"{self._reach.declaration.id} sets a header {name!r} that cannot be sent")
        return {"User-Agent": f"tocsin/{__version__}", "Accept-Encoding": "gzip, deflate", **given}

    def _follow(self, request: Request, expects: Sequence[int], *, safe: bool) -> Answer:
        credential = self._reach.credential()
        origin = request.place
        for _ in range(REDIRECTS + 1):
            headers = dict(request.headers)
            if credential is not None and request.place == origin:
                headers[credential[0]] = credential[1]
            received = self._attempts(msgspec.structs.replace(request, headers=headers), expects, safe=safe)
            where = received.headers.get("location")
            if received.status not in _MOVED or not where or received.status in expects:
                return self._answer(request, received, expects)
            request = self._moved(request, received.status, where)
        raise self._failed(request, f"redirects more than {REDIRECTS} times")

    def _moved(self, request: Request, status: int, where: str) -> Request:
        target = self._reach.target(urljoin(f"{request.place.scheme}://{request.place}{request.path}", where))
        becomes_get = status == 303 or (status in {301, 302} and request.method == "POST")
        if becomes_get and request.method != "HEAD":
            kept = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
            return Request(method="GET", place=target.place, path=target.path, headers=kept)
        return msgspec.structs.replace(request, place=target.place, path=target.path)

    def _attempts(self, request: Request, expects: Sequence[int], *, safe: bool) -> Received:
        """Return the answer of the first attempt that is not to be repeated."""
        pause = self._patience.first
        for left in range(self._patience.attempts - 1, -1, -1):
            wait = pause * (0.5 + random.random() / 2)  # noqa: S311  # spreads retries, guards nothing
            try:
                received = self._transport.exchange(request, self._limits)
            except Trouble as trouble:
                if not left or not trouble.again or (trouble.was_sent and not safe):
                    raise self._failed(request, self._masks.hide(trouble.says)) from trouble
            else:
                asked = self._asked_wait(received)
                busy = received.status in _BUSY or (received.status in {403, 413} and asked is not None)
                if not busy or not left or received.status in expects:
                    return received
                if not (safe or received.status in _NOT_ACTED):
                    return received
                if asked is not None:
                    if asked > self._patience.longest:
                        raise self._failed(request, f"answers {received.status} and asks to wait {asked:.0f} seconds")
                    wait = asked
            self._sleep(wait)
            pause *= 2
        raise self._failed(request, "is given no attempt")

    def _asked_wait(self, received: Received) -> float | None:
        """Return the seconds of `Retry-After`, written as a number or a date; None without a good one."""
        text = received.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return float(text[:12])
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return max(0.0, (when - self._now()).total_seconds())

    def _answer(self, request: Request, received: Received, expects: Sequence[int]) -> Answer:
        if not 200 <= received.status < 300 and received.status not in expects:
            hint = "check its secret and what it is allowed" if received.status in {401, 403} else ""
            raise self._failed(request, f"answers {received.status}", hint=hint)
        return Answer(host=request.place.host, status=received.status, headers=received.headers, body=received.body)

    def _failed(self, request: Request, says: str, *, hint: str = "") -> RemoteError:
        return RemoteError(f"{request.place} {says}", where=request.place.host, hint=hint)


def _encoded(query: Mapping[str, Any]) -> str:
    words = [
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in query.items()
        for one in (value if isinstance(value, list | tuple) else [value])
        if one is not None
    ]
    return urlencode(words)
