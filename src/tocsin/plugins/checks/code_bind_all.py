"""A server listens on all interfaces.

**Sees** `0.0.0.0`, `::` and an empty host in `bind`, in servers of the standard library, in Flask, uvicorn, aiohttp,
and as the default of a `--host` option.

**Why it is bad.** What was meant for this machine is offered to every network that it is in.

**Misses** hosts from settings. Quiet for port 0, which clients use, and where the address is only compared.

Bad: `HTTPServer(("", 8000), Handler)`
Good: `HTTPServer(("127.0.0.1", 8000), Handler)`

See: https://docs.python.org/3/library/socket.html#socket-families
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_EVERYWHERE = ("0.0.0.0", "::", "*")  # noqa: S104  # what is looked for
_PAIRS = ("http.server.", "socketserver.", "wsgiref.simple_server.", "xmlrpc.server.", "smtpd.", "asyncore.")
_HOSTED = {
    "flask.Flask().run",
    "uvicorn.run",
    "uvicorn.Config",
    "aiohttp.web.run_app",
    "asyncio.start_server",
    "waitress.serve",
    "hypercorn.run",
    "wsgiref.simple_server.make_server",
    "werkzeug.serving.run_simple",
    "bottle.run",
    "quart.Quart().run",
}
_FIRST = {"flask.Flask().run", "wsgiref.simple_server.make_server", "werkzeug.serving.run_simple"}


@check(
    nodes=("Call",),
    title="Server listens on all interfaces",
    severity="low",
    confidence="high",
    cwe=1327,
    remedy="Listen on 127.0.0.1, or on the one address that is meant, and let a firewall say who may come.",
    aliases=("B104", "S104"),
    references=("https://docs.python.org/3/library/socket.html#socket-families",),
)
def code_bind_all(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a server on all interfaces."""
    name = module.resolve(node.func) or ""
    last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if last == "bind" or name.startswith(_PAIRS):
        host = _of_pair(node.args[0], module) if node.args else None
        if host is not None and (host in _EVERYWHERE or host == ""):
            yield module.finding(node, f"listens on all interfaces ({host or 'empty host'})")
    elif name in _HOSTED:
        given = module.keyword(node, "host") or (node.args[0] if node.args and name in _FIRST else None)
        if given is not None and module.constant(given) in _EVERYWHERE:
            yield module.finding(node, f"listens on all interfaces ({module.constant(given)})")
    elif last == "add_argument" and _is_host_option(node, module):
        yield module.finding(node, "listens on all interfaces unless told otherwise", confidence="medium")


def _is_host_option(node: ast.Call, module: Module) -> bool:
    names = " ".join(str(module.constant(argument)) for argument in node.args)
    everywhere = module.constant(module.keyword(node, "default")) in _EVERYWHERE
    return everywhere and any(word in names for word in ("host", "bind", "listen"))


def _of_pair(address: ast.expr, module: Module) -> str | None:
    """Return the host of a written (host, port); None when it is not known or the port is 0."""
    if not isinstance(address, ast.Tuple) or len(address.elts) < 2 or module.constant(address.elts[1]) == 0:
        return None
    host = module.constant(address.elts[0])
    return host if isinstance(host, str) else None
