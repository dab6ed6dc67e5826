import pytest

from tocsin.match.sigma.rule import Chain, Filter, Rule, read
from tocsin.match.sigma.tree import MAX_BYTES, RuleError

HEAD = "title: t\nlogsource: {product: x}\n"
CORRELATION = "title: t\ncorrelation: {{type: {0}, rules: [a, b], timespan: 1h, condition: {1}}}"
GOOD = HEAD + "detection:\n  s: {f: x}\n  condition: s\n"


def one_error(text: str | bytes) -> RuleError:
    found = list(read(text.encode() if isinstance(text, str) else text, "rule.yml"))
    assert len(found) == 1
    assert isinstance(found[0], RuleError), found[0]
    return found[0]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: [1\n}", 2, "not readable as YAML"),
        (HEAD + "detection:\n  s: {f|contians: x}\n  condition: s", 4, "no modifier is named 'contians'"),
        (HEAD + "detection:\n  s: {f|expand: '%x%'}\n  condition: s", 4, "the placeholder %x% is not filled"),
        (HEAD + "detection:\n  s: {f|hour: 24}\n  condition: s", 4, "no moment has the hour 24"),
        (HEAD + "detection:\n  s: {f|hour: '3'}\n  condition: s", 4, "is no number"),
        (HEAD + "detection:\n  s: {f|hour|contains: 3}\n  condition: s", 4, "contains cannot stand beside hour"),
        (HEAD + "detection:\n  s: {f|gt|lt: 3}\n  condition: s", 4, "cannot stand beside"),
        (HEAD + "detection:\n  s: {f|fieldref|base64: g}\n  condition: s", 4, "base64 cannot stand beside fieldref"),
        (HEAD + "detection:\n  s: {f|fieldref|contains|endswith: g}\n  condition: s", 4, "cannot both be meant"),
        (HEAD + "detection:\n  s: {f|exists|all: true}\n  condition: s", 4, "all cannot stand beside exists"),
        (HEAD + "detection:\n  s: {f|re|windash: a}\n  condition: s", 4, "windash cannot stand beside re"),
        (HEAD + "detection:\n  s: {f|cidr: 10.0.0.0/40}\n  condition: s", 4, "is no network"),
        (HEAD + "detection:\n  s: {f|re: '(a'}\n  condition: s", 4, "is wrong"),
        (HEAD + "detection:\n  s: {f|re: '(a+)+'}\n  condition: s", 4, "several ways"),
        (HEAD + "detection:\n  s: {f|lt: many}\n  condition: s", 4, "is no number"),
        (HEAD + "detection:\n  s: {f|contains: null}\n  condition: s", 4, "null has no text"),
        (HEAD + "detection:\n  s: {f|base64: 'a*'}\n  condition: s", 4, "wildcards cannot be encoded"),
        (HEAD + "detection:\n  s: {f|i: a}\n  condition: s", 4, "i belongs to a regular expression"),
        (HEAD + "detection:\n  s: {f|exists: 1}\n  condition: s", 4, "one true or false"),
        (HEAD + "detection:\n  s: {f: []}\n  condition: s", 4, "an empty list"),
        (HEAD + "detection:\n  s: {}\n  condition: s", 4, "an empty selection"),
        (HEAD + "detection:\n  s: {f: {g: x}}\n  condition: s", 4, "not a map"),
        (HEAD + "detection:\n  s: {f: x, f: y}\n  condition: s", 4, "stands twice"),
        (HEAD + "detection:\n  s: {f: x}\n", 4, "no condition"),
        (HEAD + "detection:\n  condition: s\n", 4, "no selection"),
        (HEAD + "detection:\n  s: {f: x}\n  timeframe: 5m\n  condition: s", 5, "timeframe was removed"),
        (GOOD + "level: severe\n", 6, "no level is named 'severe'"),
        (GOOD + "tocsin: {detect: x}\n", 6, "tocsin: has no 'detect'"),
        ("title: t\ndetection:\n  s: {f: x}\n  condition: s", 1, "names no logsource"),
        ("title: t\nlogsource: {}", 1, "this is no rule"),
        ("just words", 1, "a map is needed"),
        ("action: shout\ntitle: t", 1, "no action is named 'shout'"),
        ("title: t\nfilter: {}", 2, "the filter names no rules"),
        ("title: t\nlogsource: {}\nfilter: {rules: any, s: {f: x}}", 3, "no condition"),
        ("title: t\nlogsource: {}\nfilter: {rules: any, s: {f: x}, condition: [s, s]}", 3, "has one condition"),
        ("title: t\nfilter: {rules: any, s: {f: x}, condition: s}", 1, "the filter names no logsource"),
        (CORRELATION.format("value_sum", "{gte: 3}"), 2, "value_sum needs the one field"),
        (CORRELATION.format("value_avg", "{gte: 3, field: [a, b]}"), 2, "value_avg needs the one field"),
        (CORRELATION.format("value_percentile", "{gte: 3, field: a}"), 2, "needs percentile"),
        (CORRELATION.format("value_percentile", "{gte: 3, field: a, percentile: 101}"), 2, "needs percentile"),
        (CORRELATION.format("value_median", "{gte: 3, field: a, percentile: 5}"), 2, "percentile belongs to"),
        (CORRELATION.format("event_count", "{gte: 3.5}"), 2, "is no whole number"),
        (CORRELATION.format("event_count", "a and b"), 2, "the condition of event_count is a map"),
        (CORRELATION.format("temporal", "a or c"), 2, "the condition names 'c'"),
        (CORRELATION.format("temporal", "a"), 2, "says nothing of 'b'"),
        (CORRELATION.format("temporal_ordered", "b and a"), 2, "in their order"),
        (CORRELATION.format("temporal_ordered", "{gte: 1}"), 2, "a sequence needs all of its rules"),
        ("title: t\ncorrelation: {type: temporal, rules: [a, a], timespan: 1h}", 2, "names a rule twice"),
        ("title: t\ncorrelation: {type: temporal, timespan: 1h}", 2, "needs 'rules'"),
        ("title: t\ngenerate: maybe\ncorrelation: {type: temporal, rules: [a], timespan: 1h}", 2, "true or false"),
        ("title: t\ncorrelation: {type: event_count, rules: [a], timespan: 1h}", 2, "needs a condition"),
        ("title: t\ncorrelation: {type: temporal, rules: [a], timespan: 2y}", 2, "is no timespan"),
        (
            "title: t\ncorrelation: {type: value_count, rules: [a], timespan: 1h, condition: {gte: 2}}",
            2,
            "needs the field",
        ),
        (
            "title: t\ncorrelation: {type: event_count, rules: [a], timespan: 1h, condition: {above: 2}}",
            2,
            "is no bound",
        ),
    ],
)
def test_an_error_names_the_line_and_what_is_wrong(text: str, line: int, says: str) -> None:
    error = one_error(text)
    assert says in error.says
    assert error.line == line


