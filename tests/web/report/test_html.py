"""The report as text: its parts, its policy, and that nothing from outside is more than text."""

import io
import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.web.report.results import HOSTILE, acme, hostile, many
from tocsin.web.report.html import report, write_report
from tocsin.web.report.rows import WORST

SECTIONS = [
    *("summary", "now", "cases", "timeline", "entities", "findings"),
    *("python", "attack", "coverage", "suppressed", "method", "evidence"),
]


class Page(HTMLParser):
    """The elements, attributes and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = tag
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside in self.raw:
            self.raw[self.inside][-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def text_of(result: dict[str, Any]) -> str:
    return "".join(report(result))


def data_of(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Page(text).raw["script"][0])
    return loaded


def test_the_twelve_sections_stand_in_order() -> None:
    assert [section["id"] for section in Page(text_of(acme())).of("section")] == SECTIONS


def test_an_empty_result_says_in_each_section_what_is_missing() -> None:
    text = text_of({})

    assert [section["id"] for section in Page(text).of("section")] == SECTIONS
    for section in re.findall(r"<section id=\"(?!summary|method)(\w+)\"(.*?)</section>", text, re.DOTALL):
        assert 'class="missing"' in section[1], section[0]


@pytest.mark.parametrize("key", ["argv", "inputs", "lanes", "silent", "timeline", "entities", "python", "versions"])
def test_each_part_of_what_only_the_report_needs_may_be_absent(key: str) -> None:
    result = acme()
    del result["report"][key]

    assert [section["id"] for section in Page(text_of(result)).of("section")] == SECTIONS


def test_a_result_that_is_not_complete_has_a_banner() -> None:
    text = text_of(acme())

    assert "mail/invoice.eml (this version has no mail reader)" in text[text.index('class="banner"') :][:900]


def test_a_complete_result_has_no_banner() -> None:
    text = text_of({"coverage": {"complete": True}})

    assert 'class="banner"' not in text
    assert "Every input could be read" in text


def test_a_result_that_does_not_say_whether_it_is_complete_is_not() -> None:
    assert 'class="banner"' in text_of({"findings": []})


@pytest.mark.parametrize("result", [acme(), hostile()], ids=["acme", "hostile"])
def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else(result: dict[str, Any]) -> None:
    page = Page(text_of(result))
    policy = next(str(m["content"]) for m in page.of("meta") if m.get("http-equiv") == "Content-Security-Policy")

    def digest(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    assert policy == (
        f"default-src 'none'; style-src {digest(page.raw['style'][0])}; script-src {digest(page.raw['script'][1])}; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("result", [acme(), hostile(), many(300)], ids=["acme", "hostile", "many"])
def test_the_page_holds_one_style_two_scripts_and_loads_nothing(result: dict[str, Any]) -> None:
    text = text_of(result)
    page = Page(text)

    assert [script.get("type") for script in page.of("script")] == ["application/json", None]
    assert len(page.of("style")) == 1
    loading = {"img", "link", "iframe", "object", "embed", "audio", "video", "base", "form", "image", "use"}
    assert loading.isdisjoint(name for name, _ in page.elements)
    names = {name for _, attributes in page.elements for name in attributes}
    assert {"src", "srcset", "style", "action", "background"}.isdisjoint(names)
    assert not [name for name in names if name.startswith("on")]
    assert "@import" not in page.raw["style"][0]
    assert "url(" not in page.raw["style"][0]


def test_links_lead_only_into_the_page_or_to_the_web() -> None:
    links = [str(link["href"]) for link in Page(text_of(hostile())).of("a")]

    assert [link for link in links if not link.startswith(("#", "https://", "http://"))] == []


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\u202e", "\u2028", "\u2029", "\udc80"])
def test_control_and_bidi_characters_are_written_out(character: str) -> None:
    assert character not in text_of(hostile())


def test_the_page_is_valid_utf8() -> None:
    assert text_of(hostile()).encode("utf-8", "strict")


def test_template_syntax_from_outside_stays_text() -> None:
    assert "{{ 7 * 7 }}{% raw %}" in text_of(hostile())


def test_the_findings_lie_in_the_page_as_json_without_a_bracket() -> None:
    raw = Page(text_of(hostile())).raw["script"][0]

    assert not set("<>&\u2028\u2029") & set(raw)
    assert len(json.loads(raw)["findings"]) == len(hostile()["findings"])
    assert HOSTILE[0] in json.loads(raw)["texts"]


def test_the_worst_stand_as_html_and_all_lie_in_the_json() -> None:
    text = text_of(many(WORST + 50))

    assert sum("data-f" in attributes for _, attributes in Page(text).elements) == WORST
    assert len(data_of(text)["findings"]) == WORST + 50


def test_ids_are_unique() -> None:
    ids = [attributes["id"] for _, attributes in Page(text_of(acme())).elements if "id" in attributes]

    assert sorted(ids, key=str) == sorted(set(ids), key=str)


def test_a_link_inside_the_page_leads_to_a_place_that_is_there() -> None:
    page = Page(text_of(acme()))
    ids = {attributes.get("id") for _, attributes in page.elements}
    targets = [str(link["href"])[1:] for link in page.of("a") if str(link["href"]).startswith("#")]

    assert [target for target in targets if target not in ids and not target.startswith("q=")] == []


def test_each_drawing_has_a_role_a_title_and_a_description() -> None:
    page = Page(text_of(acme()))
    drawings = [svg for svg in page.of("svg") if svg.get("aria-hidden") != "true"]
    ids = {attributes.get("id") for _, attributes in page.elements}

    assert len(drawings) == 3
    for svg in drawings:
        assert svg["role"] == "img"
        assert set(str(svg["aria-labelledby"]).split()) <= ids


def test_a_suppressed_finding_is_not_among_the_findings() -> None:
    result = acme()
    result["findings"][0]["suppressed"] = {"reason": "our own scanner", "owner": "@net", "until": "2027-03-01"}
    text = text_of(result)

    assert len(data_of(text)["findings"]) == len(result["findings"]) - 1
    assert "our own scanner" in text[text.index('id="suppressed"') :]


def test_a_finding_without_any_detail_is_shown() -> None:
    assert "data-f" in text_of({"findings": [{"fingerprint": "1f"}]})


def test_writing_and_yielding_give_the_same_page() -> None:
    out = io.StringIO()
    write_report(acme(), out)

    assert out.getvalue() == text_of(acme())
