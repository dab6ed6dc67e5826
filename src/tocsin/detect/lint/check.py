"""Looking at rule files: documents through lints, into remarks in the order of files and lines."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from tocsin.detect.lint.document import Document, Text
from tocsin.detect.lint.remark import Lint, Remark, Said, State
from tocsin.detect.lint.whole import Whole
from tocsin.match.sigma.pipeline import is_pipeline, pipeline
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.rule import Chain, nodes
from tocsin.match.sigma.tree import RuleError

_ALLOW = re.compile(r"#\s*tocsin:\s*allow\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What lints said of files.

    `remarks` hold one entry for each thing that is wrong, and one for each rule that nothing is wrong with. `unread`
    are files that could not be read, with why; `allowed` counts what comments in the files allow.
    """

    remarks: tuple[Remark, ...] = ()
    files: int = 0
    documents: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    allowed: int = 0

    def count(self, state: State) -> int:
        """Return how many remarks are of a state."""
        return sum(one.state is state for one in self.remarks)


def check(
    files: Iterable[tuple[str, bytes | str]], lints: Sequence[Lint], *, fills: Fills = NO_FILLS, complete: bool = True
) -> Checked:
    """Return what lints say of files.

    They are given by name and bytes, or why they could not be read.
    `complete` says whether rules that are named and not among these files are nowhere.
    """
    documents: list[Document] = []
    remarks: list[Remark] = []
    unread: list[tuple[str, str]] = []
    many = 0
    for path, raw in files:
        many += 1
        text = raw if isinstance(raw, str) else _decoded(raw)
        if isinstance(raw, str) or text is None:
            unread.append((str(path), raw if isinstance(raw, str) else "cannot be read: it is not UTF-8"))
            continue
        found, wrong = read(str(path), raw, text, fills)
        documents.extend(found)
        remarks.extend(wrong)
    allowed = _Allowed()
    for document, lint, said in _said(documents, lints, complete=complete):
        if not allowed.allows(document, lint, said):
            remarks.append(_remark(document.path, document.id, lint, said))
    return Checked(
        remarks=tuple(_settled(remarks, documents)), files=many, documents=len(documents), unread=tuple(unread),
        allowed=allowed.count,
    )  # fmt: skip


def read(path: str, raw: bytes, text: str, fills: Fills) -> tuple[list[Document], list[Remark]]:
    """Return the rules of a file as documents, and what is wrong with what is none."""
    lines = Text(path, text)
    documents: list[Document] = []
    wrong: list[Remark] = []
    any_node = False
    for node in nodes(raw):
        any_node = True
        if isinstance(node, RuleError):
            wrong.append(_unloaded(path, node))
        elif is_pipeline(node):
            wrong.extend(_of_pipeline(path, node))
        else:
            documents.append(Document(lines, node, fills, len(documents)))
    _note_serving(documents)
    if not any_node:
        wrong.append(
            _unloaded(path, RuleError("the file holds no rule", line=1, hint="write one, or take the file away"))
        )
    return documents, wrong


def _note_serving(documents: Sequence[Document]) -> None:
    chains = [one.made.correlation for one in documents if isinstance(one.made, Chain)]
    named = {name for chain in chains if not chain.generate for name in chain.rules}
    for one in documents:
        one.serves = bool(named & {one.said("id"), one.said("name")} - {""})


def _decoded(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _of_pipeline(path: str, node: object) -> Iterator[Remark]:
    try:
        _, problems = pipeline(node, path)  # type: ignore[arg-type]  # a node: just read
    except RuleError as error:
        problems = [error]
    for problem in problems:
        yield _unloaded(path, problem)


def _unloaded(path: str, error: RuleError) -> Remark:
    return Remark(
        path=path, id="", lint="cannot-load", state=State.ERROR, says=error.says, line=error.line, hint=error.hint
    )


def _said(
    documents: Sequence[Document], lints: Sequence[Lint], *, complete: bool
) -> Iterator[tuple[Document, Lint, Said]]:
    single = [lint for lint in lints if not lint.whole]
    for document in documents:
        for lint in single:
            for said in lint.look(document):
                yield document, lint, said
    whole = Whole(documents, complete)
    for lint in lints:
        if lint.whole:
            for document, said in lint.look(whole):
                yield document, lint, said


def _remark(path: str, id_: str, lint: Lint, said: Said) -> Remark:
    return Remark(
        path=path, id=id_, lint=lint.id, state=lint.state, says=said.says, line=said.line, hint=said.hint,
        fix=said.fix if said.edit is not None else None, edit=said.edit,
    )  # fmt: skip


class _Allowed:
    """What comments allow: `# tocsin: allow LINT` beside a line is for that line, on a line of its own for the file."""

    def __init__(self) -> None:
        self.count = 0
        self._known: dict[str, Mapping[int, frozenset[str]]] = {}

    def allows(self, document: Document, lint: Lint, said: Said) -> bool:
        """Return whether a comment allows what is said, and count it."""
        known = self._known.get(document.path)
        if known is None:
            known = self._known[document.path] = _allowances(document.text)
        if known and (lint.id in known.get(0, ()) or lint.id in known.get(said.line, ())):
            self.count += 1
            return True
        return False


def _allowances(text: Text) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for number, line in enumerate(text.lines, 1):
        if "tocsin:" in line and (said := _ALLOW.search(line)):
            place = 0 if line.lstrip().startswith("#") else number
            found[place] = found.get(place, frozenset()) | frozenset(re.split(r"\s*,\s*", said[1]))
    return found


def _settled(remarks: Iterable[Remark], documents: Sequence[Document]) -> list[Remark]:
    """Return remarks by file and line, each once, and an entry for each rule without any.

    What the loader says of a line gives way to a lint that says more of it.
    """
    unique = dict.fromkeys(remarks)
    precise = {(one.path, one.line) for one in unique if one.state is State.ERROR and one.lint != "cannot-load"}
    kept = [one for one in unique if one.lint != "cannot-load" or (one.path, one.line) not in precise]
    named = {(one.path, one.id) for one in kept}
    kept += [
        Remark(path=one.path, id=one.id, line=one.node.line) for one in documents if (one.path, one.id) not in named
    ]
    return sorted(kept, key=lambda one: (one.path, one.line, one.lint))
