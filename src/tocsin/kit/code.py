"""What the author of a check works with: a module of Python, its names, constants, flows, and findings about its nodes.

A check is one function `(node, module) -> Iterator[Finding]` under `@check(nodes=("Call",), ...)`. One parse and one
walk serve all checks; everything here is made when first asked for, and kept.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tocsin.kit.constants import UNKNOWN, Constants
from tocsin.kit.declare import Declaration
from tocsin.kit.origins import Origin, Origins
from tocsin.kit.scopes import Binding, Function, Scopes
from tocsin.model import Confidence, Finding, FindingKind, Place, PluginError, Severity, fingerprint

_EVIDENCE = 200  # characters of a shown line
_SPACE = re.compile(r"\s+")
_TRAILING = re.compile(r",(?=[)\]}])")


class Module:
    """One source file: its text, its tree, and what they tell without running it.

    `path` is as shown to people. `asking` is the check that is being asked; the runner sets it, findings carry it.
    """

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        self.path = path
        self.text = text
        self.tree = tree
        self.asking: Declaration | None = None
        self.scopes = Scopes(tree)
        self.constants = Constants(self.scopes)
        self.origins = Origins(self.scopes, self.constants)
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """Return the lines of the source, without their ends."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines

    def nodes(self, *kinds: type) -> Iterator[Any]:
        """Yield all nodes of some types, in no order."""
        for kind in kinds:
            yield from self.scopes.found.get(kind, ())

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node that holds a node."""
        return self.scopes.parents.get(node)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes that hold a node, innermost first."""
        return self.scopes.above(node)

    def function(self, node: ast.AST) -> Function | None:
        """Return the function in which a node stands."""
        return next((h for h in self.above(node) if isinstance(h, ast.FunctionDef | ast.AsyncFunctionDef)), None)

    def scope(self, node: ast.AST) -> str:
        """Return the qualified name of the scope around a node: `Feed.update`."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return ".".join(reversed([holder.name for holder in self.above(node) if isinstance(holder, kinds)]))

    def resolve(self, node: ast.AST | None) -> str | None:
        """Return what a dotted expression stands for, through imports and aliases.

        `run` after `from subprocess import run` is `subprocess.run`; a method of a new object is
        `requests.Session().get`; builtins are bare (`eval`); relative imports begin with a dot.
        """
        return self.scopes.resolve(node) if node is not None else None

    def constant(self, node: ast.AST | None) -> Any:
        """Return the value of a constant expression, else UNKNOWN (which is false)."""
        return self.constants.value(node)

    def is_constant(self, node: ast.AST | None) -> bool:
        """Return whether the value of an expression is known."""
        return self.constants.value(node) is not UNKNOWN

    def origin(self, node: ast.AST) -> Origin:
        """Return where a value comes from: constants only, unknown, or from outside."""
        return self.origins.of(node)

    def bindings(self, node: ast.Name) -> Sequence[Binding]:
        """Return the places where a name that is seen from here gets its value."""
        return self.scopes.lookup(node.id, node)[1]

    def keyword(self, call: ast.Call, name: str) -> ast.expr | None:
        """Return the argument that a call gives by name, also in a written `**{...}`."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
            if keyword.arg is None and isinstance(keyword.value, ast.Dict):
                for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == name:
                        return value
        return None

    def argument(self, call: ast.Call, position: int, name: str = "") -> ast.expr | None:
        """Return an argument by position or name; None when not given or behind `*`."""
        for index, given in enumerate(call.args):
            if isinstance(given, ast.Starred):
                break
            if index == position:
                return given
        return self.keyword(call, name) if name else None

    def segment(self, node: ast.AST) -> str:
        """Return the source of a node as written."""
        first, last = getattr(node, "lineno", 1) - 1, (getattr(node, "end_lineno", None) or 1) - 1
        lines = self.lines[first : last + 1]
        if not lines:
            return ""
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", None)
        lines[-1] = lines[-1].encode("utf-8", "replace")[:end].decode("utf-8", "replace")
        lines[0] = lines[0].encode("utf-8", "replace")[start:].decode("utf-8", "replace")
        return "\n".join(lines)

    def snippet(self, node: ast.AST) -> str:
        """Return the source of a node without what a formatter changes."""
        return _TRAILING.sub("", _SPACE.sub("", self.segment(node)).replace('"', "'"))

    def context(self, node: ast.AST) -> str:
        """Return the names around a node: scope, targets, keyword, key; lower case."""
        words = [self.scope(node)]
        child = node
        for holder in self.above(node):
            match holder:
                case ast.keyword(arg=str(name)):
                    words.append(name)
                case ast.Assign(targets=targets):
                    words.extend(self.segment(target) for target in targets)
                case ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
                    words.append(self.segment(target))
                case ast.Dict(keys=keys, values=values):
                    pairs = zip(keys, values, strict=True)
                    words.extend(self.segment(key) for key, value in pairs if value is child and key is not None)
                case ast.Call(func=function) if function is not child:
                    words.append(self.segment(function))
            if isinstance(holder, ast.stmt):
                break
            child = holder
        return " ".join(words).lower()

    def finding(
        self,
        node: ast.AST,
        message: str,
        *,
        key: str | None = None,
        severity: str | None = None,
        confidence: str | None = None,
        source: ast.AST | None = None,
    ) -> Finding:
        """Return the finding of the asking check about a node.

        Severity and confidence are those of the declaration unless given. `key` stands for the snippet in the
        fingerprint where the snippet holds what must not be hashed. `source` is where the value came in: it is named
        first among the places.
        """
        if self.asking is None:
            raise PluginError(f"{self.path}: a finding was made outside a check")
        says = self.asking.says
        line = getattr(node, "lineno", 1)
        places = [self.place(node)]
        if source is not None and getattr(source, "lineno", line) != line:
            places.insert(0, self.place(source))
        return Finding(
            fingerprint=fingerprint(self.asking.id, self.scope(node), self.snippet(node) if key is None else key),
            kind=FindingKind.CODE,
            rule=self.asking.id,
            title=says["title"],
            severity=Severity(severity or says["severity"]),
            confidence=Confidence(confidence or says["confidence"]),
            message=message,
            where=tuple(places),
            evidence=(self.evidence(line),),
            remedy=says["remedy"],
            tags=(f"cwe-{says['cwe']}", *says.get("tags", ())),
            references=says.get("references", ()),
        )

    def place(self, node: ast.AST) -> Place:
        """Return the place of a node; columns count characters from 1."""
        line = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0)
        before = self.lines[line - 1].encode("utf-8", "replace")[:column] if line <= len(self.lines) else b""
        return Place(
            path=self.path,
            line=line,
            column=len(before.decode("utf-8", "replace")) + 1,
            end_line=getattr(node, "end_lineno", None),
        )

    def evidence(self, line: int) -> str:
        """Return a line of the source as it is shown."""
        return self.lines[line - 1].strip()[:_EVIDENCE] if 0 < line <= len(self.lines) else ""
