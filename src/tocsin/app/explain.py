"""One page on a rule, a check, a kind of secret or a finding: what it sees, why it is bad, what to do."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import msgspec

from tocsin.app.plug import plugged
from tocsin.app.rule_named import is_file, named
from tocsin.app.rules import builtin_sources, rules_of
from tocsin.detect.subset import whole_id
from tocsin.kit.declare import Kind
from tocsin.match.sigma.placeholder import of_estate
from tocsin.match.sigma.rule import Document
from tocsin.model import Finding, UserError
from tocsin.model.times import iso
from tocsin.runtime.workspace import Workspace

HEX = frozenset("0123456789abcdef")
SHORTEST = 4  # digits of a fingerprint that are taken for the beginning of one


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page: a line on what it is, and its sections in order."""

    id: str
    title: str
    about: str
    sections: dict[str, str]


def explain(name: str, workspace: Workspace, store_url: str, folders: Sequence[Path] = ()) -> Page:
    """Return the page of a name.

    A rule may be named by its file. Raises UserError, with the nearest name, for one that is not known.
    """
    if is_file(name):
        return _file_page(name, workspace, folders)
    known = dict(_pages(workspace, folders))
    name = whole_id(name, known)
    if name in known:
        return known[name]
    if len(name) >= SHORTEST and set(name.lower()) <= HEX:
        return _finding_page(name.lower(), store_url, known)
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else "tocsin plugin list, docs/reference/rules.md"
    raise UserError(f"there is no rule, check, kind of secret or finding {name!r}", hint=hint)


def _file_page(name: str, workspace: Workspace, folders: Sequence[Path]) -> Page:
    found = named(name, workspace, folders)
    sources = {str(path): raw.decode("utf-8", "replace") for path, raw in found.sources if isinstance(raw, bytes)}
    return _rule_page(found.document, sources)


def _pages(workspace: Workspace, folders: Sequence[Path]) -> Iterator[tuple[str, Page]]:
    rules = rules_of([*workspace.rule_folders, *folders], only=False, fills=of_estate(workspace.estate))
    sources = {path: raw.decode("utf-8", "replace") for path, raw in builtin_sources()}
    documents: list[Document] = [*rules.rules, *rules.chains]
    for document in documents:
        yield document.about.id, _rule_page(document, sources)
    for entry in plugged(workspace).entries:
        declaration = entry.declaration
        if declaration.kind in (Kind.CHECK, Kind.SCANNER):
            says = declaration.says
            words = [str(says[word]) for word in ("severity", "confidence") if word in says]
            tags = [f"CWE-{says['cwe']}"] if "cwe" in says else []
            aliases = [f"also known as {', '.join(says['aliases'])}"] if says.get("aliases") else []
            about = f"{declaration.kind}: {', '.join([*words, *tags, *aliases])}"
            sections = {
                "What it is": entry.doc.strip(),
                **({"What to do": str(says["remedy"])} if "remedy" in says else {}),
            }
            page = Page(id=declaration.id, title=str(says.get("title", "")), about=about, sections=sections)
            for id_ in (declaration.id, *says.get("rules", ())):
                yield id_, msgspec.structs.replace(page, id=id_)
    yield _unparsed_page()
    yield from _secret_pages()


def _unparsed_page() -> tuple[str, Page]:
    from tocsin.posture.look import unparsed

    finding = unparsed("", "")
    sections = {
        "What it is": "Neither the running Python nor the parser for newer syntax reads these lines of a Python file.\n"
        "No check looked at them, so that nothing was found there does not say that they are harmless.\n"
        "The rest of the file is checked; a file that cannot be read at all is named under coverage too.",
        "What to do": finding.remedy,
    }
    about = f"check: {finding.severity}, {finding.confidence}, CWE-1120"
    return finding.rule, Page(id=finding.rule, title=finding.title, about=about, sections=sections)


def _rule_page(document: Document, sources: dict[str, str]) -> Page:
    about = document.about
    sections = {
        "What it sees": about.description.strip(),
        "What may look like it and is not": "\n".join(about.falsepositives),
        "What to do": "\n".join(text for text in (about.own.remedy, *about.own.do) if text),
        "See": "\n".join(about.references),
        "Rule": sources.get(about.path, ""),
    }
    tags = " ".join(tag.removeprefix("attack.").upper() for tag in about.tags if tag.startswith("attack.t"))
    return Page(
        id=about.id,
        title=about.title,
        about=f"rule: {about.level}{', ' + tags if tags else ''}, from {about.path}",
        sections={heading: text for heading, text in sections.items() if text},
    )


def _secret_pages() -> Iterator[tuple[str, Page]]:
    from tocsin.match.secrets import builtin_kinds

    for kind in builtin_kinds().kinds:
        sections = {"What to do": kind.rotate, "See": "\n".join(kind.references)}
        yield (
            kind.id,
            Page(
                id=kind.id,
                title=kind.title,
                about=f"kind of secret: {kind.severity}, CWE-{kind.cwe}",
                sections=sections,
            ),
        )


def _finding_page(fingerprint: str, store_url: str, known: dict[str, Page]) -> Page:
    from tocsin.app.queue import get_finding

    finding = get_finding(store_url, fingerprint).finding
    rule = known.get(finding.rule)
    return Page(
        id=finding.fingerprint,
        title=finding.title,
        about=f"finding of {finding.rule}: {finding.severity}, confidence {finding.confidence}",
        sections={"What happened": "\n".join(_happened(finding)), **(rule.sections if rule else {})},
    )


def _happened(finding: Finding) -> Iterator[str]:
    yield finding.message
    if finding.first and finding.last:
        yield f"{finding.count:,} times from {iso(finding.first)} to {iso(finding.last)}"
    yield from (f"{place.path}:{place.line or place.record or ''}".rstrip(":") for place in finding.where)
    yield from finding.evidence
