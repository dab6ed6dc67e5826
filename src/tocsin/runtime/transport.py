"""One HTTP exchange on urllib3: a request goes out, a bounded answer comes back. Policy is http.py's.

No exchange outlives its time, however slowly the other side drips: when it is over, the connection is shut.
"""

import os
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote
from weakref import WeakSet

import msgspec
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Timeout, make_headers, parse_url

from tocsin.model import UserError
from tocsin.runtime.reach import Place, is_loopback

PIECE = 64 * 1024  # bytes of one read


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it goes out, credential included."""

    method: str
    place: Place
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it came: status, headers by lower-case name, decoded body."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how much.

    Seconds to connect, to the next byte, for all of one exchange; bytes of a decoded body.
    """

    connect: float = 10.0
    read: float = 30.0
    whole: float = 120.0
    body: int = 64 << 20  # the largest public feeds (URLhaus, all of it) have 60 MB


class Trouble(Exception):
    """An exchange that failed, in words without the URL.

    `was_sent` says whether the other side may have acted, `again` whether another attempt may do better.
    """

    def __init__(self, says: str, *, was_sent: bool, again: bool = True) -> None:
        super().__init__(says)
        self.says = says
        self.was_sent = was_sent
        self.again = again


class Transport(Protocol):
    """What carries a request: the network, or a recording."""

    def exchange(self, request: Request, limits: Limits) -> Received:
        """Return the answer; raises Trouble."""
        ...


class _Twin:
    """A second handle on a connection's socket, by which a watch can shut it whatever it waits for."""

    def __init__(self, connected: socket.socket) -> None:
        self.handle = connected.dup()

    def shut(self) -> None:
        with suppress(OSError):
            self.handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.handle.close()

    def __del__(self) -> None:
        self.handle.close()


def _pools(twins: "WeakSet[_Twin]") -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """Return pool classes whose connections leave a twin of their socket in a set."""

    class Plain(HTTPConnection):
        twin: _Twin | None = None

        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            self.twin = _Twin(connected)
            twins.add(self.twin)
            return connected

        def close(self) -> None:
            super().close()
            if self.twin is not None:
                self.twin.close()
                self.twin = None

    class Secure(Plain, HTTPSConnection):
        pass

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class Network:
    """The real transport: pooled connections over TLS.

    Through the environment's or a given proxy, by the machine's certificates.
    """

    def __init__(self, *, proxy: str = "", environment: Mapping[str, str] = os.environ) -> None:
        self._proxy = proxy
        self._environment = environment
        self._twins: WeakSet[_Twin] = WeakSet()
        self._classes = _pools(self._twins)
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def exchange(self, request: Request, limits: Limits) -> Received:
        """Return the answer; raises Trouble. One exchange at a time: another thread waits."""
        with self._lock, self._watch(limits.whole) as watch:
            try:
                received = self._exchange(request, limits)
                if watch.is_over:  # http.client takes headers that were cut off for all of them
                    raise TimeoutError
                return received
            except (HTTPError, OSError) as error:
                if watch.is_over:
                    raise Trouble(f"took longer than {limits.whole:g} seconds", was_sent=True) from error
                raise _trouble(error, limits) from error

    def close(self) -> None:
        """Close all connections."""
        for manager in self._managers.values():
            manager.clear()

    def tls(self) -> ssl.SSLContext:
        """Return the settings of TLS; raises UserError.

        The machine's certificates, or those of SSL_CERT_FILE.
        """
        if self._tls is None:
            named = self._environment.get("SSL_CERT_FILE")
            if named and not Path(named).is_file():
                raise UserError(f"SSL_CERT_FILE names {named}, which is no file")
            try:
                self._tls = ssl.create_default_context(cafile=named or None)
            except ssl.SSLError as error:
                raise UserError(f"SSL_CERT_FILE names {named}, which holds no certificates") from error
        return self._tls

    def _exchange(self, request: Request, limits: Limits) -> Received:
        place = request.place
        manager = self._manager(self._proxy_for(place))
        response = manager.urlopen(
            request.method,
            f"{place.scheme}://{place}{request.path}",
            headers=dict(request.headers),
            body=request.body,
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=True,
            timeout=Timeout(connect=limits.connect, read=limits.read),
        )
        with closing(response):
            length = response.headers.get("content-length", "")
            if length.isdigit() and int(length) > limits.body:
                raise _too_large(limits)
            body = bytearray()
            for piece in response.stream(PIECE, decode_content=True):
                body += piece
                if len(body) > limits.body:
                    raise _too_large(limits)
            response.release_conn()
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Received(status=response.status, headers=headers, body=bytes(body))

    def _manager(self, proxy: str) -> urllib3.PoolManager:
        if proxy not in self._managers:
            words: dict[str, Any] = {"num_pools": 16, "maxsize": 1, "ssl_context": self.tls()}
            made = _proxied(proxy, words) if proxy else urllib3.PoolManager(**words)
            made.pool_classes_by_scheme = dict(self._classes)
            self._managers[proxy] = made
        return self._managers[proxy]

    def _proxy_for(self, place: Place) -> str:
        """Return the proxy's URL; empty for this machine itself and for what `no_proxy` names."""
        if is_loopback(place.host):
            return ""
        found = {
            name.lower().removesuffix("_proxy"): value
            for name, value in self._environment.items()
            if name.lower().endswith("_proxy")
        }
        if urllib.request.proxy_bypass_environment(place.host, found):  # type: ignore[attr-defined]  # typeshed has it without its second argument
            return ""
        return self._proxy or found.get(place.scheme) or found.get("all", "")

    @contextmanager
    def _watch(self, seconds: float) -> "Iterator[_Watch]":
        watch = _Watch(seconds, self._twins)
        try:
            yield watch
        finally:
            watch.cancel()


