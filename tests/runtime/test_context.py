"""The Context that a plug-in gets: what it declared, and no more."""

import io
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.runtime import loopback
from tests.runtime.loopback import reply, serving
from tocsin.kit import Context
from tocsin.kit.declare import Declaration, Kind
from tocsin.model import Refused, RemoteError
from tocsin.runtime.context import LINE, LINES, FileCache, PluginContext, SystemClock, World
from tocsin.runtime.transport import Limits, Network

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Stopped(SystemClock):
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


def context(
    folder: Path, log: io.StringIO | None = None, given: dict[str, Any] | None = None, **says: Any
) -> PluginContext:
    world = World(
        cache_folder=folder,
        settings=given or {},
        secret=lambda name: f"value-of-{name}",
        clock=Stopped(),
        transport=Network(environment={}),
        log=log or io.StringIO(),
        limits=Limits(connect=1, read=1),
    )
    return PluginContext(Declaration(kind=Kind.ACTION, name="some_block", says=says), world)


def test_it_is_a_context_as_the_kit_says(tmp_path: Path) -> None:
    def asks(ctx: Context) -> datetime:
        return ctx.clock.now()

    assert asks(context(tmp_path)) == NOW


def test_only_declared_settings_are_seen(tmp_path: Path) -> None:
    ctx = context(tmp_path, given={"fw.group": "blocked", "other.token": "x"}, settings=("fw.group", "fw.zone"))
    assert dict(ctx.settings) == {"fw.group": "blocked"}


def test_only_declared_secrets_are_handed_out(tmp_path: Path) -> None:
    ctx = context(tmp_path, secrets=("mine",))
    assert ctx.secrets["mine"] == "value-of-mine"
    with pytest.raises(KeyError):
        _ = ctx.secrets["other"]
    assert "value-of" not in repr(ctx.secrets)


def test_the_http_client_has_the_credential_and_the_plugin_has_not(tmp_path: Path) -> None:
    with serving(reply()) as server:
        ctx = context(tmp_path, hosts=(server.url,), auth="header Key {secret:mine}")
        ctx.http.get(server.url)
        assert server.asked[0].headers["key"] == "value-of-mine"
    assert dict(ctx.secrets) == {}


def test_the_log_is_one_safe_line_of_json_with_secrets_masked(tmp_path: Path) -> None:
    log = io.StringIO()
    ctx = context(tmp_path, log, secrets=("mine",))
    ctx.log(f"sent {ctx.secrets['mine']}\x1b[31m\nnext", count=3, ok=True)
    line = json.loads(log.getvalue())
    assert line == {
        "at": "2026-03-01T12:00:00Z",
        "plugin": "some-block",
        "says": "sent ***\\x1b[31m\\x0anext",
        "count": 3,
        "ok": True,
    }


def test_the_log_is_bounded_in_length_and_number(tmp_path: Path) -> None:
    log = io.StringIO()
    ctx = context(tmp_path, log)
    for _ in range(LINES + 50):
        ctx.log("x" * (LINE + 5))
    lines = log.getvalue().splitlines()
    assert len(lines) == LINES
    assert json.loads(lines[0])["says"] == "x" * LINE + f"... ({LINE + 5} characters)"
    assert "the rest is left out" in lines[-1]


def test_what_is_cached_comes_back_until_its_time_is_over(tmp_path: Path) -> None:
    clock = Stopped()
    cache = FileCache(tmp_path / "c", clock)
    cache.put("192.0.2.1", {"score": 7}, keep=timedelta(hours=1))
    assert cache.get("192.0.2.1") == {"score": 7}
    assert cache.get("192.0.2.2") is None
    clock.at += timedelta(hours=1)
    assert cache.get("192.0.2.1") is None
    assert list((tmp_path / "c").iterdir()) == []


def test_the_cache_is_bounded_and_forgets_the_oldest(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, Stopped(), most=1000)
    for number in range(20):
        cache.put(f"name{number}", "x" * 100, keep=timedelta(days=1))
    cache.put("large", "x" * 2000, keep=timedelta(days=1))
    assert sum(f.stat().st_size for f in tmp_path.iterdir()) <= 1000
    assert cache.get("name19") == "x" * 100
    assert cache.get("name0") is None
    assert cache.get("large") is None


def test_a_cache_that_is_damaged_or_cannot_be_written_is_an_empty_one(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "c", Stopped())
    cache.put("a", 1, keep=timedelta(days=1))
    next((tmp_path / "c").iterdir()).write_bytes(b"\x00")
    assert cache.get("a") is None
    (tmp_path / "file").write_text("")
    FileCache(tmp_path / "file" / "c", Stopped()).put("a", 1, keep=timedelta(days=1))


def test_a_declared_tcp_place_is_dialled(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def echo() -> None:
            peer, _ = server.accept()
            with peer:
                peer.sendall(peer.recv(100).upper())

        thread = threading.Thread(target=echo)
        thread.start()
        with context(tmp_path, hosts=(f"tcp://127.0.0.1:{port}",)).dial("127.0.0.1", port) as line:
            line.send(b"hello")
            assert line.receive() == b"HELLO"
            assert line.receive() == b""
        thread.join()


def test_a_place_that_is_not_declared_is_not_dialled(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(Refused):
        context(tmp_path, hosts=("tcp://127.0.0.1:1",)).dial("127.0.0.1", server.getsockname()[1])


def test_a_dialled_server_without_a_trusted_certificate_is_refused(tmp_path: Path) -> None:
    certificate = loopback.make_certificate(tmp_path / "own.pem")
    with serving(reply(), certificate=certificate) as server, pytest.raises(RemoteError, match="TLS"):
        context(tmp_path, hosts=(f"127.0.0.1:{server.port}",)).dial("127.0.0.1", server.port)


def test_a_silent_line_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with context(tmp_path, hosts=(f"tcp://127.0.0.1:{port}",)).dial("127.0.0.1", port) as line:
            line._socket.settimeout(0.05)
            with pytest.raises(RemoteError, match="says nothing"):
                line.receive()


def test_a_program_that_is_not_declared_is_not_run(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="may not run"):
        context(tmp_path, runs=("git",)).run(["sh", "-c", "true"])
