"""Rules and events made by hypothesis: every modifier, every shape of a selection, the whole condition grammar."""

from typing import Any

from hypothesis import strategies as st

WORDS = st.sampled_from(
    ["", "a", "A", "ab", "a-b", "/x -y", r"a\b", "*", "a*", "?b", r"\*", r"\\*", "\u2013", "10", "7", "é", "a.b"]
)
PLAIN = st.sampled_from(
    [
        "",
        "a",
        "A",
        "ab",
        "aB",
        "a-b",
        "/x /y",
        "a\\b",
        "xab",
        "abx",
        "*",
        "10",
        "7",
        "7.5",
        "é",
        "É",
        "10.1.2.3",
        "::ffff:10.0.0.1",
        "2001:db8::1",
        "YQ==",
        "YWI=",
        "a\x00",
        "xYWIx",
        "a\nb",
        "true",
        "2026-03-01T22:15:00+02:00",
        "2026-01-01 07:10:00",
        "01/Mar/2026:10:07:00 +0000",
        "1772403300",
    ]
)
FIELDS = st.sampled_from(["f", "g", "h"])
TEXT_MODIFIERS = st.sampled_from(
    [
        "",
        "|contains",
        "|startswith",
        "|endswith",
        "|cased",
        "|contains|all",
        "|windash",
        "|windash|contains",
        "|neq",
        "|contains|cased",
        "|all",
    ]
)


MORE = ["time", "expand", "refnumber"]
PARTS = ["minute", "hour", "day", "week", "month", "year"]


@st.composite
def items(draw: st.DrawFn) -> tuple[str, Any]:
    field = draw(FIELDS)
    kind = draw(
        st.sampled_from(["text", "text", "null", "re", "cidr", "number", "exists", "ref", "encoded", "bare", *MORE])
    )
    if kind == "null":
        return field, None
    if kind == "time":
        part, how = draw(st.sampled_from(PARTS)), draw(st.sampled_from(["", "|gte", "|lt", "|neq", "|lte|neq"]))
        return f"{field}|{part}{how}", draw(st.sampled_from([1, 3, 7, 9, 10] if part != "year" else [2025, 2026]))
    if kind == "refnumber":
        return f"{field}|fieldref|{draw(st.sampled_from(['lt', 'lte', 'gt', 'gte', 'gt|neq']))}", draw(FIELDS)
    if kind == "expand":
        how = draw(st.sampled_from(["", "|contains", "|endswith", "|all", "|neq", "|cased", "|base64", "|windash"]))
        texts = ["%x%", "a%x%", "%x%%x%", "%x%-b", "a"] + ([] if "base64" in how else ["%y%", "%x%%y%"])
        return f"{field}|expand{how}", draw(st.lists(st.sampled_from(texts), min_size=1, max_size=2))
    if kind == "re":
        flags = draw(st.sampled_from(["", "|i", "|m", "|s", "|i|s"]))
        return f"{field}|re{flags}", draw(st.sampled_from(["^a", "b$", "a.b", "[0-9]+", "A", "^b", ""]))
    if kind == "cidr":
        return f"{field}|cidr", draw(st.sampled_from(["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"]))
    if kind == "number":
        return f"{field}|{draw(st.sampled_from(['lt', 'lte', 'gt', 'gte', 'gt|neq']))}", draw(
            st.sampled_from([7, 7.5, 10])
        )
    if kind == "exists":
        return f"{field}|exists", draw(st.booleans())
    if kind == "ref":
        ends = draw(st.sampled_from(["", "|contains", "|startswith", "|endswith", "|neq", "|cased"]))
        return f"{field}|fieldref{ends}", draw(FIELDS)
    if kind == "encoded":
        codec = draw(
            st.sampled_from(
                [
                    "base64",
                    "wide",
                    "utf16le|base64",
                    "utf16be|base64",
                    "utf16|base64",
                    "base64offset|contains",
                    "wide|base64offset|contains",
                ]
            )
        )
        return f"{field}|{codec}", draw(st.sampled_from(["a", "ab", "abc", "é"]))
    if kind == "bare":
        return field, draw(st.sampled_from([7, 10, True, 7.5]))
    return field + draw(TEXT_MODIFIERS), draw(st.one_of(WORDS, st.lists(WORDS, min_size=1, max_size=3)))


SELECTIONS = st.one_of(
    st.lists(items(), min_size=1, max_size=3).map(dict),
    st.lists(st.lists(items(), min_size=1, max_size=2).map(dict), min_size=1, max_size=2),
    st.lists(st.sampled_from(["a", "ab", "a*b", r"a\b", "10", "é"]), min_size=1, max_size=2),
    st.just({"|all": ["a", "b"]}),
)
CONDITIONS = st.sampled_from(
    [
        "sel_a",
        "sel_a and sel_b",
        "sel_a or sel_b and not _sel_c",
        "not (sel_a or sel_b)",
        "1 of sel_*",
        "all of them",
        "2 of them",
        "not 1 of sel*",
        "all of _sel*",
        "sel_a and not not sel_b",
        "1 of them or _sel_c",
        "NOT sel_a AND sel_b",
    ]
)
VALUES = st.one_of(PLAIN, st.sampled_from([7, 10, 7.5, True, False, 7.0]), st.none(), st.lists(PLAIN, max_size=2))
EVENTS = st.lists(st.dictionaries(FIELDS, VALUES, max_size=3), min_size=1, max_size=4)
