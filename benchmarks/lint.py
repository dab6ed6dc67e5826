"""What `rule check` and pySigma's own validators say of the same rules, class by class, and what each costs.

    python benchmarks/lint.py [FOLDER]

Without a folder that of TOCSIN_DATA. pySigma's core validators all run but two that download their tables (ATT&CK,
D3FEND). Pairs of file and class are compared: both say it, only one does. Figures: docs/measured/lint.md.
"""

import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError, SigmaRuleLocation
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

from tocsin.detect.lint.catalogue import LINTS, chosen
from tocsin.detect.lint.check import check
from tocsin.detect.lint.remark import CONVENTIONS, State
from tocsin.detect.rules import files

DOWNLOADS = {"attacktag", "d3_fendtag"}
HALVES = {"tlpv1_tag", "tlpv2_tag"}  # each refuses what only the other version has; `tlptag` takes both
SHOWN = 8
CLASSES = {  # pySigma's issue → our lints of the same
    "refused when it is read": ("cannot-load", "old-aggregation"),
    "DanglingDetectionIssue": ("selection-unused",),
    "DanglingConditionIssue": ("cannot-load",),
    "ThemConditionWithSingleDetectionIssue": ("of-one",),
    "AllOfThemConditionIssue": ("all-of-them",),
    "IdentifierExistenceIssue": ("id-missing",),
    "IdentifierCollisionIssue": ("id-twice",),
    "DuplicateTitleIssue": ("title-twice",),
    "DuplicateReferencesIssue": ("listed-twice",),
    "DuplicateTagIssue": ("listed-twice",),
    "DuplicateFilenameIssue": ("file-name-twice",),
    "FilenameLengthIssue": ("file-name-sigmahq",),
    "CustomAttributesIssue": ("key-misspelt",),
    "InvalidTagFormatIssue": ("tag-form",),
    "InvalidNamespaceTagIssue": ("tag-namespace",),
    "InvalidPatternTagIssue": ("tag-name",),
    "InvalidTLPTagIssue": ("tag-name",),
    "SpecificInsteadOfGenericLogsourceIssue": ("event-id-for-category",),
    "FieldnameLogsourceIssue": ("logsource-key",),
    "DoubleWildcardIssue": ("wildcard-doubled", "wildcard-needless"),
    "NumberAsStringIssue": ("number-as-text",),
    "ControlCharacterIssue": ("control-character",),
    "WildcardsInsteadOfContainsModifierIssue": ("wildcard-for-modifier",),
    "WildcardInsteadOfStartswithIssue": ("wildcard-for-modifier",),
    "WildcardInsteadOfEndswithIssue": ("wildcard-for-modifier",),
    "EscapedWildcardIssue": ("wildcard-escaped",),
    "AllWithoutContainsModifierIssue": ("all-equal",),
    "Base64OffsetWithoutContainsModifierIssue": ("base64offset-whole",),
    "WindowsDashCombinedWithAllModifierIssue": ("windash-all",),
    "ModifierAppliedMultipleIssue": ("modifier-twice",),
}
Found = dict[str, set[str]]


def main() -> None:
    """Print what both say of a folder."""
    data = Path(os.environ.get("TOCSIN_DATA", Path(__file__).parents[2] / "shared" / "data"))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else data / "sigma"
    sources = [(str(path), raw) for path, raw in files(folder) if isinstance(raw, bytes)]
    start = time.process_time()
    theirs, many = pysigma(sources)
    between = time.process_time()
    ours = tocsin(sources)
    end = time.process_time()
    print(f"{len(sources):,} files. pySigma: {between - start:.2f} CPU s, {many:,} issues. ", end="")
    print(f"Tocsin, all {len(LINTS)} lints: {end - between:.2f} CPU s")
    print(f"{'class':<42} {'both':>6} {'pySigma':>8} {'Tocsin':>7}")
    for name, lints in CLASSES.items():
        mine = set().union(*(ours[lint] for lint in lints))
        both, only, own = theirs[name] & mine, theirs[name] - mine, mine - theirs[name]
        if both or only or own:
            print(f"{name:<42} {len(both):>6,} {len(only):>8,} {len(own):>7,}")
            for path in sorted(only)[:SHOWN]:
                print(f"    only pySigma: {path.removeprefix(str(folder))}")
            for path in sorted(own)[:SHOWN]:
                print(f"    only Tocsin: {path.removeprefix(str(folder))}")
    said = {lint for lints in CLASSES.values() for lint in lints}
    print("what pySigma's core does not look for, files:")
    for lint, found in sorted(ours.items(), key=lambda pair: -len(pair[1])):
        if lint not in said:
            print(f"{len(found):>8,}  {lint}")


def pysigma(sources: list[tuple[str, bytes]]) -> tuple[Found, int]:
    """Return which files each of pySigma's issues names, and how many issues there are."""
    found: Found = defaultdict(set)
    rules = []
    for path, raw in sources:
        place = SigmaRuleLocation(Path(path))
        try:
            made = SigmaCollection.from_yaml(raw.decode(), collect_errors=True, source=place, resolve_references=False)
        except SigmaError:
            found["refused when it is read"].add(path)
            continue
        except (AttributeError, TypeError, KeyError):  # what is no rule at all
            found["refused when it is read"].add(path)
            continue
        rules.extend(made.rules)
        if any(rule.errors for rule in made.rules):
            found["refused when it is read"].add(path)
    chosen_ = [kind for name, kind in validators.items() if name not in DOWNLOADS | HALVES]
    checker = SigmaValidator(chosen_)
    issues = []
    for rule in rules:
        try:
            issues.extend(checker.validate_rule(rule))
        except (SigmaError, AttributeError):  # a rule of which an error left nothing to validate
            found["refused when it is read"].add(str(rule.source.path))
    issues.extend(checker.finalize())
    for issue in issues:
        found[type(issue).__name__].update(str(rule.source.path) for rule in issue.rules)
    return found, len(issues)


def tocsin(sources: list[tuple[str, bytes]]) -> Found:
    """Return which files each of our lints names, all conventions with them."""
    found: Found = defaultdict(set)
    said = Counter[str]()
    for remark in check(sources, chosen(CONVENTIONS)).remarks:
        if remark.state is not State.OK:
            found[remark.lint].add(remark.path)
            said[remark.lint] += 1
    return found


if __name__ == "__main__":
    main()
