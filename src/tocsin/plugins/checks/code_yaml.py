"""YAML is read by a loader that makes any Python object.

**Sees** `yaml.load` and `load_all` without a loader or with `Loader`, `UnsafeLoader`, `FullLoader`, and `unsafe_load`,
`full_load`, and ruamel.yaml with `typ="unsafe"`.

**Why it is bad.** `!!python/object/apply:os.system` in the text runs a command while it is read.

**Misses** loaders that are made from the unsafe ones in another module.

Bad: `rules = yaml.load(text, Loader=yaml.Loader)`
Good: `rules = yaml.safe_load(text)`

See: https://pyyaml.org/wiki/PyYAMLDocumentation
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding

_UNSAFE = {"yaml.unsafe_load", "yaml.unsafe_load_all", "yaml.full_load", "yaml.full_load_all"}
_LOADERS = {"Loader", "UnsafeLoader", "FullLoader", "CLoader", "CFullLoader", "CUnsafeLoader"}


@check(
    nodes=("Call",),
    title="YAML is read by an unsafe loader",
    severity="high",
    confidence="high",
    cwe=502,
    remedy="Use yaml.safe_load, or Loader=yaml.CSafeLoader for speed.",
    aliases=("B506", "S506"),
    references=("https://pyyaml.org/wiki/PyYAMLDocumentation",),
    tags=("attack.t1059.006",),
)
def code_yaml(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for an unsafe YAML loader."""
    name = module.resolve(node.func)
    if name in _UNSAFE:
        severity = "medium" if "full" in name else "high"  # FullLoader was closed twice, and is not meant for strangers
        yield module.finding(node, f"{name} makes Python objects", severity=severity)
    elif name in {"yaml.load", "yaml.load_all"} and node.args:
        if module.is_constant(node.args[0]):
            return
        loader = module.argument(node, 1, "Loader")
        kind = (module.resolve(loader) or "").rpartition(".")[2] if loader is not None else "Loader"
        if kind in _LOADERS:
            says = "yaml.load without a safe loader" if loader is None else f"yaml.load with {kind}"
            yield module.finding(node, says, severity="medium" if "Full" in kind else "high")
    elif name == "ruamel.yaml.YAML" and module.constant(module.keyword(node, "typ")) == "unsafe":
        yield module.finding(node, "ruamel.yaml of type unsafe makes Python objects")
