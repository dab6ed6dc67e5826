"""A seeded tenth of the real samples: benchmarks/soak_sigma.py runs them all."""

from pathlib import Path
from random import Random

from tests.match.sigma.pairs import differences, rules, tables
from tocsin.match.sigma.literals import hyperscan

SEED = 20261124


def test_every_rule_agrees_with_the_naive_evaluator_on_real_events(data: Path) -> None:
    files = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    chance = Random(SEED)
    some = tables(chance.sample(files, len(files) // 10), chance, 1)
    asked, matched, wrong = differences(rules(data / "sigma"), some, hyperscan)
    assert asked > 10_000
    assert matched > 10
    assert wrong == []