class _Watch:
    """Shuts the connections when the time is over."""

    def __init__(self, seconds: float, twins: "WeakSet[_Twin]") -> None:
        self.is_over = False
        self._twins = twins
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        for twin in list(self._twins):
            twin.shut()


def _proxied(proxy: str, words: Mapping[str, Any]) -> urllib3.ProxyManager:
    parts = parse_url(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme not in {"http", "https"} or parts.host is None:
        raise UserError(f"the proxy {parts.scheme}://{parts.host or ''} cannot be used", hint="http://host:port")
    headers = make_headers(proxy_basic_auth=unquote(parts.auth)) if parts.auth else None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return urllib3.ProxyManager(f"{parts.scheme}://{parts.host}:{port}", proxy_headers=headers, **words)


def _too_large(limits: Limits) -> Trouble:
    return Trouble(f"answers with more than {limits.body:,} bytes", was_sent=True, again=False)


def _trouble(error: Exception, limits: Limits) -> Trouble:
    """Return what went wrong in words; the library's own words may hold the URL and are not used."""
    match error:
        case ProxyError():
            return Trouble("is not reached: the proxy does not let it through", was_sent=False)
        case NameResolutionError():
            return Trouble("has no address: its name cannot be resolved", was_sent=False)
        case NewConnectionError():
            return Trouble("takes no connection", was_sent=False)
        case ConnectTimeoutError():
            return Trouble(f"does not take a connection within {limits.connect:g} seconds", was_sent=False)
        case ReadTimeoutError():
            return Trouble(f"says nothing for {limits.read:g} seconds", was_sent=True)
        case SSLError():
            return _tls_trouble(error)
        case DecodeError():
            return Trouble("answers with a damaged compressed body", was_sent=True, again=False)
        case _:
            return Trouble("breaks the connection off", was_sent=True)


def _tls_trouble(error: Exception) -> Trouble:
    cause = error.args[0] if error.args else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        says = f"has a certificate that is not trusted: {cause.verify_message}"
        return Trouble(says, was_sent=False, again=False)
    return Trouble("cannot agree on TLS", was_sent=False)
