"""Detection over real data: SigmaHQ's rules and regression cases, and logs whose attacks were counted by hand."""

from pathlib import Path
from random import Random

import yaml

from tests.detect.scan import Scan, own_rules, scan
from tocsin.detect.rules import RuleSet, load

SEED = 20261124
SAMPLE = 25  # of 100 regression cases; benchmarks/soak_sigma.py runs them all

# grep -oE "Failed (password|none) for .* from [0-9.]+" OpenSSH_2k.log | grep -oE "[0-9.]+$" | sort | uniq -c | sort -rn
# and, for the two below, the lines "message repeated 5 times" beside one or two plain ones.
GUESSED = {
    "183.62.140.253": 286, "187.141.143.180": 80, "103.99.0.122": 46, "112.95.230.3": 26, "5.188.10.180": 20,
    "185.190.58.151": 18, "123.235.32.19": 7, "119.4.203.64": 6, "5.36.59.76": 6, "106.5.5.195": 6,
}  # fmt: skip


def test_all_files_of_sigmahq_load_and_those_that_do_not_are_named(data: Path) -> None:
    rules = load([data / "sigma"])
    assert len(rules.rules) > 3_700
    assert {problem.says.split(" (")[0][:40] for problem in rules.problems} == {
        "timeframe was removed from Sigma",
        "aggregations in a condition",
        "the condition names 'write', which is no",
        "the placeholder %known_cdcs% is not fill",
        "this is no rule: it has neither a detect",
        "another rule is called '7fa4f550-850e-41",
    }
    assert all(problem.line for problem in rules.problems)


def regression(folder: Path) -> list[Path]:
    return sorted((folder / "sigma-regression").rglob("info.yml"))


def missed(data: Path, infos: list[Path]) -> list[str]:
    by_id = {rule.about.id: rule for rule in load([data / "sigma"]).rules}
    missing = []
    for info in infos:
        for meta in yaml.safe_load(info.read_text("utf-8"))["rule_metadata"]:
            rule = by_id[meta["id"]]
            missing += [
                f"{info.parent.name} {suffix}"
                for suffix in ("*.evtx", "*.json")
                if not scan(RuleSet(rules=(rule,)), *info.parent.glob(suffix))
            ]
    return missing


def test_a_sample_of_sigmas_regression_cases_is_found(data: Path) -> None:
    infos = Random(SEED).sample(regression(data), SAMPLE)
    assert missed(data, infos) == []


def test_the_guessing_that_is_in_the_ssh_log_is_found_and_no_other(data: Path) -> None:
    found = scan(own_rules(), data / "loghub" / "OpenSSH_2k.log")
    guessed = [one.finding for one in found if one.finding.rule == "ssh-guessing"]
    counts = {next(e for e in one.entities if e.startswith("ip:")).removeprefix("ip:"): one.count for one in guessed}
    assert counts == GUESSED
    assert [one.finding.rule for one in found if one.finding.rule == "ssh-guessed"] == []


def test_no_rule_for_linux_fires_on_windows_events(data: Path) -> None:
    rules = load([data / "sigma" / "rules" / "linux"])
    one = Scan(rules)
    one.take([data / "evtx-attack-samples" / "Execution"])
    assert all(rule.source.product == "linux" for rule in rules.rules)
    assert one.findings() == []
