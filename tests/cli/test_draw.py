"""How a result looks on a terminal: words that a reader takes at their meaning."""

from datetime import UTC, datetime

import msgspec
import pytest

from tests.cases.test_group import finding
from tocsin.cli.draw import place_of
from tocsin.model import Finding, Place

AT = datetime(2026, 11, 22, 2, 11, tzinfo=UTC)


def seen(*entities: str, **event: str) -> Finding:
    place = Place(path="a.log", record=1, event={name.replace("_", "."): value for name, value in event.items()})
    return msgspec.structs.replace(finding("any", *entities), where=(place,), first=AT, last=AT)


@pytest.mark.parametrize(
    ("found", "place"),
    [
        (seen("host:bastion", "ip:203.0.113.66", source_ip="203.0.113.66"), "203.0.113.66 -> bastion"),
        (seen("ip:198.51.100.10", "ip:203.0.113.66", source_ip="203.0.113.66"), "203.0.113.66 -> 198.51.100.10"),
        (seen("host:combo", "host:a.example", "user:root", source_address="a.example"), "a.example -> combo"),
        (seen("host:iewin7", "user:ieuser", host_name="IEWIN7"), "ieuser -> iewin7"),
        (seen("key:AKIA...7Q2M(fp 00000001)", "account:111122223333"), "AKIA...7Q2M -> 111122223333"),
        (seen("ip:192.0.2.77", source_ip="192.0.2.77"), "192.0.2.77"),
        (seen(), "a.log"),
    ],
)
def test_the_place_goes_from_who_did_it_to_whom(found: Finding, place: str) -> None:
    assert place_of(found) == place
