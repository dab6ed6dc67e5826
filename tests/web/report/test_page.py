"""The report in a browser: what its script does, what it must not do, and what stands without it."""

import csv
import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.report.conftest import Opened
from tests.web.report.results import acme, finding, hostile, many
from tocsin.web.report.rows import WORST

COPIED = "navigator.clipboard.writeText = async (text) => { window.copied = text; };"


def shown(page: Page) -> str:
    return page.locator("#shown").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_axe_finds_no_violation(opened: Opened, scheme: str, width: int) -> None:
    page = opened(acme(), color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

    found = Axe().run(page).response["violations"]

    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == []


def test_axe_finds_no_violation_in_groups(opened: Opened) -> None:
    page = opened(many(300), "#group=rule", bypass_csp=True)

    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_browser_has_nothing_to_say_of_a_report(opened: Opened, scheme: str) -> None:
    page = opened(acme(), color_scheme=scheme)
    page.locator(".row summary").first.click()

    assert page.said == []  # type: ignore[attr-defined]  # set by the fixture


@pytest.mark.parametrize("graver", [0, WORST], ids=["as HTML", "built by the script"])
def test_hostile_texts_do_not_run(opened: Opened, graver: int) -> None:
    result = hostile()
    result["findings"] += [finding("graver", "critical", f"worse, number {i}") for i in range(graver)]
    page = opened(result, "#q=script")
    for group in ("rule", "path", "owner", "case"):
        page.select_option("#group", group)
        page.evaluate("for (const one of document.querySelectorAll('.group')) one.open = true")
    page.select_option("#group", "")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

    assert page.locator(".row .body").count() > 5
    assert page.title().startswith("Tocsin report")
    assert page.said == []  # type: ignore[attr-defined]  # set by the fixture
    assert page.locator("main img, main script, main iframe, main [onerror]").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


def test_words_filter_and_the_count_says_what_is_hidden(opened: Opened) -> None:
    page = opened(acme())
    page.fill("#q", "rule:code-shell")

    expect(page.locator("#shown")).to_have_text("2 of 17, 15 hidden by filter")
    assert page.locator(".row .rule").all_inner_texts() == ["code-shell", "code-shell"]


def test_words_are_joined_by_and_and_a_minus_leaves_out(opened: Opened) -> None:
    page = opened(acme(), "#q=203.0.113.66%20-rule%3Assh")

    assert page.locator(".row .rule").all_inner_texts() == ["aws-trail-stopped", "fw-port-scan"]


def test_a_filter_by_case_takes_the_whole_id(opened: Opened) -> None:
    page = opened(acme(), "#q=case%3A1")

    assert shown(page) == "6 of 17, 11 hidden by filter"


def test_a_filter_by_a_quoted_entity_finds_it_whole(opened: Opened) -> None:
    page = opened(acme(), "#q=%22user%3Adeploy%22")

    assert page.locator(".row .rule").all_inner_texts() == ["ssh-guessed", "ssh-guessing", "sudo-shell"]


def test_a_severity_that_is_switched_off_is_hidden(opened: Opened) -> None:
    page = opened(acme())
    page.click("[data-severity=low]")

    assert shown(page) == "13 of 17, 4 hidden by filter"
    assert page.get_attribute("[data-severity=low]", "aria-pressed") == "false"


def test_clear_brings_all_back(opened: Opened) -> None:
    page = opened(acme(), "#q=nothing-has-this&off=low,high")
    assert shown(page) == "0 of 17, 17 hidden by filter"
    page.click("#clear")

    assert shown(page) == "17 of 17, 0 hidden by filter"
    assert page.locator(".row").count() == 17


@pytest.mark.parametrize(
    ("group", "first"),
    [("rule", "ssh-guessed"), ("case", "case 1"), ("path", "logs/auth.log"), ("owner", "no owner")],
)
def test_groups_stand_with_the_gravest_first(opened: Opened, group: str, first: str) -> None:
    page = opened(acme())
    page.select_option("#group", group)

    assert page.locator(".group .name").first.inner_text() == first
    assert page.locator(".group").first.locator(".row").count() > 0


def test_a_filter_stands_in_the_address_and_is_found_there_again(opened: Opened) -> None:
    page = opened(acme())
    page.fill("#q", "owner:@secops")
    page.select_option("#group", "path")
    expect(page.locator("#shown")).to_have_text("4 of 17, 13 hidden by filter")

    again = opened(acme(), page.evaluate("location.hash"))

    assert again.input_value("#q") == "owner:@secops"
    assert again.input_value("#group") == "path"


def test_a_deep_link_opens_its_finding(opened: Opened) -> None:
    wanted = acme()["findings"][3]["fingerprint"]
    page = opened(acme(), f"#f={wanted}")

    assert page.locator(".row[open]").get_attribute("data-f") == wanted
    assert page.locator(".row[open] .body").is_visible()


def test_a_deep_link_opens_a_finding_beyond_those_that_stand_as_html(opened: Opened) -> None:
    result = many(WORST * 3)
    harmless = finding("last-of-all", "info", "the least of them", confidence="low", count=0)
    result["findings"].append(harmless)
    page = opened(result, f"#f={harmless['fingerprint']}")

    assert page.locator(".row[open] .says").inner_text() == "the least of them"
    assert page.locator(".pages").inner_text().split("\n")[1] == "601 to 601 of 601"


def test_a_deep_link_works_without_javascript(opened: Opened) -> None:
    wanted = acme()["findings"][3]["fingerprint"]
    page = opened(acme(), f"#f={wanted}", java_script_enabled=False)

    assert page.locator(f"details[data-f='{wanted}'] .body").is_visible()


def test_the_worst_stand_without_javascript(opened: Opened) -> None:
    page = opened(many(WORST + 100), java_script_enabled=False)

    assert page.locator(".row").count() == WORST
    assert page.locator(".row .chip").first.inner_text() == "critical"
    assert not page.locator("#tools").is_visible()
    assert page.locator("#nojs").inner_text().startswith("The worst 200 of 300 findings")


def test_pages_lead_to_the_rest(opened: Opened) -> None:
    page = opened(many(WORST + 100))
    page.click(".pages button:last-child")

    assert page.locator(".row").count() == 100
    assert page.locator(".pages span").inner_text() == "201 to 300 of 300"


@pytest.mark.parametrize("number", [1, 5, 8], ids=["log", "secret", "flow"])
def test_a_row_that_the_script_builds_says_what_one_in_html_says(opened: Opened, number: int) -> None:
    result = acme()
    wanted = result["findings"][number]["fingerprint"]
    result["findings"][8]["where"] = [{"path": "a/long/way/from/here/tools/fetch.py", "line": n} for n in (2, 40)]
    address = f"#f={wanted}"
    standing = opened(result, address).locator(".row[open]").inner_text()
    result["findings"] += [finding("graver", "critical", f"worse, number {i}") for i in range(WORST)]
    page = opened(result, address)

    assert page.locator(".pages").inner_text().startswith("Previous")
    assert page.locator(".row[open]").inner_text().split() == standing.split()


def test_the_copy_is_csv_of_what_is_shown_and_no_cell_is_a_formula(opened: Opened) -> None:
    result = acme()
    for start in ("=", "+", "-", "@", "\t"):
        result["findings"].append(finding("formula", "info", f"{start}1+1", entities=[f"{start}x"], owner=f"{start}o"))
    page = opened(result, "#q=rule%3Aformula", before=COPIED)
    page.click("#copy")
    expect(page.locator("#copy")).to_contain_text("Copied")

    rows = list(csv.DictReader(io.StringIO(page.evaluate("window.copied"))))

    assert len(rows) == 5
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row.values())
    assert {row["message"] for row in rows} >= {"'=1+1", "'+1+1", "'-1+1", "'@1+1"}


def test_the_copy_leaves_out_what_the_filter_hides(opened: Opened) -> None:
    page = opened(acme(), "#off=high,medium,low,info", before=COPIED)
    page.click("#copy")
    expect(page.locator("#copy")).to_contain_text("Copied")

    rows = list(csv.DictReader(io.StringIO(page.evaluate("window.copied"))))

    assert [row["rule"] for row in rows] == ["ssh-guessed"]
    assert rows[0]["first"] == "2026-11-22T02:26:12Z"


def test_print_shows_the_open_evidence_and_no_controls(opened: Opened) -> None:
    page = opened(acme())
    page.emulate_media(media="print")

    assert not page.locator("#tools").is_visible()
    assert not page.locator(".toc").is_visible()
    assert page.locator(".proof[open] pre").first.is_visible()
