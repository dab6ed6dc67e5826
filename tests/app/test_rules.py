"""Rules that cannot be loaded: each is named with its place, and all others are in force."""

import os
from pathlib import Path

import pytest

from tests.app.made import Said, failures, scanned
from tests.skips import skip
from tocsin.app.rules import rules_of

GOOD = """\
title: good
id: good
level: high
logsource: {product: linux, service: sshd}
detection: {s: {message|contains: Failed}, condition: s}
"""
BAD = {
    "flow.yml": ("title: a\nlogsource: {x: [b,\n", "not readable as YAML"),
    "modifier.yml": (GOOD.replace("good", "m").replace("contains", "frobnicate"), "no modifier is named 'frobnicate'"),
    "condition.yml": (GOOD.replace("good", "c").replace("condition: s", "condition: s and (t"), ""),
    "nothing.yml": ("just words\n", ""),
    "deep.yml": ("[" * 20_000, "not readable as YAML"),
    "bomb.yml": (
        "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
        "more than 100,000 values once its aliases are expanded",
    ),
    "slow.yml": (GOOD.replace("good", "s").replace("contains: Failed", "re: '(a+)+$'"), ""),
    "twice.yml": (GOOD, "another rule is called 'good' already"),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Look at a log with a folder of rules of which most are bad, once."""
    if os.name == "nt":
        skip("windows", "pipes are made otherwise there")
    home = tmp_path_factory.mktemp("rules")
    rules = home / "rules"
    rules.mkdir()
    (rules / "a_good.yml").write_text(GOOD)
    for name, (text, _) in BAD.items():
        (rules / name).write_text(text)
    (rules / "latin.yml").write_bytes(b"title: \xff\xfe\n")
    os.mkfifo(rules / "pipe.yml")
    (home / "auth.log").write_text(failures(40, "192.0.2.1") + "Nov 22 03:00:00 bastion sshd[1]: " + "a" * 60 + "b\n")
    return scanned(home, home / "auth.log", "--rules", rules, "--no-store")


def unloaded(said: Said) -> dict[str, str]:
    return {Path(one["path"]).name: one["why"] for one in said.result["coverage"]["rules"]["unloaded"]}


@pytest.mark.parametrize("name", [name for name in BAD if name != "slow.yml"])
def test_a_bad_rule_is_named_with_what_is_wrong(said: Said, name: str) -> None:
    assert BAD[name][1] in unloaded(said)[name]
    assert len(unloaded(said)[name]) < 250


@pytest.mark.parametrize("name", ["latin.yml", "pipe.yml"])
def test_what_cannot_be_read_as_a_rule_is_named(said: Said, name: str) -> None:
    assert unloaded(said)[name]


def test_the_good_rules_fire_and_the_run_is_incomplete(said: Said) -> None:
    assert {"good", "ssh-guessing"} <= {f["rule"] for f in said.result["findings"]}
    assert said.code == 3


def test_what_the_estate_says_fills_the_placeholders_of_rules(tmp_path: Path) -> None:
    rule = tmp_path / "ours.yml"
    rule.write_text(
        "title: From ours\nid: from-ours\nlogsource: {product: linux}\nlevel: low\n"
        "detection: {ours: {source.ip|cidr|expand: '%networks%'}, condition: ours}\n"
    )
    assert [p.path for p in rules_of([rule], only=True).problems] == [str(rule)]
    filled = rules_of([rule], only=True, fills={"networks": ("192.0.2.0/24",)})
    assert not filled.problems
    assert [r.about.id for r in filled.rules] == ["from-ours"]
