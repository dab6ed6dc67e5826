"""Declarations: the one decorator machinery of all kinds of plug-in.

A declaration is made of literals, so that the index can read it with `ast` and never imports a plug-in to know it.
The decorator stores the same declaration on the function; nothing is registered by side effect.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from tocsin.model import PluginError

F = TypeVar("F", bound=Callable[..., Any])


class Kind(StrEnum):
    """The kinds of plug-in; each is one verb from records to records (HOUSE.md)."""

    PARSER = "parser"
    CHECK = "check"
    FINDER = "finder"
    SCANNER = "scanner"
    FEED = "feed"
    ENRICHER = "enricher"
    SOURCE = "source"
    SINK = "sink"
    ACTION = "action"
    PLAYBOOK = "playbook"


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """What a plug-in says of itself.

    Its kind, its name (that of its file), and the literals of its decorator.
    """

    kind: Kind
    name: str
    says: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Return the id that people see: the name with `-` for `_`."""
        return self.name.replace("_", "-")


# The words that each kind's declaration may hold, with the type that a literal must have; `!` marks the needed ones.
WORDS: Mapping[Kind, Mapping[str, type | tuple[type, ...]]] = {
    Kind.PARSER: {
        "frame": str, "within": str, "what": str, "looks": str, "programs": tuple, "keys": tuple,
        "product": str, "category": str, "service": str, "weight": int, "like": str,
        "looks_within": str,
    },
    Kind.CHECK: {
        "nodes!": tuple, "title!": str, "severity!": str, "confidence!": str, "cwe!": int, "remedy!": str,
        "aliases": tuple, "references": tuple, "tags": tuple, "fix": str,
    },
    Kind.FINDER: {"files!": tuple, "what!": str},
    Kind.SCANNER: {"title!": str, "rules!": tuple, "files": tuple},
    Kind.FEED: {"hosts!": tuple, "format": str, "every": str, "tlp": str, "auth": str},
    Kind.ENRICHER: {"takes!": tuple, "hosts!": tuple, "auth": str, "secrets": tuple, "tlp": str, "quota": str},
    Kind.SOURCE: {"hosts!": tuple, "auth": str, "secrets": tuple, "settings": tuple, "gives": str},
    Kind.SINK: {"hosts!": tuple, "auth": str, "secrets": tuple, "settings": tuple, "takes": tuple},
    Kind.ACTION: {
        "does!": str, "effect!": str, "hosts": tuple, "runs": tuple, "auth": str, "secrets": tuple, "settings": tuple,
        "key": str,
    },
    Kind.PLAYBOOK: {"on!": tuple, "title!": str, "needs": tuple},
}  # fmt: skip


def declared(function: Callable[..., Any]) -> Declaration:
    """Return the declaration of a plug-in's function.

    Raises PluginError when it has none.
    """
    declaration = getattr(function, "__tocsin__", None)
    if not isinstance(declaration, Declaration):
        raise PluginError(f"{function.__module__}.{function.__name__} is no plug-in", hint="decorate it with its kind")
    return declaration


def check_words(kind: Kind, name: str, says: Mapping[str, Any]) -> Declaration:
    """Return the declaration.

    Raises PluginError for an unknown, missing or ill-typed word.
    """
    words = {word.rstrip("!"): kinds for word, kinds in WORDS[kind].items()}
    for word, value in says.items():
        if word not in words:
            raise PluginError(f"{name}: a {kind} declares no {word!r}", hint=f"known: {', '.join(sorted(words))}")
        if not isinstance(value, words[word]):
            raise PluginError(f"{name}: {word} is {value!r}, which is not a {words[word]}")
    for word in WORDS[kind]:
        if word.endswith("!") and word[:-1] not in says:
            raise PluginError(f"{name}: a {kind} must declare {word[:-1]!r}")
    try:
        for pattern in ("looks", "looks_within"):
            re.compile(says.get(pattern) or "")
    except (re.error, RecursionError, OverflowError) as error:
        raise PluginError(f"{name}: looks is no pattern: {error}") from error
    return Declaration(kind=kind, name=name, says=dict(says))


def _decorator(kind: Kind) -> Callable[..., Callable[[F], F]]:
    def declare(**says: Any) -> Callable[[F], F]:
        def attach(function: F) -> F:
            function.__tocsin__ = check_words(kind, function.__name__, says)  # type: ignore[attr-defined]  # a mark on a function
            return function

        return attach

    declare.__name__ = kind.value
    declare.__doc__ = f"Declare a {kind.value}; its words stand in WORDS."
    return declare


parser = _decorator(Kind.PARSER)
check = _decorator(Kind.CHECK)
finder = _decorator(Kind.FINDER)
scanner = _decorator(Kind.SCANNER)
feed = _decorator(Kind.FEED)
enricher = _decorator(Kind.ENRICHER)
source = _decorator(Kind.SOURCE)
sink = _decorator(Kind.SINK)
playbook = _decorator(Kind.PLAYBOOK)
