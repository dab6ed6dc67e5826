"""A web application runs with its debugger.

**Sees** `run(debug=True)` of Flask and of its kin, `app.debug = True`, `use_debugger=True` of werkzeug.

**Why it is bad.** An error page of the debugger holds a Python console; its code is guessed or read from the machine.
With `host="0.0.0.0"` everybody in the network is invited.

**Misses** the debugger switched on by `FLASK_DEBUG` or a settings file.

Bad: `app.run(host="0.0.0.0", debug=True)`
Good: `app.run(debug=os.environ.get("DEBUG") == "1")`, and a real server in production

See: https://flask.palletsprojects.com/en/stable/debugging/
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_RUNS = {
    "flask.Flask().run",
    "quart.Quart().run",
    "bottle.run",
    "bottle.Bottle().run",
    "dash.Dash().run",
    "dash.Dash().run_server",
    "sanic.Sanic().run",
}
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  # what is looked for


@check(
    nodes=("Call", "Assign"),
    title="Web application runs with its debugger",
    severity="medium",
    confidence="high",
    cwe=489,
    remedy="Switch the debugger on by an environment variable on the developer's own machine only.",
    aliases=("B201", "S201"),
    references=("https://flask.palletsprojects.com/en/stable/debugging/",),
)
def code_debug(node: ast.Call | ast.Assign, module: Module) -> Iterator[Finding]:
    """Yield a finding for a debugger that is on."""
    if isinstance(node, ast.Assign):
        if module.constant(node.value) is True and any(_is_debug(target, module) for target in node.targets):
            yield module.finding(node, "the debugger is on")
        return
    name = module.resolve(node.func) or ""
    word = "use_debugger" if name == "werkzeug.serving.run_simple" else "debug" if name in _RUNS else ""
    if word and module.constant(module.keyword(node, word)) is True:
        host = module.keyword(node, "host") or (node.args[0] if node.args and "Bottle" not in name else None)
        if host is not None and module.constant(host) in _EVERYWHERE:
            yield module.finding(node, "the debugger is on, for the whole network", severity="high")
        else:
            yield module.finding(node, "the debugger is on")


def _is_debug(target: ast.expr, module: Module) -> bool:
    if not (isinstance(target, ast.Attribute) and target.attr == "debug"):
        return False
    return module.resolve(target.value) == "flask.Flask()"
