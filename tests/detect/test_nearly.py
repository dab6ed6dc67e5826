from typing import Any

import pytest

from tests.match.sigma.test_why import parts
from tocsin.detect.nearly import nearly
from tocsin.detect.sight import Sight
from tocsin.kit import Columns, LogSource, Table


def hint(key: str, value: Any, event: dict[str, Any]) -> str:
    table = Table(what="x", logsource=LogSource(), numbers=[0], texts=["x"], columns=Columns([event]))
    (item,) = parts({"s": {key: value}, "condition": "s"})[0].parts[0].parts
    return nearly(item.parts[0], Sight(table, 0))


@pytest.mark.parametrize(
    ("key", "value", "seen", "says"),
    [
        ("f|cased", "Abc", "aBC", "case only"),
        ("f", "cmd.exe", "C:\\cmd.exe /c", "asks for the whole value: contains would hold"),
        ("f|endswith", "\\cmd.exe", "C:\\cmd.exe /c", "not at the end: contains would hold"),
        ("f|startswith", "cmd", "c:\\cmd", "not at the beginning: contains would hold"),
        ("f|contains", " -enc ", "x /enc y", "windash would hold"),
        ("f|contains", "net user", "net  user", "blanks only"),
        ("f|re", "Abc", "abc", "re|i would hold"),
        ("f", None, "", "empty is not null"),
        ("f", None, "x", "null means absent or null"),
        ("f", "", None, "absent is not empty"),
        ("f|cidr", "192.0.2.0/24", "here", "no address"),
        ("f|gt", 5, "many", "no number"),
        ("f|hour", 3, "2026-01-01 07:10:00", "its hour is 7"),
        ("f|hour", 3, "soon", "no moment"),
        ("f|fieldref", "g", "x", 'g is "other"'),
        ("f|fieldref", "h", "x", "h is absent"),
        ("f", "0", "60728", ""),
        ("f", "xyz", "abc", ""),
        ("f|contains", " -enc ", "x -encode", ""),
        ("f|gt", 5, "4", ""),
    ],
)
def test_what_a_value_nearly_was_is_said(key: str, value: Any, seen: Any, says: str) -> None:
    found = hint(key, value, {"f": seen, "g": "other"})
    assert (says in found) if says else not found
