"""Sample folders of rules: `samples/rule/<file>/<case>/` with `in.*`, and in out.json what must be found."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tocsin.app.records import Whole
from tocsin.detect.gather import Gather
from tocsin.detect.matches import Needs, find
from tocsin.detect.rules import RuleSet
from tocsin.match.secrets import key_entity
from tocsin.match.sigma.matcher import Matcher
from tocsin.model import UserError

WRITTEN = 1_798_761_599  # the time of files in a copy: 2026-12-31T23:59:59Z, by which a missing year is settled
_JOIN = re.compile(rb"\{\{join:([^{}\n]{0,4000})\}\}")


def folders_of(rule_file: Path) -> Iterator[Path]:
    """Yield the sample folders of a rule's file.

    Of its own name, below `samples/rule` of a folder above it.
    """
    for above in rule_file.resolve().parents:
        folder = above / "samples" / "rule" / rule_file.stem
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if (path / "out.json").is_file())
            return


def expected(folder: Path) -> list[dict[str, Any]]:
    """Return the findings that a case's out.json holds.

    Raises UserError when it is no list of them.
    """
    path = folder / "out.json"
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise UserError(f"{path} is no JSON: {error}", where=str(path)) from error
    if not isinstance(found, list) or not all(isinstance(one, dict) and "rule" in one for one in found):
        raise UserError(f"{path} is no list of findings", where=str(path))
    return found


def joined(raw: bytes) -> bytes:
    """Return bytes with each `{{join:A|B}}` replaced by `AB`.

    A made-up secret is committed in parts.
    """
    return _JOIN.sub(lambda found: found[1].replace(b"|", b""), raw)


def laid_out(folder: Path, into: Path) -> tuple[list[Path], str]:
    """Copy a case's inputs, with the joins made and one time for all.

    Return them and the time zone of the case.
    """
    inputs = sorted(path for path in folder.iterdir() if path.name == "in" or path.name.startswith("in."))
    if not inputs:
        raise UserError(f"{folder} has neither `in.*` nor `in/`", where=str(folder))
    settings = folder / "sample.toml"
    said = tomllib.loads(settings.read_text(encoding="utf-8")) if settings.is_file() else {}
    written = said.get("modified")
    seconds = written.timestamp() if written is not None else WRITTEN
    for path in (one for top in inputs for one in (top.rglob("*") if top.is_dir() else [top])):
        if path.is_file():
            target = into / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(joined(path.read_bytes()))
            os.utime(target, (seconds, seconds))
    return [into / path.name for path in inputs], str(said.get("tz", ""))


def found_in(read: Sequence[Whole], rules: RuleSet) -> list[dict[str, Any]]:
    """Return the findings of rules over inputs, as out.json has them."""
    matcher, needs = Matcher(rules.rules), Needs(rules)
    settled = {whole.path: whole.settled for whole in read}
    with Gather(rules, lambda value: key_entity(value, b"")) as gather:
        for whole in read:
            for first, tables in whole.blocks:
                for table in tables:
                    gather.add(whole.path, find(table, matcher, needs), first)
            gather.close(whole.path)
        found = list(gather.findings(lambda path, clock, at, record, host: settled[path].at(clock, at, record, host)))
    return [
        {
            "rule": one.finding.rule, "severity": str(one.finding.severity), "count": one.finding.count,
            "entities": sorted(one.finding.entities), "message": one.finding.message,
        }
        for one in sorted(found, key=lambda f: (f.finding.rule, f.finding.message, f.finding.fingerprint))
    ]  # fmt: skip
