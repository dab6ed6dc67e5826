"""Files of requirements are read as pip reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.requirements import wanted_in

HASH = "--hash=sha256:" + "ab12" * 16
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("line", "name", "is_pinned", "is_hashed"),
    [
        ("boto3", "boto3", False, False),
        ("boto3==1.2", "boto3", True, False),
        ("boto3 === 1.2", "boto3", True, False),
        ("boto3==1.*", "boto3", False, False),
        ("boto3>=1,==1.2", "boto3", False, False),
        ("boto3[crt]==1.2 ; python_version > '3'", "boto3", True, False),
        (f"boto3==1.2 {HASH}", "boto3", True, True),
        (f"boto3==1.2 \\\n  {HASH} \\\n  {HASH}", "boto3", True, True),
        ("boto3  # ==1.2", "boto3", False, False),
        ("tool @ https://files.example.org/tool.whl", "tool", False, False),
        (f"tool @ https://files.example.org/tool.whl#sha256={'ab' * 32}", "tool", True, True),
        ("git+https://git.example.org/tool.git@main", "tool", False, False),
        (f"git+https://git.example.org/tool.git@{COMMIT}#egg=other", "other", True, True),
        (f"-e git+https://git.example.org/tool.git@{COMMIT}", "tool", True, True),
    ],
)
def test_a_line_says_its_package_version_and_hash(line: str, name: str, is_pinned: bool, is_hashed: bool) -> None:  # noqa: FBT001  # a column of a table
    (wanted,) = wanted_in(line + "\n")
    assert (wanted.name, wanted.is_pinned, wanted.is_hashed) == (name, is_pinned, is_hashed)


@pytest.mark.parametrize(
    "line", ["", "# boto3", "-r other.txt", "-c c.txt", "--index-url https://a.example", "./tool", "   "]
)
def test_options_comments_and_folders_are_no_packages(line: str) -> None:
    assert list(wanted_in(line + "\n")) == []


def test_a_continued_line_has_the_number_of_its_first() -> None:
    first, second = wanted_in(f"a==1 \\\n  {HASH}\nb\n")
    assert (first.line, second.line) == (1, 3)


def test_a_file_that_ends_in_a_continuation_is_read() -> None:
    assert [one.name for one in wanted_in("boto3 \\")] == ["boto3"]


@given(st.text(alphabet="ab@-:/#[]=;\\ \n\t.~<>'\"+é", max_size=120))
def test_no_text_makes_it_fail(text: str) -> None:
    assert all(one.line >= 1 for one in wanted_in(text))
