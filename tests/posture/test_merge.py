"""Equal findings are one finding."""

import msgspec

from tocsin.model import Confidence, Finding, FindingKind, Place, Severity
from tocsin.model.finding import MAX_PLACES
from tocsin.posture.merge import merged


def finding(path: str, line: int, severity: Severity = Severity.LOW, print_: str = "f") -> Finding:
    return Finding(
        fingerprint=print_, kind=FindingKind.CODE, rule="code-a", title="T", severity=severity,
        confidence=Confidence.LOW, message=f"{path}:{line}", where=(Place(path=path, line=line),), evidence=(path,),
        entities=(f"path:{path}",),
    )  # fmt: skip


def test_places_counts_and_entities_are_added_up() -> None:
    (one,) = merged([finding("b.py", 1), finding("a.py", 2), finding("a.py", 1)])
    assert one.count == 3
    assert [(place.path, place.line) for place in one.where] == [("a.py", 1), ("a.py", 2), ("b.py", 1)]
    assert one.entities == ("path:a.py", "path:b.py")


def test_the_gravest_wins() -> None:
    (one,) = merged([finding("a.py", 1), finding("b.py", 1, Severity.HIGH)])
    assert (one.severity, one.message) == (Severity.HIGH, "b.py:1")


def test_others_stay_apart_in_the_order_of_their_places() -> None:
    assert [one.message for one in merged([finding("b.py", 1, print_="x"), finding("a.py", 9)])] == ["a.py:9", "b.py:1"]


def test_the_owner_of_the_first_that_has_one_stays() -> None:
    owned = msgspec.structs.replace(finding("b.py", 1), owner="@b")
    assert merged([finding("a.py", 1), owned])[0].owner == "@b"


def test_places_are_bounded_and_the_count_goes_on() -> None:
    (one,) = merged(finding("a.py", line) for line in range(1, 100))
    assert (len(one.where), one.count) == (MAX_PLACES, 99)
