"""YAML as trees: hostile documents are refused before they grow, with the line where that shows."""

import time

import pytest

from tocsin.match.sigma.tree import MAX_BYTES, Node, RuleError, documents, merged

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


def errors(raw: bytes) -> list[tuple[int, str]]:
    return [(one.line, one.says) for one in documents(raw) if isinstance(one, RuleError)]


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: plain(one) for key, one in node.value.items()}
    return [plain(one) for one in node.value] if isinstance(node.value, list) else node.value


def read(text: str) -> list[object]:
    return [plain(one) for one in documents(text.encode()) if isinstance(one, Node)]


@pytest.mark.parametrize(
    ("raw", "line", "says"),
    [
        (LAUGHS.encode(), 1, "more than 100,000 values once its aliases are expanded"),
        (b"[" * 1_000_000, 1, "nesting depth"),
        (b"{a: " * 250_000, 1, "nesting depth"),
        (b"- " * 500_000, 1, "nesting depth"),
        (b"".join(b" " * n + b"a:\n" for n in range(40)), 26, "nested more than 24 levels deep"),
        (b"a: &a [*a]\n", 1, "nested more than 24 levels deep"),
        (b"a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands twice in one map"),
        (b"a: x\nb: y\0\n", 2, "control characters are not allowed"),
        (b"a: x\nb: \x1b[31m\n", 2, "control characters are not allowed"),
        ("a: x\nb: y\nc: Grüße\n".encode("latin-1"), 3, "invalid leading UTF-8 octet"),
        ("a: x\n".encode("utf-16-le"), 1, "control characters are not allowed"),
        (b"a: x\n\tb: y\n", 2, "a tab character"),
        (b"? [a, b]\n: c\n", 1, "a key must be a plain value"),
        (b"a: " + b"9" * 100_000, 1, "is no value of its type"),
        (b"a: x\nb: *gone\n", 2, "undefined alias"),
        (b"x" * (MAX_BYTES + 1), 0, "a rule file has at most"),
    ],
    ids=lambda value: "" if isinstance(value, bytes | int) else value[:30],
)
def test_what_is_hostile_or_wrong_is_one_error_with_its_line(raw: bytes, line: int, says: str) -> None:
    began = time.process_time()
    ((found, said),) = errors(raw)
    assert (found, says in said) == (line, True), (found, said)
    assert len(said) < 200
    assert time.process_time() - began < 5


def test_documents_without_end_are_one_error_once_they_are_too_many() -> None:
    found = list(documents(b"---\na: 1\n" * 60_000))
    assert sum(isinstance(one, RuleError) for one in found) == 1
    assert isinstance(found[-1], RuleError)


def test_tags_make_no_objects() -> None:
    assert read("a: !!python/name:os.system\nb: !!python/object/apply:os.system ['x']\n") == [{"a": "", "b": ["x"]}]


def test_a_text_of_a_megabyte_is_a_text() -> None:
    ((name, text),) = ((key, one.text) for one in documents(b"a: " + b"x" * 1_000_000) for key, one in one.map.items())  # type: ignore[union-attr]  # it is a map
    assert (name, len(text)) == ("a", 1_000_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_each_encoding_that_yaml_knows(encoding: str) -> None:
    assert [plain(one) for one in documents("a: Grüße\n".encode(encoding)) if isinstance(one, Node)] == [{"a": "Grüße"}]


@pytest.mark.parametrize("text", ["", "# words\n", "---\n---\n", "null\n"])
def test_what_says_nothing_is_no_document(text: str) -> None:
    assert list(documents(text.encode())) == []


def test_a_last_line_of_dashes_begins_nothing() -> None:
    assert read("a: 1\n---\nb: 2\n---\n") == [{"a": 1}, {"b": 2}]


def test_a_map_takes_over_what_another_says_and_its_own_word_counts() -> None:
    text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 9}\nw: {<<: *y}\n"
    assert read(text)[0] == {
        "x": {"a": 1, "b": 2}, "y": {"b": 3, "c": 4}, "z": {"a": 9, "b": 2, "c": 4}, "w": {"b": 3, "c": 4},
    }  # fmt: skip
    assert "a map is needed" in errors(b"a: {<<: x}\n")[0][1]


def test_of_two_maps_the_second_counts() -> None:
    one, two = (next(iter(documents(raw))) for raw in (b"a: {x: 1, y: 2}", b"a: {y: 3}"))
    assert isinstance(one, Node)
    assert isinstance(two, Node)
    assert plain(merged(one, two)) == {"a": {"x": 1, "y": 3}}
