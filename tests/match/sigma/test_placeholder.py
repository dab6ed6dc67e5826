import pytest

from tocsin.match.sigma.placeholder import filled, filled_regexes, of_estate
from tocsin.match.sigma.text import MANY, Pattern
from tocsin.match.sigma.tree import RuleError
from tocsin.model.estate import Domain, Estate, Host, Network, Person

ESTATE = Estate(
    network=(Network(cidr="192.0.2.0/24", name="Edge net"), Network(cidr="198.51.100.0/24")),
    host=(Host(name="dc1", addresses=("192.0.2.5",), critical=True), Host(name="pc*7", protected=True)),
    person=(Person(name="anna", aliases=("ACME\\anna",), team="@admins"), Person(name="bo", team="@finance")),
    domain=(Domain(name="acme.example"),),
    placeholder={"Known_CDCs": ("dc1", "dc2")},
)


def test_facts_of_an_estate_fill_placeholders_by_name() -> None:
    assert of_estate(ESTATE) == {
        "networks": ("192.0.2.0/24", "198.51.100.0/24"),
        "network_edge_net": ("192.0.2.0/24",),
        "domains": ("acme.example",),
        "hosts": ("dc1", r"pc\*7"),
        "host_addresses": ("192.0.2.5",),
        "critical_hosts": ("dc1",),
        "critical_addresses": ("192.0.2.5",),
        "protected_hosts": (r"pc\*7",),
        "people": ("anna", r"ACME\\anna", "bo"),
        "team_admins": ("anna", r"ACME\\anna"),
        "team_finance": ("bo",),
        "admins": ("anna", r"ACME\\anna"),
        "known_cdcs": ("dc1", "dc2"),
    }


def test_what_an_estate_does_not_say_fills_nothing() -> None:
    assert of_estate(Estate()) == {}
    with pytest.raises(RuleError, match="%Admins% is not filled") as caught:
        list(filled("%Admins%", of_estate(Estate())))
    assert "[placeholder] Admins" in caught.value.hint


def test_a_name_is_found_whatever_its_case_and_its_value_is_taken_literally() -> None:
    assert list(filled("a%HOSTS%", of_estate(ESTATE))) == [Pattern(("adc1",)), Pattern(("apc*7",))]


def test_wildcards_of_a_fill_count() -> None:
    assert list(filled("%x%", {"x": ["a*"]})) == [Pattern(("a", MANY))]


def test_several_placeholders_of_a_value_make_all_combinations() -> None:
    made = [pattern.plain for pattern in filled("%x%-%y%", {"x": ["a", "b"], "y": ["1", "2"]})]
    assert made == ["a-1", "a-2", "b-1", "b-2"]


def test_a_backslash_before_a_placeholder_makes_it_text() -> None:
    assert [pattern.plain for pattern in filled(r"\%x%", {})] == ["%x%"]


def test_too_many_combinations_are_refused() -> None:
    with pytest.raises(RuleError, match="1,000,000 values of one"):
        list(filled("%x%%x%%x%", {"x": [str(n) for n in range(100)]}))


def test_a_fill_is_escaped_inside_a_regular_expression() -> None:
    assert list(filled_regexes("^%x%$", {"x": ["a.b*"]})) == [r"^a\.b.*$"]
