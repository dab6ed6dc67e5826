"""Text from outside is run as Python.

**Sees** `eval` and `exec` of text that is not constant, and says where it comes from when that is seen in
the same file, also through `compile`.

**Why it is bad.** Whoever writes the text runs code in the script. Emptying `__builtins__` does not help; text that was
fetched makes the other side the author of the script.

**Misses** code that is imported by name (`importlib`), run by `code`, `runpy`, `timeit`, or by a template.

Bad: `settings = eval(open(path).read())`
Good: `settings = ast.literal_eval(Path(path).read_text())`, or JSON, or TOML

See: https://docs.python.org/3/library/functions.html#eval
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.kit.known_origins import Source
from tocsin.model import Finding

_RUNS = {"eval", "exec"}


@check(
    nodes=("Call",),
    title="Text is run as Python",
    severity="high",
    confidence="high",
    cwe=95,
    remedy="Read data with json, tomllib or ast.literal_eval; call functions by a table of names.",
    aliases=("B102", "B307", "S102", "S307"),
    references=("https://docs.python.org/3/library/functions.html#eval",),
    tags=("attack.t1059.006",),
)
def code_eval(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for eval and exec of text that is not constant."""
    name = module.resolve(node.func)
    text = module.argument(node, 0) if name in _RUNS else None
    if text is None or _is_of_a_loader(text):
        return
    origin = module.origin(text)
    if origin.is_constant:
        return
    if not origin.is_outside:
        yield module.finding(node, f"text put together at run time is run by {name}", severity="low", confidence="low")
        return
    severity = "critical" if origin.source in {Source.NETWORK, Source.WEB} else "high"
    if origin.source in {Source.FILE, Source.ENVIRONMENT}:  # of the one who runs it, more often than not
        severity = "medium"
    yield module.finding(node, f"{origin.says} is run by {name}", severity=severity, source=origin.node)


def _is_of_a_loader(text: ast.expr) -> bool:
    """Return whether the code is what an import loader gives: a module of the path, as `import` would run it."""
    return isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr == "get_code"
