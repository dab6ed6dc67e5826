"""Learning a filter: the smallest that fits all false hits and no hit that must stay.

A selection is a conjunction of at most three fields; where one does not do, several are joined by or, at most MANY. Of
those that do, the one with the least risk is taken, then the one with fewer items.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import msgspec

from tocsin.detect.tune_atoms import Atom, Risk, atoms, is_usable
from tocsin.model.fields import BY_NAME

FIELDS = 3  # of one selection
MANY = 4  # selections; with more a filter is a list of records
BEST = 36  # items that are combined with each other
OTHERS = 5  # candidates that are told besides


class Sample(msgspec.Struct, frozen=True):
    """One hit: where it stands, and its fields as rules compare them."""

    place: str
    fields: dict[str, str]


class Selection(msgspec.Struct, frozen=True):
    """Items all of which must fit."""

    atoms: tuple[Atom, ...]

    def fits(self, sample: Sample) -> bool:
        """Return whether a hit has what all items ask for."""
        return all(atom.fits(sample.fields) for atom in self.atoms)

    @property
    def risk(self) -> Risk:
        """Return its risk: that of its safest item.

        It is one step less where a second narrows a risky one. Machines, accounts and addresses by themselves are
        always risky: they say nothing of what is done.
        """
        risks = sorted(atom.risk for atom in self.atoms)
        if all(atom.is_scope for atom in self.atoms):
            return Risk.HIGH
        if len(risks) > 1 and risks[0] is Risk.HIGH:
            return Risk.MEDIUM
        return risks[0]

    @property
    def cost(self) -> float:
        """Return what is least for the best: risk first, then how much there is to read."""
        values = sum(len(atom.values) for atom in self.atoms)
        brittle = sum(0.3 for atom in self.atoms if "next" in atom.why)
        spread = 0.1 * sum(atom.risk + (atom.field not in BY_NAME) for atom in self.atoms)
        return 3 * self.risk + 1.2 * (len(self.atoms) - 1) + 0.25 * (values - 1) + brittle + spread


class Learnt(msgspec.Struct, frozen=True):
    """A filter: selections of which none may hold."""

    selections: tuple[Selection, ...]

    @property
    def risk(self) -> Risk:
        """Return the risk of its riskiest selection."""
        return max(one.risk for one in self.selections)

    @property
    def cost(self) -> float:
        """Return what is least for the best."""
        return sum(one.cost for one in self.selections) + 2 * (len(self.selections) - 1)

    def fits(self, sample: Sample) -> bool:
        """Return whether the filter takes a hit away."""
        return any(one.fits(sample) for one in self.selections)


class Alike(msgspec.Struct, frozen=True):
    """A false hit that no filter tells from one that must stay.

    `differ` are the fields in which they differ all the same.
    """

    bad: str
    good: str
    differ: tuple[str, ...]


def learn(bad: Sequence[Sample], good: Sequence[Sample], avoid: frozenset[str] = frozenset()) -> list[Learnt]:
    """Return filters that take away all bad and no good hits, the best first.

    `avoid` are fields on which the rule itself rests: a filter on them alone would silence it. None is returned where
    no filter can do that.
    """
    found = [Learnt((one,)) for one in _selections(_atoms(bad, _fields(bad)), good, avoid)]
    if not found or min(one.risk for one in found) is Risk.HIGH:
        parts = _several(bad, good, avoid)
        found += [Learnt(tuple(parts))] if len(parts) > 1 or (parts and not found) else []
    return sorted(found, key=lambda one: (one.risk, one.cost))[: 1 + OTHERS * 4]


def alike(bad: Iterable[Sample], good: Sequence[Sample], avoid: frozenset[str] = frozenset()) -> Iterator[Alike]:
    """Yield the false hits for which there is no selection at all.

    Each comes with the nearest hit that must stay.
    """
    for one in bad:
        own = list(_atoms([one], _fields([one])))
        if next(_selections(own, good, avoid), None) is None:
            near = max(good, key=lambda other: _same(one, other), default=None)
            if near is not None:
                yield Alike(one.place, near.place, tuple(_differ(one, near)))
            else:
                yield Alike(one.place, "", ())


def _same(one: Sample, other: Sample) -> int:
    return sum(other.fields.get(name) == value for name, value in one.fields.items())


def _differ(one: Sample, other: Sample) -> Iterator[str]:
    for name in sorted({*one.fields, *other.fields}):
        if one.fields.get(name) != other.fields.get(name):
            yield name


def _fields(samples: Sequence[Sample]) -> list[str]:
    """Return the usable fields that all hits have."""
    common = set(samples[0].fields).intersection(*(one.fields for one in samples[1:])) if samples else set()
    return [name for name in sorted(common) if is_usable(name, (one.fields[name] for one in samples))]


def _atoms(samples: Sequence[Sample], fields: Iterable[str]) -> list[Atom]:
    found = [atom for name in fields for atom in atoms(name, [one.fields[name] for one in samples])]
    kept = [atom for atom in found if all(atom.fits(one.fields) for one in samples)]
    return sorted(kept, key=lambda atom: Selection((atom,)).cost)


def _selections(found: Sequence[Atom], good: Sequence[Sample], avoid: frozenset[str]) -> Iterator[Selection]:
    """Yield selections of these items that fit no hit which must stay: single ones, else pairs, else three."""
    told = 0
    masks = [(atom, _mask(atom, good)) for atom in found]
    for size in range(1, FIELDS + 1):
        for some in combinations(masks if size == 1 else masks[:BEST], size):
            left = some[0][1]
            for _, mask in some[1:]:
                left &= mask
            names = {atom.field for atom, _ in some}
            if left or len(names) < size or (size > 1 and any(not mask for _, mask in some)):
                continue
            if not names <= avoid:
                told += 1
                yield Selection(tuple(atom for atom, _ in some))
        if told >= 3:
            return


def _mask(atom: Atom, good: Sequence[Sample]) -> int:
    return sum(1 << place for place, one in enumerate(good) if atom.fits(one.fields))


def _several(bad: Sequence[Sample], good: Sequence[Sample], avoid: frozenset[str]) -> list[Selection]:
    """Return a few selections that fit all false hits together; nothing where a few are not enough."""
    open_ = list(bad)
    found: list[Selection] = []
    while open_ and len(found) < MANY:
        seed = open_[0]
        best: tuple[float, Selection] | None = None
        for chosen in _selections(_atoms([seed], _fields([seed])), good, avoid):
            many = sum(chosen.fits(one) for one in open_)
            score = chosen.cost - 6 * many / len(open_)
            if best is None or score < best[0]:
                best = score, chosen
        if best is None:
            return []
        found.append(best[1])
        open_ = [one for one in open_ if not best[1].fits(one)]
    return [] if open_ else found
