"""Ask all checks about one module: one walk files the nodes by type, each check is asked about its types only.

A comment may set a finding aside: `# nosec B602`, `# nosec code-shell`, bare `# nosec` (as bandit defines it), and
`# noqa: S602`. Bare `# noqa` is about style and sets nothing aside. What is set aside is counted as suppressed.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from tocsin.kit.code import Module
from tocsin.kit.declare import Declaration
from tocsin.model import Finding, PluginError, Suppression
from tocsin.posture.merge import merged

Check = Callable[[ast.AST, Module], Iterable[Finding]]
Loaded = tuple[Declaration, Check]

_ID = r"(?:[A-Z]+[0-9]+|code-[a-z-]+)"
_COMMENT = re.compile(rf"#\s*(nosec|noqa)\b\s*:?\s*({_ID}(?:[,\s]+{_ID})*)?")
_LINES = 200  # lines of one statement that are searched for a comment


_WHY = 200  # characters of what a failed check said
# What a mistake in a check raises: its other findings and those of other checks still arrive.
_BUGS = (
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    PluginError,
)


class Looked(NamedTuple):
    """What all checks say of one module; `failed` names each check that could not end."""

    findings: list[Finding]
    aside: list[Finding]
    failed: list[str]


class Checks:
    """Loaded checks, by the type of node that they are asked about."""

    def __init__(self, loaded: Iterable[Loaded]) -> None:
        self.table: dict[type, list[Loaded]] = {}
        self.aliases: dict[str, frozenset[str]] = {}
        for declaration, function in loaded:
            self.aliases[declaration.id] = frozenset({declaration.id, *declaration.says.get("aliases", ())})
            for name in declaration.says["nodes"]:
                kind = getattr(ast, name, None)
                if not (isinstance(kind, type) and issubclass(kind, ast.AST)):
                    raise PluginError(f"{declaration.name}: ast has no node named {name!r}")
                self.table.setdefault(kind, []).append((declaration, function))

    def __len__(self) -> int:
        return len(self.aliases)

    def look(self, module: Module) -> Looked:
        """Return findings, those that a comment sets aside, and checks that failed."""
        kept: list[Finding] = []
        aside: list[Finding] = []
        failed: list[str] = []
        may_be_aside = "nosec" in module.text or "noqa" in module.text
        for finding in self._found(module, failed):
            comment = self._comment(module, finding) if may_be_aside else None
            if comment is None:
                kept.append(finding)
            else:
                reason = Suppression(reason=f"comment {comment}", owner="", until="")
                aside.append(msgspec.structs.replace(finding, suppressed=reason))
        return Looked(merged(kept), merged(aside), failed)

    def _found(self, module: Module, failed: list[str]) -> Iterator[Finding]:
        for kind, asked in self.table.items():
            nodes: Sequence[ast.AST] = module.scopes.found.get(kind, ())
            for declaration, function in asked if nodes else ():
                module.asking = declaration
                try:
                    for node in nodes:
                        yield from function(node, module)
                except _BUGS as error:
                    failed.append(f"check {declaration.id} failed: {type(error).__name__}: {error}"[:_WHY])

    def _comment(self, module: Module, finding: Finding) -> str | None:
        """Return the comment that sets a finding aside; it stands on a line of the last place, where things happen."""
        place = finding.where[-1]
        first = place.line or 1
        lines = module.lines[first - 1 : place.end_line or first]
        said = (_sets_aside(line, self.aliases[finding.rule]) for line in lines[:_LINES])
        return next((comment for comment in said if comment is not None), None)


def _sets_aside(line: str, names: frozenset[str]) -> str | None:
    """Return the comment of a line that speaks of one of the names."""
    for match in _COMMENT.finditer(line):
        tool, ids = match[1], match[2]
        if ids is None:
            if tool == "nosec":
                return "# nosec"
            continue
        given = set(re.split(r"[,\s]+", ids))
        if hit := sorted(given & names):
            return f"# {tool} {hit[0]}"
    return None
