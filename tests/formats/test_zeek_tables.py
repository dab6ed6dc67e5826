"""Which log a record of Zeek is of, and what it serves."""

import pytest

from tocsin.formats.zeek_tables import batch, log_of
from tocsin.kit import Chunk


@pytest.mark.parametrize(
    ("record", "log"),
    [
        ({"ts": 1, "_path": "weird"}, "weird"),
        ({"ts": 1, "query": "x", "qtype_name": "A"}, "dns"),
        ({"ts": 1, "conn_state": "SF"}, "conn"),
        ({"ts": 1, "trans_depth": 1, "status_code": 200}, "http"),
        ({"ts": 1, "action": "SMB::FILE_OPEN", "name": "x", "path": "y"}, "smb_files"),
        ({"conn_state": "SF"}, ""),
        ({"ts": 1, "_path": "../x"}, ""),
        ({"ts": 1, "level": "info"}, ""),
    ],
)
def test_a_record_tells_its_log_by_name_or_by_its_fields(record: dict[str, object], log: str) -> None:
    assert log_of(record) == log


def test_a_log_without_an_entry_serves_a_service_of_its_name() -> None:
    objects = [{"ts": 1, "_path": "pe"}]

    table = batch(Chunk(path="x", texts=["t"], numbers=[0], objects=objects)).tables[0]

    assert (table.logsource.product, table.logsource.services) == ("zeek", frozenset({"pe"}))
