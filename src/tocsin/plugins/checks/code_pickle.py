"""A format that can run code is read.

**Sees** `load` and `loads` of pickle, marshal, dill, cloudpickle, jsonpickle, joblib, shelve, pandas' `read_pickle`,
`torch.load` without `weights_only=True`, `numpy.load` with `allow_pickle=True`.

**Why it is bad.** A pickle is a program: reading one that somebody else could write runs what they wrote. Sharper when
it comes from the network, a file that was given, or a web request; then it is said.

**Misses** readers that hide pickle (caches, queues, model hubs). It is quiet for bytes that were made by `dumps` in the
same expression (copies).

Bad: `state = pickle.load(open(path, "rb"))`
Good: `state = json.load(open(path))`

See: https://docs.python.org/3/library/pickle.html
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.kit.known_origins import Source
from tocsin.model import Finding

_READS = {
    "pickle.load",
    "pickle.loads",
    "pickle.Unpickler",
    "_pickle.load",
    "_pickle.loads",
    "cPickle.load",
    "cPickle.loads",
    "marshal.load",
    "marshal.loads",
    "dill.load",
    "dill.loads",
    "cloudpickle.load",
    "cloudpickle.loads",
    "jsonpickle.decode",
    "joblib.load",
    "shelve.open",
    "shelve.DbfilenameShelf",
    "pandas.read_pickle",
}


@check(
    nodes=("Call",),
    title="A format that can run code is read",
    severity="medium",
    confidence="medium",
    cwe=502,
    remedy="Exchange data as JSON or msgpack; where it must be a pickle, sign it and check the signature first.",
    aliases=("B301", "B302", "B403", "S301", "S302"),
    references=("https://docs.python.org/3/library/pickle.html",),
    tags=("attack.t1059.006",),
)
def code_pickle(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a reader of code-bearing formats."""
    name = module.resolve(node.func)
    if name is None or not _reads(name, node, module) or not (node.args or node.keywords):
        return
    data = node.args[0] if node.args else node.keywords[0].value
    if (module.resolve(data) or "").endswith("dumps()"):
        return
    origin = module.origin(data)
    if origin.source in {Source.NETWORK, Source.WEB}:
        yield module.finding(
            node, f"{origin.says} is read by {name}", severity="critical", confidence="high", source=origin.node
        )
    elif origin.is_outside:
        severity = "medium" if origin.source in {Source.FILE, Source.ENVIRONMENT} else "high"
        yield module.finding(node, f"{name} reads {origin.says}", severity=severity, source=origin.node)
    elif not origin.is_constant or name == "shelve.open":
        yield module.finding(node, f"{name} runs what is in the data", confidence="low")


def _reads(name: str, node: ast.Call, module: Module) -> bool:
    if name == "torch.load":
        return module.constant(module.keyword(node, "weights_only")) is not True
    if name == "numpy.load":
        return module.constant(module.keyword(node, "allow_pickle")) is True
    return name in _READS
