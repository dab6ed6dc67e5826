"""The account of a scan: its numbers promise nothing that is not so."""

import pytest

from tocsin.app.scan_coverage import share


@pytest.mark.parametrize(
    ("parsed", "events", "said"), [(48_623, 48_625, 0.9999), (48_625, 48_625, 1.0), (1, 3, 0.3333), (0, 0, 1.0)]
)
def test_the_parsed_share_is_one_only_where_every_event_was_parsed(parsed: int, events: int, said: float) -> None:
    assert share(parsed, events) == said
