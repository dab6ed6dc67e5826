"""A browser for the report, and reports to open in it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tocsin.web.report.html import write_report

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Open a report; `page.said` holds messages, errors, dialogs, and the addresses that it asked for."""
    contexts: list[BrowserContext] = []

    def open_report(result: Mapping[str, Any], fragment: str = "", before: str = "", **options: Any) -> Page:
        file = tmp_path / "report.html"
        with file.open("w", encoding="utf-8") as out:
            write_report(result, out)
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        said: list[str] = []
        page.said = said  # type: ignore[attr-defined]  # a place for what this page says
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url.partition("#")[0]))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        if before:
            page.add_init_script(before)
        page.goto(file.as_uri() + fragment)
        if options.get("java_script_enabled", True):
            page.locator("html[data-ready][data-settled]").wait_for(state="attached")
        said.remove(file.as_uri())  # the report itself
        return page

    yield open_report
    for context in contexts:
        context.close()
