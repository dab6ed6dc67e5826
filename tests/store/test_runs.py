import pytest
from sqlalchemy import Connection

from tests.store.made import HOUR, NOW, finding, look
from tocsin.store import findings, runs
from tocsin.store.open import Store
from tocsin.store.states import Ended, State


def names(*some: str) -> tuple[str, ...]:
    return tuple(sorted(finding(name).fingerprint for name in some))


def test_the_first_look_is_all_new(store: Store) -> None:
    with store.begin() as conn:
        news = look(conn, [finding("a"), finding("b")])
    assert (news.new, news.known, news.gone, news.since) == (names("a", "b"), (), (), None)


def test_the_second_look_says_what_is_new_known_and_gone(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a"), finding("b"), finding("c")])
        news = look(conn, [finding("b"), finding("c"), finding("d")], now=NOW + HOUR)
    assert (news.new, news.known, news.gone) == (names("d"), names("b", "c"), names("a"))
    assert news.since == NOW
    assert str(news) == "1 new, 2 known, 1 gone"


@pytest.mark.parametrize("state", [Ended.INCOMPLETE, Ended.INTERRUPTED])
def test_what_an_incomplete_look_does_not_see_is_not_gone(store: Store, state: Ended) -> None:
    with store.begin() as conn:
        look(conn, [finding("a"), finding("b")])
        news = look(conn, [finding("a")], state=state)
    assert (news.gone, news.unseen) == ((), names("b"))
    assert str(news) == "0 new, 1 known, 0 gone, 1 not looked for"


def test_what_an_incomplete_look_did_not_see_is_neither_new_nor_forgotten_later(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a"), finding("b"), finding("c")])
        look(conn, [finding("a")], state=Ended.INCOMPLETE)
        look(conn, [finding("a")], state=Ended.INCOMPLETE)
        news = look(conn, [finding("a"), finding("b")])
        state = findings.get(conn, finding("c").fingerprint).state
    assert (news.new, news.known, news.gone) == ((), names("a", "b"), names("c"))
    assert state is State.GONE


def test_what_is_gone_is_gone_once_and_new_when_it_comes_back(store: Store) -> None:
    def incomplete(conn: Connection, *some: str) -> runs.News:
        run = runs.start(conn, command="scan", paths=["/logs"], now=NOW)
        findings.record(conn, run, map(finding, some), {})
        return runs.finish(conn, run, now=NOW, state=Ended.INCOMPLETE, sure=list)

    with store.begin() as conn:
        look(conn, [finding("a"), finding("b")])
        assert incomplete(conn, "a").gone == names("b")
        assert incomplete(conn, "a").gone == ()
        assert incomplete(conn, "a", "b").new == names("b")


def test_what_a_complete_look_did_not_look_for_is_not_gone_and_not_new_when_it_comes_back(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a"), finding("b")])
        run = runs.start(conn, command="scan", paths=["/logs"], now=NOW)
        findings.record(conn, run, [finding("a")], {})
        news = runs.finish(conn, run, now=NOW, state=Ended.COMPLETE, sure=lambda _: [])
        assert (news.gone, news.unseen) == ((), names("b"))
        assert look(conn, [finding("a"), finding("b")]).new == ()


def test_other_paths_are_another_story(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")], paths=["/a"])
        news = look(conn, [finding("a")], paths=["/a", "/b"])
    assert (news.new, news.since) == (names("a"), None)


def test_the_order_and_doubles_of_paths_do_not_matter(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")], paths=["/b", "/a"])
        assert look(conn, [finding("a")], paths=["/a", "/b", "/a"]).known == names("a")


def test_only_the_last_look_is_compared_with(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")])
        look(conn, [])
        assert look(conn, [finding("a")]).new == names("a")


def test_an_interrupted_look_is_not_compared_with(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a"), finding("b")])
        look(conn, [finding("a")], state=Ended.INTERRUPTED)
        news = look(conn, [finding("a"), finding("b")])
    assert (news.new, news.known) == ((), names("a", "b"))


def test_another_commands_look_does_not_make_things_new_or_gone(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("log"), finding("code")], command="scan")
        look(conn, [finding("code")], command="check")
        news = look(conn, [finding("log")], command="scan")
    assert (news.new, news.known, news.gone) == ((), names("log"), names("code"))


@pytest.mark.parametrize(
    ("state", "after"),
    [(Ended.COMPLETE, State.GONE), (Ended.INCOMPLETE, State.OPEN), (Ended.INTERRUPTED, State.OPEN)],
)
def test_only_a_complete_look_marks_what_is_gone(store: Store, state: Ended, after: State) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")])
        look(conn, [], state=state)
        assert findings.get(conn, finding("a").fingerprint).state is after


def test_what_other_paths_still_show_is_not_gone(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")], paths=["/copy"])
        look(conn, [finding("a")], paths=["/logs"])
        news = look(conn, [], paths=["/logs"])
        assert news.gone == names("a")
        assert findings.get(conn, finding("a").fingerprint).state is State.OPEN


def test_the_last_whole_look_is_found_again(store: Store) -> None:
    with store.begin() as conn:
        assert runs.latest(conn, ["/logs"]) is None
        look(conn, [finding("a")])
        look(conn, [], now=NOW + HOUR, state=Ended.INTERRUPTED)
        last = runs.latest(conn, ["/logs"])
    assert last is not None
    assert (last.command, last.paths, last.started, last.state) == ("scan", ("/logs",), NOW, Ended.COMPLETE)


def test_runs_are_listed_newest_first(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [], now=NOW)
        look(conn, [], now=NOW + HOUR)
        assert [run.id for run in runs.listed(conn)] == [2, 1]
        assert len(runs.listed(conn, limit=1)) == 1


def test_members_are_kept_for_the_last_two_looks_only(store: Store) -> None:
    with store.begin() as conn:
        for _ in range(5):
            look(conn, [finding("a")])
        kept = [run.id for run in runs.listed(conn) if runs.fingerprints(conn, run)]
    assert kept == [5, 4]


def test_paths_that_are_no_unicode_are_told_apart(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")], paths=["/logs/\udc80"])
        assert look(conn, [finding("a")], paths=["/logs/\udc81"]).new == names("a")
        assert look(conn, [finding("a")], paths=["/logs/\udc80"]).known == names("a")
