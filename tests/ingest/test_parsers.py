"""How a record finds its parser."""

from tests.ingest.made import functions
from tocsin.ingest.parsers import Choice, Fit, Parsers, parser_of
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="lines", looks=r"(a)(b)?", weight=1)
def light(chunk: Chunk, _: Wanted) -> Batch:
    return Batch(rest=range(len(chunk.texts)))


@parser(frame="lines", looks=r"(?P<x>a)c", weight=2)
def heavy(chunk: Chunk, _: Wanted) -> Batch:
    return Batch(rest=range(len(chunk.texts)))


def test_the_weightier_parser_is_chosen_whatever_groups_the_looks_have() -> None:
    choice = Choice([parser_of(light), parser_of(heavy)])

    chosen, rest = choice.pick(["ab", "ac", "zz"], range(3))

    assert ([p.name for p in choice.parsers], chosen, rest) == (["heavy", "light"], {1: [0], 0: [1]}, [2])


@parser(frame="lines", within="outer", looks=r"<\d>told", looks_within=r"told")
def both(chunk: Chunk, _: Wanted) -> Batch:
    return Batch(rest=range(len(chunk.texts)))


def test_what_stands_within_a_record_may_look_otherwise_than_a_record() -> None:
    made = Parsers([both])

    assert made.choice.pick(["<1>told", "told"], range(2)) == ({0: [0]}, [1])
    assert made.inner_choice["outer"].pick(["<1>told", "told"], range(2)) == ({0: [1]}, [0])


def test_what_a_parser_does_not_say_of_records_within_is_what_it_says_of_records() -> None:
    assert parser_of(light).looks_within == parser_of(light).looks


def test_the_built_in_parsers_fit_together() -> None:
    made = Parsers(functions())

    assert made.choice.pattern is not None
    assert {p.name for p in made.by_program["syslog"]["sshd"]} == {"sshd"}
    assert "pam" in {p.name for p in made.inner_choice["syslog"].parsers}


@parser(frame="json", keys=("a", "b.c"))
def nested(chunk: Chunk, _: Wanted) -> Batch:
    return Batch(rest=range(len(chunk.texts)))


@parser(frame="json", keys=("a",), weight=1)
def plain(chunk: Chunk, _: Wanted) -> Batch:
    return Batch(rest=range(len(chunk.texts)))


def test_the_names_of_a_record_say_whose_keys_it_has_or_may_have() -> None:
    made = Parsers([nested, plain])

    assert [p.name for p in made.objects["json"]] == ["nested", "plain"]
    assert made.fitting("json", ("a", "b")) == [Fit.PERHAPS, Fit.YES]
    assert made.fitting("json", ("a", "b.c")) == [Fit.YES, Fit.YES]
    assert made.fitting("json", ("a", "c")) == [Fit.NO, Fit.YES]
    assert made.fitting("json", ("b",)) == [Fit.NO, Fit.NO]
    assert made.fitting("csv", ("a", "b")) == []
