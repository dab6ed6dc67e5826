"""Who and what Acme is: people, hosts, networks, and everybody outside.

Inside addresses are private (RFC 1918); the shop's own public network and everybody outside lie in the
documentation networks of RFC 5737, which nobody owns; names end in .example (RFC 2606). What
`demo/estate.toml` says of Acme is said here with the same words.
"""

from dataclasses import dataclass
from random import Random

from acme_gen.day import stream

DOMAIN = "acme.example"
FIREWALL = "198.51.100.1"
OFFICE = "198.51.100.2"  # what the office looks like from outside
BASTION = "198.51.100.10"
WWW = "198.51.100.20"
MAIL = "198.51.100.25"
VPN = "198.51.100.30"
DC1, DC2, FILES, BUILD, MONITOR = "10.10.0.11", "10.10.0.12", "10.10.0.20", "10.10.0.21", "10.10.0.40"

INTRUDER = "203.0.113.66"  # scans, guesses, and uses the key
PHISHER = "192.0.2.44"  # guesses the password of finance1
PROBER = "192.0.2.77"  # asks the shop for ../ paths

SURNAMES = (
    "adler baum conte dahl ebert falk graf haas ivers jansen keller lang mohr nowak orlow petit quist roth "
    "sauer thoma ulmer vogt weiss xander yilmaz zeller arnold becker cordes decker engel fuchs gross huber "
    "iten jost kraus lenz meier novak otto pohl"
).split()
ADMINS = ("alang", "bkeller", "croth", "dweiss", "emohr")


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of staff, with account, laptop and address in the office."""

    user: str
    team: str
    laptop: str
    address: str
    rid: int

    @property
    def upn(self) -> str:
        """The name in the cloud, which is the mail address."""
        return f"{self.user}@{DOMAIN}"


@dataclass(frozen=True, kw_only=True)
class Outside:
    """Addresses of people and machines that are not Acme's, each in one role only.

    One role each, so that nothing but the planted story connects two sources.
    """

    homes: tuple[str, ...]  # staff that works from home
    shoppers: tuple[str, ...]
    crawlers: tuple[str, ...]
    knockers: tuple[str, ...]  # the background noise that every firewall denies
    guessers: tuple[str, ...]  # the background noise that every sshd sees
    servers: tuple[str, ...]  # what staff talks to


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that several sources must agree on."""

    seed: int
    people: tuple[Person, ...]
    outside: Outside
    key_id: str
    key_secret: str

    def rng(self, source: str) -> Random:
        """Return the random numbers of one source."""
        return stream(self.seed, source)

    def person(self, user: str) -> Person:
        """Return the person with this account."""
        return next(person for person in self.people if person.user == user)


def make_world(seed: int) -> World:
    """Return Acme as the seed makes it; people and hosts do not depend on the seed."""
    rng = stream(seed, "world")
    # The form of AWS's identifiers: 4 letters and 16 base32 digits; the secret has 40 base64 digits.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html. The last four digits
    # are fixed, so that the guide can name the key as Tocsin shows it.
    key_id = "AKIA" + base32(rng, 12) + "7Q2M"
    return World(seed=seed, people=staff(), outside=outside(rng), key_id=key_id, key_secret=base64_digits(rng, 40))


def staff() -> tuple[Person, ...]:
    """Return Acme's people."""
    users = [(user, "it") for user in ADMINS]
    users += [(f"finance{number}", "finance") for number in (1, 2, 3)]
    taken = {user[1:] for user in ADMINS}
    teams = ("sales", "shop", "warehouse", "support", "dev")
    rest = [name for name in SURNAMES if name not in taken]
    users += [("abcdefghjkmnprst"[n % 16] + name, teams[n % len(teams)]) for n, name in enumerate(rest)]
    return tuple(
        Person(
            user=user,
            team=team,
            laptop=f"LT-{44 if user == 'finance1' else 100 + number:03d}",
            address=f"10.20.{1 + number // 20}.{11 + number % 20}",
            rid=1104 + number,
        )
        for number, (user, team) in enumerate(users)
    )


def outside(rng: Random) -> Outside:
    """Return the outside addresses, dealt out to their roles by the seed."""
    pool = [f"{network}.{last}" for network in ("192.0.2", "203.0.113") for last in range(1, 255)]
    pool = [address for address in pool if address not in (INTRUDER, PHISHER, PROBER)]
    rng.shuffle(pool)
    deal = iter(pool)

    def some(count: int) -> tuple[str, ...]:
        return tuple(next(deal) for _ in range(count))

    return Outside(
        homes=some(20),
        shoppers=some(220),
        crawlers=some(12),
        knockers=some(140),
        guessers=some(24),
        servers=some(85),
    )


def base32(rng: Random, length: int) -> str:
    """Return `length` digits of base32, of which AWS makes its identifiers."""
    return "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=length))


def base64_digits(rng: Random, length: int) -> str:
    """Return `length` digits of base64, with at least one of every kind."""
    kinds = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", "+/")
    digits = [rng.choice(kind) for kind in kinds] + rng.choices("".join(kinds), k=length - len(kinds))
    rng.shuffle(digits)
    return "".join(digits)
