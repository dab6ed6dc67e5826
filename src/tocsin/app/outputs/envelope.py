"""The result as the HTML report takes it: the JSON envelope, what only the report shows, all defanged."""

from collections.abc import Mapping
from typing import Any

from tocsin.model.codec import to_builtins
from tocsin.model.result import Detail, Result
from tocsin.model.text import defang

# Texts that name things rather than speak of the world: defanging would break links, joins and file names.
_LISTS = frozenset({"tags", "references", "findings", "inputs"})
_AS_THEY_ARE = frozenset({
    "fingerprint", "rule", "tags", "references", "path", "case", "id", "findings", "owner", "finding", "source",
    "sha256", "rules_digest", "versions", "argv", "started", "first", "last", "at", "hour", "severity", "confidence",
    "kind", "inputs",
})  # fmt: skip


def envelope(result: Result, detail: Detail, *, own: frozenset[str], raw: bool) -> dict[str, Any]:
    """Return the envelope of CLI.md as plain dicts, with `report` beside it.

    Texts from outside are defanged.
    """
    plain: dict[str, Any] = {**to_builtins(result), "report": to_builtins(detail)}
    return plain if raw else {key: _defanged(value, key, own) for key, value in plain.items()}


def _defanged(value: Any, key: str, own: frozenset[str]) -> Any:
    if isinstance(value, str):
        return value if key in _AS_THEY_ARE else defang(value, own)
    if isinstance(value, Mapping):
        return {name: _defanged(item, str(name), own) for name, item in value.items()}
    if isinstance(value, list | tuple):
        if key in _LISTS and all(isinstance(item, str) for item in value):
            return list(value)
        return [_defanged(item, "" if key == "findings" else key, own) for item in value]
    return value
