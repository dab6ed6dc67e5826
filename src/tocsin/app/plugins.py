"""What plug-ins there are, and starting a new one."""

import keyword
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tocsin.kit.declare import Kind
from tocsin.model import UserError
from tocsin.model.text import safe
from tocsin.runtime import folders, index, trust


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A plug-in as people see it; `state` is built-in, trusted, refused or broken."""

    kind: str
    id: str
    name: str
    state: str
    title: str
    path: str
    says: Mapping[str, Any]
    doc: str


def known(workspace: Path | None) -> list[Known]:
    """Return all plug-ins: the built-in ones, then those of the workspace."""
    rows = [_known(entry, "built-in") for entry in index.builtins(folders.cache())]
    if workspace is not None:
        found = trust.standing(folders.data() / "trust.json", workspace)
        rows += [_known(entry, "trusted") for entry in found.trusted]
        rows += [_known(entry, "refused") for entry, _ in found.refused]
        rows += [_broken(broken) for broken in found.broken]
    return rows


def _known(entry: index.Entry, state: str) -> Known:
    d = entry.declaration
    return Known(
        kind=d.kind,
        id=d.id,
        name=d.name,
        state=state,
        title=safe(entry.title),
        path=entry.path,
        says=d.says,
        doc=entry.doc,
    )


def _broken(broken: index.Broken) -> Known:
    name = safe(Path(broken.path).name)
    why = safe(broken.why)
    return Known(kind="unknown", id=name, name=name, state="broken", title=why, path=broken.path, says={}, doc=why)


def page(plugin: Known) -> str:
    """Return a plug-in's page: its docstring, its declaration, where it is."""
    words = "\n".join(f"  {word} = {value!r}" for word, value in plugin.says.items())
    return safe_lines(
        f"{plugin.kind} {plugin.id} ({plugin.state})\n\n{plugin.doc.strip()}\n\nDeclares:\n{words}\n\n{plugin.path}"
    )


def safe_lines(text: str) -> str:
    """Return a text of several lines made safe, line by line."""
    return "\n".join(safe(line) for line in text.splitlines())


_CHECK = '''"""{title}.

What it sees, why it is bad, what it misses. See: https://cwe.mitre.org/data/definitions/78.html
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.model import Finding


@check(
    nodes=("Call",),
    title="{title}",
    severity="medium",
    confidence="medium",
    cwe=78,
    remedy="Say what to do instead.",
)
def {name}(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for each call of the function that you look for."""
    if module.resolve(node.func) == "package.function":
        yield module.finding(node, "package.function is called")
'''
_PARSER = '''"""{title}.

What records it reads, what it misses. See: a link to the vendor's page of the format.
"""

from tocsin.kit import Batch, Chunk, LogSource, Wanted, lines, parser

READER = lines(
    r"(?P<time>\\d{{4}}-\\d\\d-\\d\\dT\\S+) {name} (?P<source__ip>\\S+) (?P<message>.*)",
    what="{title}",
    logsource=LogSource(services=frozenset({{"{name}"}})),
    clock="iso",
)


@parser(frame="lines", what="{title}", looks=r"\\d{{4}}-\\d\\d-\\d\\dT\\S+ {name} ")
def {name}(chunk: Chunk, wanted: Wanted) -> Batch:
    """Return the records that are of this format."""
    return READER.read(chunk)
'''
_SAMPLES: Mapping[Kind, Mapping[str, str]] = {
    Kind.CHECK: {
        "guilty/in.py": "import package\n\npackage.function()\n",
        "quiet/in.py": "import package\n\npackage.other()\n",
        "quiet/out.json": "[]\n",
    },
    Kind.PARSER: {"plain/in.log": "2026-01-02T03:04:05Z {name} 192.0.2.1 what was said\n"},
}


def start(workspace: Path, kind: Kind, name: str) -> Iterator[Path]:
    """Write a new plug-in and its samples, and yield the paths.

    Raises UserError rather than replace a file.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise UserError(
            f"{name!r} cannot name a plug-in", hint="letters, digits and _: it names file, function and page"
        )
    title = name.replace("_", " ").capitalize()
    text = {Kind.CHECK: _CHECK, Kind.PARSER: _PARSER}[kind].format(name=name, title=title)
    files = {workspace / "plugins" / f"{name}.py": text}
    for place, sample in _SAMPLES[kind].items():
        files[workspace / "samples" / kind.value / name / place] = sample.replace("{name}", name)
    for path in files:
        if path.exists():
            raise UserError(f"{path} is already there", hint="choose another name")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        yield path
