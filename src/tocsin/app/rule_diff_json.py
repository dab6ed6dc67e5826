"""A comparison of rules as JSON: changes, effects, and the run, with what was not looked at."""

from typing import Any

from tocsin.app.rule_diff import Diffed, Effect, Run
from tocsin.model.codec import to_builtins


def as_json(found: Diffed) -> dict[str, Any]:
    """Return a comparison as dicts and lists."""
    return {
        "before": {"name": found.before, "rules": found.rules_before},
        "after": {"name": found.after, "rules": found.rules_after},
        "same": found.same,
        "changes": to_builtins(found.changes),
        "unloaded": [{"path": one.path, "line": one.line, "why": one.says, "hint": one.hint} for one in found.broken],
        "effects": [_effect(one) for one in found.effects],
        "gained": found.gained,
        "lost": found.lost,
        "run": None if found.run is None else _run(found.run),
    }


def _effect(effect: Effect) -> dict[str, Any]:
    said: dict[str, Any] = to_builtins(effect)
    for moved in (said["gained"], said["lost"]):
        moved["by"] = [{"entity": name, "count": count} for name, count in moved["by"]]
    return said


def _run(run: Run) -> dict[str, Any]:
    return {
        "rules": {"before": run.before, "after": run.after},
        "cpu_seconds": {"before": run.cpu_before, "after": run.cpu_after},
        "findings": {"before": to_builtins(run.findings_before), "after": to_builtins(run.findings_after)},
        "coverage": {
            "complete": not run.coverage.not_looked_at,
            "looked_at": to_builtins(run.coverage.looked_at),
            "not_looked_at": to_builtins(run.coverage.not_looked_at),
        },
    }