def test_a_misspelt_modifier_is_guessed() -> None:
    assert one_error(HEAD + "detection:\n  s: {f|contians: x}\n  condition: s").hint == "did you mean 'contains'?"


def test_a_bad_document_does_not_take_the_others_with_it() -> None:
    bad = HEAD + "detection:\n  s: {f: x, f: y}\n  condition: s\n"
    found = list(read((GOOD + "---\n" + bad + "---\n" + GOOD).encode(), "rule.yml"))
    assert [isinstance(one, Rule) for one in found] == [True, False, True]


def test_a_global_document_is_part_of_those_after_it() -> None:
    text = "action: global\n" + HEAD + "level: high\n---\ndetection:\n  s: {f: x}\n  condition: s\n"
    found = list(read(text.encode(), "rule.yml"))
    assert [isinstance(one, Rule) and one.about.level for one in found] == ["high"]


def test_a_nest_of_aliases_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert "aliases are expanded" in one_error(bomb).says


def test_a_document_that_holds_itself_is_refused() -> None:
    assert "levels deep" in one_error("a: &a\n  b: *a\n").says


def test_deep_nesting_is_refused() -> None:
    assert "levels deep" in one_error("[" * 60 + "]" * 60).says


def test_a_huge_file_is_refused_unread() -> None:
    assert "bytes" in one_error(b"#" * (MAX_BYTES + 1)).says


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\x80\x81", b"a: \x00", b"title: t\x1b"])
def test_bytes_that_are_no_yaml_are_an_error(raw: bytes) -> None:
    assert "not readable as YAML" in one_error(raw).says


