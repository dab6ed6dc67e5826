"""Where sets come from: names, files, folders, addresses; and the bytes of each, from declared hosts only."""

from pathlib import Path

import pytest

from tests.detect.made_sets import rule, zipped
from tests.runtime.loopback import reply, serving
from tocsin.app.rule_add_source import Source, name_of, source_of, table, take
from tocsin.model import Refused, RemoteError, UserError
from tocsin.runtime.transport import Limits, Network, Received, Request

RAW = zipped({"a.yml": rule("a")})


class Recorded:
    """A network that answers from a table, and remembers what it was asked."""

    def __init__(self, answers: dict[str, Received]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def exchange(self, request: Request, limits: Limits) -> Received:
        del limits
        self.asked.append(f"{request.place.scheme}://{request.place}{request.path}")
        return self.answers[self.asked[-1]]


def moved(to: str) -> Received:
    return Received(status=302, headers={"location": to})


def test_a_known_name_is_the_address_of_that_release() -> None:
    source = source_of("sigmahq-core+@r2026-01-01")
    assert source.place == "https://github.com/SigmaHQ/sigma/releases/download/r2026-01-01/sigma_core%2B.zip"
    assert (source.name, source.licence, source.is_url) == ("sigmahq-core+", "DRL-1.1", True)


def test_each_known_set_has_an_address_on_a_host_whose_archives_are_declared() -> None:
    for one in table().set:
        source = source_of(f"{one.name}@r1")
        assert source.place.startswith("https://github.com/")
        assert "{" not in source.place
    assert "github.com" in table().behind


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("./sigma_core.zip@r1", "sigma_core"),
        ("/srv/sets/Our Rules.tar.gz@1", "our-rules"),
        ("..\\sets\\x.zip@1", "x"),
        ("/srv/sigma.git@main", "sigma"),
        ("https://example.org/a/rules-1.tgz@1", "rules-1"),
        ("https://example.org/a/sigma_core%2B.zip?x=1@1", "sigma_core+"),
    ],
)
def test_a_set_is_called_by_its_archive_or_folder(word: str, name: str) -> None:
    assert source_of(word).name == name


@pytest.mark.parametrize("word", ["sigmahq-core", "@1", "sigmahq-core@", "sigmahq-core@../x", "sigmahq-core@a b"])
def test_a_set_without_a_version_is_refused(word: str) -> None:
    with pytest.raises(UserError, match="names no version"):
        source_of(word)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match="no set of rules is called 'sigmahq'") as caught:
        source_of("sigmahq@r1")
    assert "sigmahq-core, sigmahq-core+" in caught.value.hint


@pytest.mark.parametrize("name", ["..", "", ".hidden", "a/../..", "x" * 65, "\x1b[31m", "ü"])
def test_a_name_that_is_no_good_folder_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a set"):
        source_of(f"{name}/@1") if not name else source_of(f"{name}@1", "/x.zip")


def test_names_lose_all_suffixes_of_archives() -> None:
    assert name_of("a/b/rules.tar.zst") == "rules"


def test_a_place_without_tls_is_refused_but_on_this_machine() -> None:
    with pytest.raises(UserError, match="without TLS"):
        source_of("x@1", "http://example.org/x.zip")
    assert source_of("x@1", "http://127.0.0.1:8/x.zip").is_url


def test_a_password_in_an_address_is_not_taken_and_not_shown() -> None:
    with pytest.raises(UserError) as caught:
        source_of("x@1", "https://ann:hunter2@example.org/x.zip")
    assert "hunter2" not in caught.value.says + caught.value.hint + caught.value.where


def test_what_stands_behind_a_question_mark_is_not_shown() -> None:
    assert source_of("x@1", "https://example.org/x.zip?token=abc#d").shown == "https://example.org/x.zip"


def test_a_redirect_to_where_the_host_keeps_its_archives_is_followed() -> None:
    source = source_of("sigmahq-core@r1")
    stored = "https://release-assets.githubusercontent.com/x?sig=1"
    network = Recorded({source.place: moved(stored), stored: Received(status=200, body=RAW)})
    assert set(take(source, (), network).files) == {"a.yml"}
    assert network.asked == [source.place, stored]


def test_a_redirect_to_another_host_is_refused() -> None:
    source = source_of("sigmahq-core@r1")
    with pytest.raises(Refused, match=r"may not reach https://evil\.example"):
        take(source, (), Recorded({source.place: moved("https://evil.example/x.zip")}))


def test_a_version_that_is_not_there_is_asked_about() -> None:
    source = source_of("sigmahq-core@r0")
    with pytest.raises(RemoteError, match="answers 404") as caught:
        take(source, (), Recorded({source.place: Received(status=404)}))
    assert caught.value.hint.startswith("is r0 a version of it?")
    assert "--from FILE" in caught.value.hint


def test_an_archive_is_fetched_from_this_machine() -> None:
    with serving(reply(body=RAW)) as server:
        source = source_of("x@1", f"{server.url}/x.zip")
        assert set(take(source, (), Network(environment={})).files) == {"a.yml"}
    assert server.asked[0].path == "/x.zip"


def test_an_answer_that_is_too_long_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.app.rule_add_source.MAX_ARCHIVE", 100)
    with serving(reply(body=RAW)) as server, pytest.raises(RemoteError, match="more than 100 bytes"):
        take(source_of("x@1", f"{server.url}/x.zip"), (), Network(environment={}))


def test_a_file_that_is_too_long_or_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.app.rule_add_source.MAX_ARCHIVE", 100)
    (tmp_path / "x.zip").write_bytes(RAW)
    for name, says in (("x.zip", "more than 100 bytes"), ("y.zip", "is no file")):
        with pytest.raises(UserError, match=says):
            take(Source(name="x", version="1", place=str(tmp_path / name)), ())


def test_a_folder_without_git_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a folder without git"):
        take(Source(name="x", version="1", place=str(tmp_path)), ())
