"""The tactics and techniques of MITRE ATT&CK, as tags name them (content/lists/attack.toml)."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

from tocsin.detect.lint.remark import q

OTHERS = re.compile(
    r"[gsm]\d{4}|ds\d{4}|dc\d{4}|ta\d{4}|det\d{4}|an\d{4}"
)  # groups, software, mitigations, data sources
TECHNIQUE = re.compile(r"t(\d{4})(?:\.(\d{3}))?")
SPLIT = {"defense-evasion", "defence-evasion"}  # "Defense Evasion" of version 18 became two tactics


@cache
def table() -> Mapping[str, Any]:
    """Return the table: its version, tactics, techniques, and those that were retired."""
    text = (resources.files("tocsin") / "content" / "lists" / "attack.toml").read_text("utf-8")
    return tomllib.loads(text)


def tactics_of(technique: str) -> tuple[str, ...]:
    """Return the tactics of a technique (`t1059.001`), as tags name them; nothing for one that is not known."""
    said = table()["techniques"].get(technique.upper())
    return tuple(said[1:]) if said else ()


@cache
def wrong(name: str) -> tuple[str, str]:
    """Return what is wrong with the name of a tag of `attack`, and the name that was surely meant, if any.

    Numbers above all that the table has may be newer than it, and pass.
    """
    facts = table()
    found = TECHNIQUE.fullmatch(name)
    if found:
        return _wrong_technique(name, found, facts)
    if OTHERS.fullmatch(name) or name in facts["tactics"]:
        return "", ""
    if name.replace("_", "-") in facts["tactics"]:
        return f"ATT&CK writes its tactics with '-', not {q(name)}", name.replace("_", "-")
    if name.replace("_", "-") in SPLIT:
        return (
            f"{q(name)} is no tactic of ATT&CK {facts['version']}: it was split into stealth and defense-impairment",
            "",
        )
    if re.fullmatch(r"t\d{4}_\d{3}|t\d{4}-\d{3}", name):
        return f"a sub-technique is written with '.', not {q(name)}", re.sub("[_-]", ".", name)
    near = next(iter(get_close_matches(name.replace("_", "-"), facts["tactics"], 1, 0.85)), "")
    return f"ATT&CK has no {q(name)}", near


def _wrong_technique(name: str, found: re.Match[str], facts: Mapping[str, Any]) -> tuple[str, str]:
    id_ = name.upper()
    if id_ in facts["techniques"]:
        return "", ""
    if id_ in facts["retired"]:
        return f"{id_} ({facts['retired'][id_][0]}) was retired from ATT&CK", ""
    if int(found[1]) > newest():
        return "", ""
    parent = id_.partition(".")[0]
    if found[2] and parent in facts["techniques"]:
        return f"ATT&CK {facts['version']} has no {id_}; {parent} is {facts['techniques'][parent][0]}", ""
    return f"ATT&CK {facts['version']} has no technique {id_}", ""


@cache
def newest() -> int:
    """Return the highest number of a technique that the table has."""
    return max(int(id_[1:5]) for id_ in table()["techniques"])
