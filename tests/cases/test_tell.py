"""A case is told in words: its title, why it is one, what to do now."""

from datetime import timedelta

import msgspec

from tests.cases.test_group import ESTATE, finding
from tocsin.cases.group import group
from tocsin.cases.tell import Words, tell
from tocsin.model import Case, Finding, Place, Severity

KEY = "key:AKIA...7Q2M(fp 00000001)"


def told(findings: list[Finding], words: dict[str, Words]) -> Case:
    (cluster,) = group(findings, ESTATE, gap=timedelta(hours=24), common_share=0.3)
    return tell(cluster, {f.fingerprint: words[f.rule] for f in findings if f.rule in words}, ESTATE)


def test_a_key_of_a_script_that_was_used_stands_in_the_title_and_goes_first() -> None:
    guessed = finding("ssh-guessed", "ip:203.0.113.66", severity=Severity.CRITICAL)
    stopped = finding("aws-trail-stopped", "ip:203.0.113.66", KEY, minutes=30)
    code = msgspec.structs.replace(
        finding("secret-aws-key", KEY, minutes=None), where=(Place(path="tools/s3.py", line=14),)
    )
    words = {
        "ssh-guessed": Words(story="bastion was guessed", do=("block 203.0.113.66",)),
        "aws-trail-stopped": Words(story="CloudTrail was stopped", do=("start CloudTrail again",)),
    }
    case = told([code, stopped, guessed], words)
    assert case.title == "bastion was guessed, then the key in tools/s3.py was used"
    assert case.do_now == ("deactivate key AKIA...7Q2M", "block 203.0.113.66", "start CloudTrail again")
    assert case.severity is Severity.CRITICAL
    assert case.findings == (guessed.fingerprint, stopped.fingerprint, code.fingerprint)


def test_without_a_key_the_two_worst_make_the_title_in_their_order() -> None:
    first = finding("m365-guessing", "user:finance1", severity=Severity.MEDIUM)
    then = finding("m365-forward-rule", "user:finance1", minutes=23)
    words = {
        "m365-guessing": Words(story="finance1 was guessed"),
        "m365-forward-rule": Words(story="mail is forwarded outside"),
    }
    assert told([then, first], words).title == "finance1 was guessed, then mail is forwarded outside"


def test_why_names_what_is_shared_and_how_far_apart() -> None:
    case = told([finding("a", "user:finance1"), finding("b", "user:finance1", minutes=23)], {})
    assert case.why == ("user finance1 (1 log)", "at most 23 minutes apart")


def test_a_second_clause_stands_within_the_sentence() -> None:
    first = finding("root-used", "user:alice", severity=Severity.HIGH)
    then = msgspec.structs.replace(finding("no-mfa", "user:alice", minutes=5), title="A console login")
    assert told([first, then], {}).title.endswith(", then a console login")


def test_a_merge_keeps_the_reasons_that_were_there_without_it() -> None:
    found = [finding("a", "user:finance1"), finding("b", "user:finance1", minutes=23), finding("c", "user:other")]
    prints = [f.fingerprint for f in found]
    together = [(prints[0], prints[1]), (prints[0], prints[2])]
    (cluster,) = group(found, ESTATE, gap=timedelta(hours=24), common_share=0.3, together=together)
    assert tell(cluster, {}, ESTATE).why == ("user finance1 (1 log)", "at most 23 minutes apart", "a person's word")
