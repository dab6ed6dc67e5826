"""How bad, how sure: both are ordered."""

from tocsin.model import Confidence, Severity


def test_severities_and_confidences_have_ranks_in_their_order() -> None:
    assert sorted(Severity, key=lambda s: s.rank) == ["info", "low", "medium", "high", "critical"]
    assert sorted(Confidence, key=lambda c: c.rank) == ["low", "medium", "high"]
