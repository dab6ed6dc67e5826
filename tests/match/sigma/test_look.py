from tests.match.sigma.test_matcher import ANY, columns, objects
from tocsin.kit import Columns, Table
from tocsin.match.sigma.look import Look


def test_a_row_has_the_value_of_the_first_name_that_says_something_in_it() -> None:
    look = Look(objects([{"src_ip": "a", "IpAddress": "b"}, {"src_ip": "c"}, {"IpAddress": "d"}, {}]))
    assert look.field("IpAddress") == (["b", "c", "d", None], None)


def test_a_value_does_not_depend_on_the_other_rows() -> None:
    events = [{"src_ip": "a"}, {"IpAddress": "b"}, {}]
    alone = [Look(objects([event])).field("source.ip") for event in events]
    assert [column[0] if column else same for column, same in alone] == Look(columns(events)).field("source.ip")[0]


def test_a_derived_field_ends_the_search_also_where_it_says_nothing() -> None:
    table = Table(
        what="x", logsource=ANY, numbers=[0], texts=[""],
        columns=Columns([{"src_ip": "a"}], {"source.ip": lambda _record: None}),
    )  # fmt: skip
    assert Look(table).field("IpAddress") == ([None], None)


def test_what_all_rows_share_is_told_as_one_value() -> None:
    table = Table(what="x", logsource=ANY, numbers=[0, 1], texts=["", ""], same={"event.code": "1"})
    assert Look(table).field("EventID") == (None, "1")


def test_what_all_rows_share_fills_the_rows_that_have_no_value_of_their_own() -> None:
    table = Table(
        what="x", logsource=ANY, numbers=[0, 1], texts=["", ""], same={"event.code": "1"},
        columns={"EventID": ["2", None]},
    )  # fmt: skip
    assert Look(table).field("EventID") == (["2", "1"], None)
