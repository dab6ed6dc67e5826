"""Cases: samples/<kind>/<plug-in>/<case>/ with `in.*` or `in/`, `out.json`, and what else its kind needs.

A made-up secret is written in parts, `{{join:AKIA|EXAMPLE}}`, so that no committed file holds one whole; the parts are
joined in a copy, and the copy is what plug-ins see.
"""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tocsin.app.rule_samples import WRITTEN, joined
from tocsin.kit.declare import Kind
from tocsin.model import UserError

DATA_KINDS = ("rule", "secret")  # kinds that are data, not plug-ins
KINDS = frozenset({*(kind.value for kind in Kind), *DATA_KINDS})


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One sample: what it is of, and its folder."""

    kind: str
    plugin: str
    name: str
    folder: Path

    @property
    def id(self) -> str:
        """Return `kind/plug-in/case`."""
        return f"{self.kind}/{self.plugin}/{self.name}"

    @property
    def is_quiet(self) -> bool:
        """Tell whether it must show nothing: it looks guilty and is not."""
        return self.name.startswith("quiet")

    @property
    def out(self) -> Path:
        """Return the file of what is expected."""
        return self.folder / "out.json"


class Sample:
    """A case laid out to be run: a copy of its inputs with the joins made."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder
        self.inputs = sorted(path for path in folder.iterdir() if path.name == "in" or path.name.startswith("in."))
        if not self.inputs:
            raise UserError(f"{case.folder} has neither `in.*` nor `in/`", where=str(case.folder))

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield each input file.

        Its path as people see it, without the `in/`, and where it lies.
        """
        for path in self.inputs:
            if path.is_dir():
                found = sorted(p for p in path.rglob("*") if p.is_file())
                yield from ((file.relative_to(path).as_posix(), file) for file in found)
            else:
                yield path.name, path

    def json(self, otherwise: Any = None) -> Any:
        """Return what `in.json` holds; raises UserError when it is no JSON."""
        return self._json("in.json", otherwise)

    def beside(self, name: str, otherwise: Any = None) -> Any:
        """Return what another JSON file of the case holds."""
        return self._json(name, otherwise)

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return what `sample.toml` says: `modified`, `tz`, `[settings]`."""
        path = self.folder / "sample.toml"
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def _json(self, name: str, otherwise: Any) -> Any:
        path = self.folder / name
        if not path.is_file():
            return otherwise
        try:
            return json.loads(path.read_bytes())
        except ValueError as error:
            raise UserError(f"{self.case.folder / name} is no JSON: {error}") from error


def find(samples: Path) -> Iterator[Case]:
    """Yield the cases below a folder of samples, sorted.

    Raises UserError for a kind that there is not.
    """
    if not samples.is_dir():
        raise UserError(f"{samples} is no folder of samples", hint="samples/<kind>/<plug-in>/<case>/in.*")
    kinds = list(_folders(samples))
    for kind in kinds:
        if kind.name not in KINDS:
            raise UserError(f"{kind} is no kind of plug-in", hint=f"known: {', '.join(sorted(KINDS))}")
    for kind in kinds:
        for plugin in _folders(kind):
            for case in _folders(plugin):
                yield Case(kind=kind.name, plugin=plugin.name, name=case.name, folder=case)


def case_at(samples: Path, folder: Path) -> Case | None:
    """Return the case that a folder is; None for any other folder."""
    parts = folder.relative_to(samples).parts if folder.is_relative_to(samples) else ()
    if len(parts) != 3 or parts[0] not in KINDS:
        return None
    return Case(kind=parts[0], plugin=parts[1], name=parts[2], folder=folder)


def lay_out(case: Case, into: Path) -> Sample:
    """Copy a case's files into an empty folder.

    The joins are made, and all of them get one time.
    """
    for path in sorted(case.folder.rglob("*")):
        target = into / path.relative_to(case.folder)
        if path.is_symlink() or path.name == "out.json":
            continue
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(joined(path.read_bytes()))
        target.chmod(path.stat().st_mode & 0o777)
    sample = Sample(case, into)
    written = sample.settings.get("modified")
    seconds = written.timestamp() if written is not None else WRITTEN
    for _, path in sample.files():
        os.utime(path, (seconds, seconds))
    return sample


def _folders(folder: Path) -> Iterator[Path]:
    yield from sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))
