"""Measure how fast fifty thousand findings open, and take the screenshots of docs/measured/report.md.

Run it from the root of the repository, with Chromium, poppler-utils and ImageMagick in PATH:

    python -m tests.web.report.screens docs/measured/screens
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.report.conftest import FLAGS
from tests.web.report.results import acme, hostile, many
from tocsin.web.report.html import write_report

FINDINGS, OPENINGS = 50_000, 9
TIMES = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint?.startTime ?? 0, page.loadEventEnd, performance.getEntriesByName("findings-ready")[0].startTime];
}"""
FILTER = """() => {
  const start = performance.now();
  location.hash = "#q=198.51.100.7%20guessing";
  return new Promise((done) => addEventListener("hashchange", () => setTimeout(() => done(performance.now() - start))));
}"""
Act = Callable[[Page], object]


def main() -> None:
    """Write the screenshots into the folder that is named, and print the times."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        reports = {name: _written(Path(folder), name, result) for name, result in _results().items()}
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium") or "chromium", args=FLAGS)
        _measure(browser, reports["many"])
        _shoot(browser, reports, target)
        browser.close()
    for picture in sorted(target.glob("*.png")):
        subprocess.run(["convert", picture, "-strip", "+dither", "-colors", "128", f"PNG8:{picture}"], check=True)
        _say(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _results() -> dict[str, dict[str, Any]]:
    return {"acme": acme(), "hostile": hostile(), "many": many(FINDINGS)}


def _written(folder: Path, name: str, result: dict[str, Any]) -> Path:
    path = folder / f"{name}.html"
    start = perf_counter()
    with path.open("w", encoding="utf-8") as out:
        write_report(result, out)
    _say(f"{name}: written in {perf_counter() - start:.2f} s, {path.stat().st_size / 1e6:.1f} MB")
    return path


def _measure(browser: Browser, report: Path) -> None:
    times, filters = [], []
    for _ in range(OPENINGS):
        page = browser.new_page()
        page.goto(report.as_uri())
        page.locator("html[data-settled]").wait_for(state="attached")
        times.append(page.evaluate(TIMES))
        filters.append(page.evaluate(FILTER))
        page.close()
    for name, values in zip(("first paint", "load event", "findings ready"), zip(*times, strict=True), strict=True):
        _say(f"{name}: median {median(values):.0f} ms, {min(values):.0f} to {max(values):.0f}, {OPENINGS} openings")
    _say(f"first filter: median {median(filters):.0f} ms, {min(filters):.0f} to {max(filters):.0f}")


def _shoot(browser: Browser, reports: dict[str, Path], target: Path) -> None:
    def shot(name: str, report: str, act: Act = lambda _: None, fragment: str = "", **options: Any) -> None:
        page = browser.new_page(**{"viewport": {"width": 1400, "height": 1050}, **options})
        page.goto(reports[report].as_uri() + fragment)
        page.locator("html[data-settled]").wait_for(state="attached")
        act(page)
        page.screenshot(path=target / f"{name}.png", animations="disabled")
        page.close()

    def at(section: str) -> Act:
        return lambda page: page.evaluate(f"document.getElementById('{section}').scrollIntoView()")

    shot("light", "acme")
    shot("light-case", "acme", at("cases"))
    shot("light-finding", "acme", fragment=f"#f={acme()['findings'][1]['fingerprint']}")
    shot("light-coverage", "acme", at("attack"))
    shot("dark", "acme", color_scheme="dark")
    shot("dark-timeline", "acme", at("timeline"), color_scheme="dark")
    shot("many", "many", at("timeline"))
    shot("many-filter", "many", fragment="#q=owner%3A%40secops&off=low,info&group=rule", color_scheme="dark")
    shot("hostile", "hostile")
    shot("narrow", "acme", viewport={"width": 420, "height": 1050})
    _print(browser, reports["acme"], target / "print.png")


def _print(browser: Browser, report: Path, picture: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    paper = report.with_suffix(".pdf")
    page.pdf(path=paper, format="A4", print_background=True)
    page.close()
    subprocess.run(["pdftoppm", "-r", "62", "-png", paper, report.with_suffix("")], check=True)
    sheets = sorted(report.parent.glob(f"{report.stem}-*.png"))[:6]
    layout = ["-tile", "3x", "-geometry", "+6+6", "-background", "#888888"]
    subprocess.run(["montage", *sheets, *layout, picture], check=True)


if __name__ == "__main__":
    main()
