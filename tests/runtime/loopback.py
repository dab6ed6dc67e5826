"""A real HTTP server on this machine whose answers a test scripts, and a certificate that a test makes."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import ECC
from Cryptodome.Signature import DSS
from Cryptodome.Util.asn1 import DerObjectId

Say = Callable[["Handler"], None]


@dataclass
class Server:
    """A running server: its address, what it was asked, and what it will say, in order; the last is said again."""

    port: int
    says: list[Say]
    asked: list["Asked"] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Records a request and says what the test wants."""

    protocol_version = "HTTP/1.1"
    script: Server

    def setup(self) -> None:
        super().setup()
        self.script.connections += 1

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.script.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
        say = self.script.says.pop(0) if len(self.script.says) > 1 else self.script.says[0]
        say(self)

    do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:
        pass


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> Say:
    """Say a status, headers (`_` for `-`) and a body."""

    def say(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return say


def unbounded(piece: bytes) -> Say:
    """Say the same bytes for ever, without a length."""

    def say(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        _until_closed(handler, lambda: handler.wfile.write(piece))

    return say


def drip(handler: Handler) -> None:
    """Say one byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()

    def byte() -> None:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        handler.script.over.wait(0.02)

    _until_closed(handler, byte)


def drip_headers(handler: Handler) -> None:
    """Say a header that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")

    def byte() -> None:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        handler.script.over.wait(0.02)

    _until_closed(handler, byte)


def silence(handler: Handler) -> None:
    """Say nothing."""
    handler.close_connection = True
    handler.script.over.wait(30)


def hang_up(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """Break the connection off, so that what was sent is not even acknowledged (RST)."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _until_closed(handler: Handler, act: Callable[[], Any]) -> None:
    handler.close_connection = True
    try:
        while not handler.script.over.is_set():
            act()
    except OSError:
        return


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that leaves is what some tests are about


@contextmanager
def serving(*says: Say, certificate: Path | None = None) -> Iterator[Server]:
    """Run a server for the time of a test."""
    script = Server(port=0, says=list(says))
    server = _Quiet(("127.0.0.1", 0), type("Scripted", (Handler,), {"script": script}))
    server.daemon_threads = True
    script.port = server.server_address[1]
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        script.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificate(path: Path) -> Path:
    """Write a new key and its own certificate for 127.0.0.1 (RFC 5280), valid for this century."""
    key = ECC.generate(curve="p256")
    name = _row(_tagged(0x31, _row(_oid("2.5.4.3"), _tagged(0x0C, b"127.0.0.1"))))
    algorithm = _row(_oid("1.2.840.10045.4.3.2"))  # ecdsa-with-SHA256
    address = _row(_tagged(0x87, bytes([127, 0, 0, 1])))
    true = _tagged(0x01, b"\xff")
    extensions = _row(
        _row(_oid("2.5.29.17"), _tagged(0x04, address)),  # subjectAltName
        _row(_oid("2.5.29.19"), true, _tagged(0x04, _row(true))),  # basicConstraints: a CA
    )
    body = _row(
        _tagged(0xA0, b"\x02\x01\x02"),  # version 3
        b"\x02\x01\x01",
        algorithm,
        name,
        _row(_time(datetime(2020, 1, 1, tzinfo=UTC)), _time(datetime(2049, 1, 1, tzinfo=UTC))),
        name,
        key.public_key().export_key(format="DER"),
        _tagged(0xA3, extensions),
    )
    seal = DSS.new(key, "fips-186-3", encoding="der").sign(SHA256.new(body))
    whole = _row(body, algorithm, _tagged(0x03, b"\0" + seal))
    path.write_text(key.export_key(format="PEM") + "\n" + ssl.DER_cert_to_PEM_cert(whole), encoding="ascii")
    return path


def _tagged(tag: int, payload: bytes) -> bytes:
    length = len(payload)
    size = bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2, "big")
    return bytes([tag]) + size + payload


def _row(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _oid(dotted: str) -> bytes:
    return DerObjectId(dotted).encode()


def _time(when: datetime) -> bytes:
    return _tagged(0x17, when.strftime("%y%m%d%H%M%SZ").encode())
