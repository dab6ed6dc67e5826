"""The code of a notebook's cells is one Python source."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.notebook import cells


def notebook(*sources: object) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in sources]}).encode()


def test_cells_follow_each_other() -> None:
    assert cells(notebook(["a = 1\n", "b = 2"], "c = 3")) == b"a = 1\nb = 2\nc = 3"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("%pip install x\na = 1", b"pass  # %pip install x\na = 1"),
        ("if a:\n    !ls {b}", b"if a:\n    pass  # !ls {b}"),
        ("%%bash\nrm x", b"# %%bash\n# rm x"),
        ("f?", b"f"),
    ],
)
def test_lines_of_ipython_become_comments(source: str, code: bytes) -> None:
    assert cells(notebook(source)) == code


def test_text_cells_are_left_out() -> None:
    assert cells(json.dumps({"cells": [{"cell_type": "markdown", "source": "eval(x)"}]}).encode()) == b""


def test_notebooks_of_version_3_are_read() -> None:
    raw = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}]}).encode()
    assert cells(raw) == b"a = 1"


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["cells", "cell_type", "source", "worksheets"]), inner)
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_json_makes_it_fail(raw: bytes) -> None:
    assert isinstance(cells(raw), bytes | str)
