"""A rule as its author writes it, through the lints."""

from collections.abc import Callable, Sequence

import pytest

from tocsin.detect.lint.catalogue import LINTS
from tocsin.detect.lint.check import check
from tocsin.detect.lint.remark import Remark, State

Look = Callable[..., list[Remark]]

HEAD = """\
title: A rule of a test
id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11
status: test
description: It is here to be looked at.
author: Tocsin
date: 2026-01-02
level: low
"""
WINDOWS = "logsource: {product: windows, category: process_creation}\n"


def rule(detection: str, head: str = HEAD, source: str = WINDOWS) -> str:
    """Return a rule with a detection, whose lines are indented by four."""
    body = "".join(f"    {line}\n" for line in detection.splitlines())
    return f"{head}{source}detection:\n{body}"


@pytest.fixture
def look() -> Look:
    """Return a function that gives what one lint says of texts, each a file of its own."""

    def call(lint: str, *texts: str, names: Sequence[str] = (), complete: bool = True) -> list[Remark]:
        chosen = [one for one in LINTS if one.id == lint]
        assert len(chosen) == 1, lint
        paths = names or [f"rule_{number}.yml" for number in range(len(texts))]
        files = [(path, text.encode()) for path, text in zip(paths, texts, strict=True)]
        return [one for one in check(files, chosen, complete=complete).remarks if one.state is not State.OK]

    return call


@pytest.fixture
def says(look: Look) -> Callable[..., list[str]]:
    """Return a function that gives the sentences only."""
    return lambda lint, *texts, **more: [one.says for one in look(lint, *texts, **more)]
