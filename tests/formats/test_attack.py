"""The table of ATT&CK: what rules name is found in it."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tocsin.formats.attack import matrix, techniques_of
from tools import attack_list


def test_a_technique_has_its_name_and_tactics_in_the_order_of_the_matrix() -> None:
    found = matrix().techniques["T1053.005"]
    assert found.name == "Scheduled Task/Job: Scheduled Task"
    assert found.tactics == ("execution", "persistence", "privilege-escalation")
    assert found.parent == "T1053"


def test_every_technique_in_force_serves_tactics_of_this_version() -> None:
    assert all(one.tactics and set(one.tactics) <= set(matrix().tactics) for one in matrix().in_force())


def test_a_technique_of_an_earlier_version_is_known_as_retired() -> None:
    found = matrix().techniques["T1562.001"]
    assert found.retired
    assert found.name == "Impair Defenses: Disable or Modify Tools"


def test_an_id_that_never_was_has_no_name() -> None:
    assert matrix().name("T9999") == ""


def test_techniques_are_read_from_tags_once_and_in_order() -> None:
    tags = ("attack.execution", "attack.t1059.001", "attack.T1059", "cve.2024-1", "attack.t1059.001", "attack.g0016")
    assert techniques_of(tags) == ["T1059.001", "T1059"]


def test_nearly_all_techniques_that_sigmahq_names_are_in_the_table(data: Path) -> None:
    named: set[str] = set()
    for path in sorted((data / "sigma" / "rules").rglob("*.yml")):
        named.update(techniques_of(re.findall(r"- (attack\.t[\d.]+)", path.read_text(encoding="utf-8"))))
    assert len(named) > 200
    assert {id_ for id_ in named if not matrix().name(id_)} == set()


def test_the_table_is_made_of_a_bundle_with_what_was_revoked_kept_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def pattern(id_: str, name: str, *, revoked: bool = False) -> dict[str, object]:
        return {
            "type": "attack-pattern", "name": name, "revoked": revoked,
            "external_references": [{"source_name": "mitre-attack", "external_id": id_}],
            "kill_chain_phases": [
                {"kill_chain_name": "mitre-attack", "phase_name": phase} for phase in ("impact", "execution")
            ],
        }  # fmt: skip

    bundle = {"objects": [pattern("T0001", "One"), pattern("T0002", "Two", revoked=True), {"type": "malware"}]}
    (tmp_path / "now.json").write_text(json.dumps(bundle), encoding="utf-8")
    attack_list.main([str(tmp_path / "now.json")])
    made = tomllib.loads(capsys.readouterr().out)
    assert made["techniques"] == {"T0001": ["One", "execution", "impact"]}
    assert made["retired"] == {"T0002": ["Two", "execution", "impact"]}
