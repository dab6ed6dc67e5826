import pytest

from tocsin.match.sigma.rule import Chain, Rule, read
from tocsin.match.sigma.tree import MAX_BYTES, RuleError

HEAD = "title: t\nlogsource: {product: x}\n"
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
        (HEAD + "detection:\n  s: {f|expand: '%x%'}\n  condition: s", 4, "placeholders are not supported yet"),
        (HEAD + "detection:\n  s: {f|hour: 3}\n  condition: s", 4, "time modifiers are not supported yet"),
        (HEAD + "detection:\n  s: {f|cidr: 10.0.0.0/40}\n  condition: s", 4, "is no network"),
        (HEAD + "detection:\n  s: {f|re: '(a'}\n  condition: s", 4, "is wrong"),
        (HEAD + "detection:\n  s: {f|re: '(a+)+'}\n  condition: s", 4, "several ways"),
        (HEAD + "detection:\n  s: {f|lt: many}\n  condition: s", 4, "is no number"),
        (HEAD + "detection:\n  s: {f|contains: null}\n  condition: s", 4, "null has no text"),
        (HEAD + "detection:\n  s: {f|base64: 'a*'}\n  condition: s", 4, "wildcards cannot be encoded"),
        (HEAD + "detection:\n  s: {f|i: a}\n  condition: s", 4, "belong to a regular expression"),
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
        ("title: t\nfilter: {}", 2, "filters are not supported yet"),
        ("title: t\ncorrelation: {type: value_sum, rules: [a], timespan: 1h}", 2, "not supported yet"),
        ("title: t\ncorrelation: {type: event_count, rules: [a], timespan: 1y}", 2, "needs a condition"),
        ("title: t\ncorrelation: {type: temporal, rules: [a], timespan: 1y}", 2, "is no timespan"),
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
