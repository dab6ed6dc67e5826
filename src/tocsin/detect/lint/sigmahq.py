"""Conventions of SigmaHQ's repository (https://github.com/SigmaHQ/sigma-specification, "SigmaHQ rule conventions").

They are asked for by `--convention sigmahq`; other teams have others.
"""

import re
from collections.abc import Iterator

from tocsin.detect.lint import attack
from tocsin.detect.lint.document import Document
from tocsin.detect.lint.remark import SIGMAHQ, Said, q, warning

MAX_TITLE = 120
SHORTEST_DESCRIPTION = 16
SMALL = frozenset("a an and as at by for from in new of on or over the through to via with without".split())
BANNED = frozenset({"none", "pentest", "penetration"})
TYPOS = {"unkown": "unknown", "ligitimate": "legitimate", "legitim": "legitimate", "legitimeate": "legitimate"}


@warning("title-length", f"a title of more than {MAX_TITLE} characters", convention=SIGMAHQ)
def title_length(document: Document) -> Iterator[Said]:
    """Name long titles."""
    if len(document.said("title")) > MAX_TITLE:
        yield Said(
            line=document.line("title"),
            says=f"the title has {len(document.said('title'))} characters",
            hint=f"{MAX_TITLE} at most",
        )


@warning("title-start", "a title that begins with Detect", convention=SIGMAHQ)
def title_start(document: Document) -> Iterator[Said]:
    """Name titles that say what every rule does."""
    if document.said("title").startswith(("Detect ", "Detects ", "Detecting ")):
        yield Said(line=document.line("title"), says="every rule detects", hint="begin with what is detected")


@warning("title-end", "a title that ends with a dot", convention=SIGMAHQ)
def title_end(document: Document) -> Iterator[Said]:
    """Name titles that end like sentences."""
    if document.said("title").endswith("."):
        yield Said(line=document.line("title"), says="the title ends with a dot", hint="leave it out")


@warning("title-case", "a title whose words do not begin with capitals", convention=SIGMAHQ)
def title_case(document: Document) -> Iterator[Said]:
    """Name words in small letters."""
    words = [
        word for word in document.said("title").split(" ")
        if word.islower() and word not in SMALL and not word[0].isdigit() and not re.search(r"[./_]", word)
    ]  # fmt: skip
    if words:
        yield Said(
            line=document.line("title"),
            says=f"words of the title in small letters: {', '.join(words[:4])}",
            hint="begin each with a capital",
        )


@warning("author-missing", "the rule names no author", convention=SIGMAHQ)
def author_missing(document: Document) -> Iterator[Said]:
    """Name rules without an author."""
    if not document.said("author"):
        yield Said(line=document.node.line, says="the rule names no author", hint="author: who to ask")


@warning("description-short", f"a description of fewer than {SHORTEST_DESCRIPTION} characters", convention=SIGMAHQ)
def description_short(document: Document) -> Iterator[Said]:
    """Name descriptions that say little."""
    if 0 < len(document.said("description")) < SHORTEST_DESCRIPTION:
        yield Said(
            line=document.line("description"),
            says="the description says little",
            hint="say what is detected, and why it matters",
        )


@warning("description-link", "a link in the description of a rule without references", convention=SIGMAHQ)
def description_link(document: Document) -> Iterator[Said]:
    """Name links outside of the references."""
    said = document.said("description").lower()
    if not document.listed("references") and any(word in said for word in ("http://", "https://", "internal research")):
        yield Said(
            line=document.line("description"), says="the description holds a reference", hint="put it under references"
        )


@warning("false-positive-words", "a false positive that names none, a test, or is misspelt", convention=SIGMAHQ)
def false_positive_words(document: Document) -> Iterator[Said]:
    """Name words of false positives that SigmaHQ does not want."""
    for node in document.listed("falsepositives"):
        for word in node.text.split():
            low = word.lower().strip(",.;")
            if low in BANNED:
                yield Said(
                    line=node.line, says=f"{q(word)} is no false positive", hint="write Unlikely, or say who does that"
                )
            elif low in TYPOS:
                yield Said(line=node.line, says=f"{q(word)} is misspelt", hint=TYPOS[low])


@warning("false-positive-capital", "a false positive that does not begin with a capital", convention=SIGMAHQ)
def false_positive_capital(document: Document) -> Iterator[Said]:
    """Name false positives in small letters."""
    for node in document.listed("falsepositives"):
        if node.text[:1].islower():
            yield Said(line=node.line, says=f"{q(node.text)} begins with a small letter", hint="begin with a capital")


@warning("reference-moves", "a reference to a branch of GitHub, which changes under it", convention=SIGMAHQ)
def reference_moves(document: Document) -> Iterator[Said]:
    """Name links to files of a branch."""
    for node in document.listed("references"):
        if re.match(r"https://github\.com/.*\.\w{1,3}$", node.text) and not re.search(r"/[0-9a-z]{40}/", node.text):
            yield Said(
                line=node.line,
                says="the file behind the link changes with its branch",
                hint="link the commit (press y on GitHub)",
            )


@warning("reference-attack", "a reference to ATT&CK, where a tag says the same", convention=SIGMAHQ)
def reference_attack(document: Document) -> Iterator[Said]:
    """Name links that a tag stands for."""
    for node in document.listed("references"):
        if node.text.startswith("https://attack.mitre.org/"):
            yield Said(line=node.line, says="a tag of attack says the same", hint="- attack.t1059")


@warning("fields-given", "`fields`, which SigmaHQ no longer uses", convention=SIGMAHQ)
def fields_given(document: Document) -> Iterator[Said]:
    """Name lists of fields to show."""
    if document.listed("fields"):
        yield Said(line=document.line("fields"), says="the rule lists fields to show", hint="leave them out")


@warning("status-retired", "a deprecated or unsupported rule among the others", convention=SIGMAHQ)
def status_retired(document: Document) -> Iterator[Said]:
    """Name rules that belong elsewhere."""
    said = document.said("status")
    if said in {"deprecated", "unsupported"} and said not in document.path:
        yield Said(line=document.line("status"), says=f"the rule is {said}", hint=f"keep it in a folder {said}/")


@warning("tlp-not-clear", "a traffic light other than clear", convention=SIGMAHQ)
def tlp_not_clear(document: Document) -> Iterator[Said]:
    """Name rules that are not for everybody."""
    for node in document.listed("tags"):
        if node.text.startswith("tlp.") and node.text != "tlp.clear":
            yield Said(line=node.line, says=f"{node.text} is not for everybody", hint="tlp.clear")


@warning("tactic-missing", "a technique of ATT&CK without all of its tactics among the tags", convention=SIGMAHQ)
def tactic_missing(document: Document) -> Iterator[Said]:
    """Name techniques whose tactics are not tagged."""
    names = [node.text.removeprefix("attack.") for node in document.listed("tags") if node.text.startswith("attack.")]
    for technique in (name for name in names if attack.TECHNIQUE.fullmatch(name)):
        missing = [tactic for tactic in attack.tactics_of(technique) if tactic not in names]
        if missing:
            yield Said(
                line=document.line("tags"),
                says=f"{technique} is of {', '.join(missing)} too",
                hint=f"- attack.{missing[0]}",
            )