def test_an_object_tag_makes_no_object() -> None:
    found = list(read(b"title: !!python/name:os.system x\nlogsource: {}\ndetection: {s: {f: x}, condition: s}", "r"))
    assert isinstance(found[0], Rule)
    assert found[0].about.title == "x"


def test_generate_may_stand_beside_or_inside_the_correlation() -> None:
    inside = "title: t\ncorrelation: {type: temporal, rules: [a, b], timespan: 5m, generate: true}"
    beside = "title: t\ngenerate: true\ncorrelation: {type: temporal, rules: [a, b], timespan: 5m}"
    for text in (inside, beside):
        found = next(read(text.encode(), "r"))
        assert isinstance(found, Chain)
        assert found.correlation.generate


def test_conditions_in_a_list_are_joined_by_or() -> None:
    found = next(read((HEAD + "detection:\n  s: {f: x}\n  t: {g: y}\n  condition: [s, t]").encode(), "r"))
    assert isinstance(found, Rule)
    assert getattr(found.expression, "least", None) == 1


OLD = HEAD + "detection:\n  s: {f: x}\n  condition: "


@pytest.mark.parametrize(
    ("rest", "hint"),
    [
        (
            "s | count() by src_ip > 50",
            "correlation: {type: event_count, rules: [part], group-by: [src_ip], timespan: 1h, condition: {gt: 50}}",
        ),
        (
            "s | count(user) by a, b >= 3\n  timeframe: 5m",
            "rules: [part], group-by: [a, b], timespan: 5m, condition: {field: user, gte: 3}}",
        ),
        (
            "s | sum(bytes) > 9\n  timeframe: 1d",
            "correlation: {type: value_sum, rules: [part], timespan: 1d, condition: {field: bytes, gt: 9}}",
        ),
        ("s | near t and u\n  timeframe: 30s", "correlation: {type: temporal, rules: [s, t, u], timespan: 30s}"),
        ("s | max(x) > 4", "write a correlation document: https://sigmahq.io/docs/meta/correlations"),
    ],
)
def test_an_old_aggregation_is_refused_with_the_correlation_to_write(rest: str, hint: str) -> None:
    error = one_error(OLD + rest)
    assert "removed from Sigma" in error.says
    assert error.hint.endswith(hint)


def test_the_correlation_that_a_hint_shows_can_be_loaded() -> None:
    shown = one_error(OLD + "s | count(user) by a, b >= 3\n  timeframe: 5m").hint.partition("write a document: ")[2]
    assert isinstance(next(read(f"title: t\n{shown}".encode(), "r")), Chain)


def test_a_reset_ends_what_a_global_document_began_and_a_repeat_follows_the_one_before() -> None:
    body = "detection:\n  s: {f: x}\n  condition: s\n"
    text = (
        f"action: global\n{HEAD}level: high\n---\nid: a\n{body}---\naction: repeat\nid: b\nlevel: low\n---\n"
        f"action: reset\n---\n{HEAD}id: c\n{body}"
    )
    found = [one for one in read(text.encode(), "r") if isinstance(one, Rule)]
    assert [(one.about.id, one.about.level) for one in found] == [("a", "high"), ("b", "low"), ("c", "medium")]


def test_a_placeholder_in_a_filter_is_filled_when_the_filter_is_used() -> None:
    text = b"title: t\nlogsource: {product: x}\nfilter: {rules: any, s: {f|expand: '%x%'}, condition: not s}"
    found = next(read(text, "r"))
    assert isinstance(found, Filter)
    assert found.clause({"x": ["a"]}).expression() is not None
    with pytest.raises(RuleError, match="%x% is not filled"):
        found.clause({}).expression()


def test_a_condition_of_a_temporal_correlation_may_name_its_rules_alone() -> None:
    found = next(read(b"title: t\ncorrelation: {type: temporal, timespan: 5m, condition: a and not (b or c)}", "r"))
    assert isinstance(found, Chain)
    assert found.correlation.rules == ("a", "b", "c")
    assert found.correlation.holds_with(frozenset("a"))
    assert not found.correlation.holds_with(frozenset("ab"))
