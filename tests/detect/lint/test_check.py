"""Files through lints: what is read, what is not, what comments allow, in which order."""

import time

from tests.detect.lint.conftest import rule
from tocsin.detect.lint.catalogue import LINTS, chosen
from tocsin.detect.lint.check import check
from tocsin.detect.lint.remark import CONVENTIONS, State

GOOD = rule("s:\n    CommandLine|contains: whoami\ncondition: s")
BAD = GOOD.replace("level: low", "level: urgent")


def test_a_rule_that_nothing_is_wrong_with_has_an_entry_that_says_so() -> None:
    found = check([("a.yml", GOOD.encode())], chosen())
    assert [(one.path, one.id, one.state, one.line) for one in found.remarks] == [
        ("a.yml", "5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11", State.OK, 1)
    ]
    assert (found.files, found.documents) == (1, 1)


def test_what_cannot_be_read_is_told_apart_from_what_is_wrong() -> None:
    found = check([("a.yml", "cannot be read: gone"), ("b.yml", b"\xff\xfe")], chosen())
    assert [path for path, _ in found.unread] == ["a.yml", "b.yml"]
    assert found.remarks == ()


def test_broken_yaml_and_empty_files_are_errors() -> None:
    found = check([("a.yml", b"a: [b\n"), ("b.yml", b"# nothing\n"), ("c.yml", b"- a\n")], chosen())
    assert [(one.path, one.state, one.lint) for one in found.remarks] == [
        (path, State.ERROR, "cannot-load") for path in ("a.yml", "b.yml", "c.yml")
    ]


def test_a_lint_that_says_more_takes_the_place_of_the_loaders_error() -> None:
    found = check([("a.yml", BAD.encode())], chosen())
    assert [one.lint for one in found.remarks] == ["level-unknown"]


def test_a_comment_beside_a_line_allows_a_lint_there() -> None:
    allowed = BAD.replace("level: urgent", "level: urgent # tocsin: allow level-unknown")
    found = check([("a.yml", allowed.encode())], [one for one in LINTS if one.id == "level-unknown"])
    assert found.allowed == 1
    assert [one.state for one in found.remarks] == [State.OK]


def test_a_comment_on_a_line_of_its_own_is_for_the_file() -> None:
    allowed = "# tocsin: allow level-unknown, status-missing\n" + BAD
    found = check([("a.yml", allowed.encode())], [one for one in LINTS if one.id == "level-unknown"])
    assert found.count(State.ERROR) == 0


def test_a_comment_allows_no_other_lint() -> None:
    found = check([("a.yml", (BAD + "# tocsin: allow title-long\n").encode())], chosen())
    assert found.count(State.ERROR) == 1


def test_remarks_stand_in_the_order_of_files_and_lines() -> None:
    found = check([("b.yml", BAD.encode()), ("a.yml", BAD.replace("5f1c", "5f1d").encode())], chosen())
    places = [(one.path, one.line) for one in found.remarks]
    assert places == sorted(places)


def test_what_stands_in_a_global_part_is_said_once() -> None:
    text = "action: global\nlevel: urgent\n---\n" + "---\n".join(
        GOOD.replace("level: low\n", "").replace("3a11", end) for end in ("3a11", "3a12")
    )
    found = check([("a.yml", text.encode())], [one for one in LINTS if one.id == "level-unknown"])
    assert [one.line for one in found.remarks if one.state is State.ERROR] == [2, 2]
    assert len({one.id for one in found.remarks}) == 2


def test_a_pipeline_among_rules_is_checked_as_one() -> None:
    good = "name: p\npriority: 10\ntransformations:\n    - type: field_name_prefix\n      prefix: x.\n"
    assert check([("p.yml", good.encode())], chosen()).remarks == ()
    bad = good.replace("field_name_prefix", "no_such_step")
    assert [one.lint for one in check([("p.yml", bad.encode())], chosen()).remarks] == ["cannot-load"]


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    raw = b"\xef\xbb\xbf" + BAD.replace("\n", "\r\n").encode()
    assert [one.line for one in check([("a.yml", raw)], chosen()).remarks] == [7]


def test_a_hostile_file_takes_bounded_work() -> None:
    selections = "".join(f"    s{n}:\n        Image|endswith: [a{n}, b{n}]\n" for n in range(3_000))
    head = GOOD.partition("detection:")[0] + "detection:\n"
    values = ",".join(f"v{n % 2_000}" for n in range(10_000))
    texts = (
        f"{head}{selections}    condition: s0 and not 1 of s*\n",
        f"{head}    s: {{a|contains: [{values}]}}\n    condition: s\n",
        head + "    s: {" + ",".join(f"'k{n}|contains|all': x" for n in range(5_000)) + "}\n    condition: s\n",
        GOOD.replace("level: low", f"level: hi{' ' * 200_000}x"),
    )
    started = time.process_time()
    for text in texts:
        assert check([("a.yml", text.encode())], chosen(CONVENTIONS)).documents == 1
    assert time.process_time() - started < 20  # 1.5 on one core; without bounds some take minutes
