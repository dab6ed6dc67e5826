"""The kernel of secrets: what it finds, what it shows, how long it takes."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.match.secrets import MOST, builtin_kinds, key_entity, keyed, mask, place_of, read_kinds
from tocsin.model import UserError

KINDS = builtin_kinds()
KEY = bytes(range(32))
WRONG = """
title = "a"
what = "a"
severity = "low"
confidence = "low"
keywords = ["a"]
pattern = "PATTERN"
rotate = "change it"
references = []
"""
ID = "AKIA" + "QX4ZTRB5WLSN7Q2M"


def names(text: str, place: str = "python") -> list[str]:
    return [f"{one.kind.id} {one.name}".strip() for one in KINDS.find(text.encode(), place)]


def test_there_are_twelve_kinds_and_each_says_how_to_rotate() -> None:
    assert len(KINDS.kinds) == 12
    assert all(kind.rotate and kind.references and kind.id.startswith("secret-") for kind in KINDS.kinds)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f'KEY = "{ID}"', "KEY"),
        (f'"accessKeyId": "{ID}",', "accessKeyId"),
        (f"key_id: {ID}", "key_id"),
        (f"boto3.client('s3', aws_access_key_id='{ID}')", "aws_access_key_id"),
        (f'config["key"] = "{ID}"', "key"),
        (f"export AWS_KEY={ID}", "AWS_KEY"),
        (f"see {ID}", ""),
    ],
)
def test_the_name_is_that_to_which_the_value_is_given(line: str, name: str) -> None:
    (found,) = KINDS.find(line.encode())
    assert found.name == name


def test_a_special_kind_wins_over_the_general_one() -> None:
    assert names(f'aws_secret_access_key_id = "{ID}"') == ["secret-aws-key aws_secret_access_key_id"]


def test_the_second_half_of_a_key_is_not_a_secret_of_its_own() -> None:
    half = "wJ4lrXUtnFEMI/K7MDENG/bPx" + "RfiCYzzKQq9Lk2a"
    (found,) = KINDS.find(f'ID = "{ID}"\nSECRET = "{half}"\n'.encode(), "python")
    assert found.near is not None


def test_a_secret_at_the_end_without_a_newline_is_found() -> None:
    assert names(f"x = '{ID}'") == ["secret-aws-key x"]
    assert names("DB_PASSWORD=" + "kJ9x2LmQ8vTr4", "env") == ["secret-generic DB_PASSWORD"]


@pytest.mark.parametrize(
    "line",
    [
        'password = "$' + '{SMTP_PASSWORD}"',
        'password = "{{ smtp.password }}"',
        'password = "<your password>"',
        'password = "xxxxxxxxxxxx"',
        'password = "********"',
        'token = "example-token-123"',
        'secret_name = "kJ9x2LmQ8v"',
        'tokenizer = "kJ9x2LmQ8vTr4"',
        'password = "config/secrets/smtp.txt"',
        'password == "kJ9x2LmQ8vTr4"',
        'next_token = "kJ9x2LmQ8vTr4"',
        'password = get("kJ9x2LmQ8vTr4")',
        'secret = "arn:aws:secretsmanager:eu:1:secret:a9"',
        "password = None",
        "token: str",
        'password = "mail_server_password"',
        'publicKeyToken="31bf3856ad364e35"',
    ],
)
def test_what_only_looks_like_a_secret_is_quiet(line: str) -> None:
    assert names(line) == []


def test_a_found_secret_does_not_print_itself() -> None:
    (found,) = KINDS.find(f"x = '{ID}'".encode())
    assert ID not in repr(found)


def test_a_mask_shows_ends_length_and_a_keyed_mark() -> None:
    shown = mask(ID, KEY)
    assert shown.startswith("AKIA...7Q2M (20 chars, fp ")
    assert shown != mask(ID, bytes(32))


@pytest.mark.parametrize("value", ["", "a", "short", "fifteen_letters"])
def test_a_short_value_shows_nothing_of_itself(value: str) -> None:
    assert mask(value, KEY).startswith("... (")


def test_the_entity_of_a_key_is_the_same_wherever_it_is_seen() -> None:
    assert key_entity(ID, KEY) == f"key:AKIA...7Q2M(fp {keyed(ID, KEY, 8)})"
    assert key_entity(ID, KEY) != key_entity(ID, b"another")


def test_a_long_installation_key_is_usable() -> None:
    assert len(keyed(ID, b"k" * 500, 8)) == 8


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("a/tool.py", "python"),
        (".env", "env"),
        ("x/.env.prod", "env"),
        ("a.yaml", "yaml"),
        ("README", "text"),
        ("c:\\a\\b.JSON", "json"),
    ],
)
def test_the_kind_of_place_is_that_of_the_name(path: str, place: str) -> None:
    assert place_of(path) == place


def test_a_dump_of_secrets_is_bounded() -> None:
    raw = "\n".join(f'password = "kJ9x2LmQ8v{n}"' for n in range(MOST * 2)).encode()
    assert len(KINDS.find(raw, "python")) == MOST


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = 1", "title"),
        ("not toml", "own"),
        (WRONG.replace("PATTERN", "(a"), "own"),
        (WRONG.replace("PATTERN", "abc"), "no named group"),
        (WRONG.replace("PATTERN", "(?P<s>a)") + 'check = "luck"\n', "'luck'"),
    ],
)
def test_a_wrong_kind_is_named_with_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read_kinds([("own", text)])


@pytest.mark.parametrize(
    "unit",
    [
        "eyJ",
        "postgres://",
        "token=",
        "-----BEGIN PRIVATE KEY-----\n",
        "secret",
        'password="',
        "AKIA",
        "token: a",
        "xoxb-1",
        "a:b@",
        "sk-ant-api03-",
        "AccountKey=",
    ],
)
def test_work_grows_with_the_text_and_no_faster(unit: str) -> None:
    def spent(size: int) -> float:
        raw = (unit * (size // len(unit))).encode()
        begun = time.process_time()
        KINDS.find(raw, "text")
        return time.process_time() - begun

    spent(10_000)
    assert spent(400_000) < 8 * 4 * max(spent(100_000), 0.01)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["python", "env", "text"]))
def test_no_bytes_make_it_fail(raw: bytes, place: str) -> None:
    for one in KINDS.find(b'password = "' + raw + b'"\n' + raw, place):
        assert 0 <= one.start < one.end
