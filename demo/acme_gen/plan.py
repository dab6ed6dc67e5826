"""The planted story, as the sources that tell it must agree on it.

01:58 the intruder scans the bastion. 02:11 to 02:25 he guesses 412 passwords of 38 names. 02:26:19, 41
seconds after the last failure, `deploy` lets him in. 02:41 he uses the key of `s3-rotate`, which he found
in a script, and stops the trail. Apart from that, 06:40 somebody else guesses the password of `finance1`
and at 07:03 forwards that mailbox outside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from acme_gen.day import at
from acme_gen.world import ADMINS, INTRUDER, World

SCAN_STARTS = at("01:58:03")
SCAN_SECONDS = 94.0
SCANNED_PORTS = 214
FAILURES = 412
GUESS_STARTS = at("02:11:07")
LAST_FAILURE = at("02:25:38")
LOGIN = at("02:26:19")
LOGOUT = at("02:52:40")
KEY_USED = at("02:41:08")
TRAIL_STOPPED = at("02:41:47")
MAIL_GUESSES = 31
MAIL_GUESS_STARTS = at("06:40:05")
MAIL_LOGIN = at("06:44:31")
MAIL_RULE = at("07:03:12")
TRAVERSALS = 57
TRAVERSAL_STARTS = at("04:12:20")

# Accounts that exist on the bastion, in the order of their numbers; all others are "invalid user" to sshd.
ACCOUNTS = ("root", "deploy", "backup", "www-data", "postgres", *ADMINS)
GUESSED = (
    "root deploy backup postgres www-data admin administrator ubuntu debian centos ec2-user user test guest "
    "oracle mysql ftp ftpuser git gitlab jenkins ansible vagrant docker tomcat nagios zabbix pi support "
    "service sysadmin operator web webmaster dev developer shop acme"
).split()


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One TCP connection to the bastion's sshd on which passwords were tried in vain."""

    source: str
    port: int
    user: str
    pid: int
    tries: tuple[float, ...]

    @property
    def valid(self) -> bool:
        """Whether the account exists."""
        return self.user in ACCOUNTS


def guessing(world: World) -> list[Connection]:
    """Return the intruder's connections: 412 tries in all, 38 names, the last one `deploy`."""
    rng = world.rng("guessing")
    sizes = list(shares(rng, FAILURES - 3))
    names = GUESSED + rng.choices(GUESSED[:24], k=len(sizes) - len(GUESSED))
    rng.shuffle(names)
    found = []
    clocks = [0.0, 1.3]  # two workers, as a careful guesser sets his tool
    for number, (size, user) in enumerate([*zip(sizes, names, strict=True), (3, "deploy")]):
        worker = 0 if clocks[0] <= clocks[1] else 1
        start = max(clocks) if number == len(sizes) else clocks[worker]
        tries = [start + 0.8]
        while len(tries) < size:
            tries.append(tries[-1] + rng.uniform(2.3, 4.1))
        clocks[worker] = tries[-1] + rng.uniform(0.9, 5.5)
        found.append((user, tries))
    # Stretch the whole run between its first and last failure, which the story fixes.
    first, last = found[0][1][0], max(tries[-1] for _, tries in found)
    scale = (LAST_FAILURE - GUESS_STARTS) / (last - first)
    return [
        Connection(
            source=INTRUDER,
            port=rng.randrange(32_768, 60_999),
            user=user,
            pid=21_800 + 3 * number,
            tries=tuple(GUESS_STARTS + (when - first) * scale for when in tries),
        )
        for number, (user, tries) in enumerate(found)
    ]


def shares(rng: Random, total: int) -> Iterator[int]:
    """Yield numbers from 2 to 5 that add up to `total`."""
    while total > 6:
        size = rng.choice((2, 3, 4, 4, 5))
        total -= size
        yield size
    if total > 5:
        yield 3
        total -= 3
    yield total


def noise(world: World) -> list[Connection]:
    """Return what every sshd on the internet sees: lonely guesses, hours apart, none of which works."""
    rng = world.rng("ssh noise")
    names = ("root", "root", "root", "admin", "test", "ubuntu", "oracle", "user", "pi", "git", "postgres", "support")
    found = []
    for guesser in world.outside.guessers:
        slot = 86_400 / 7
        for turn in range(7):
            start = turn * slot + rng.uniform(0.05, 0.6) * slot
            tries = tuple(start + 2.9 * number for number in range(rng.choice((1, 1, 1, 2))))
            found.append((start, guesser, rng.choice(names), tries))
    found.sort()
    return [
        Connection(source=guesser, port=rng.randrange(32_768, 60_999), user=user, pid=30_000 + 7 * number, tries=tries)
        for number, (_, guesser, user, tries) in enumerate(found)
        if rng.random() < 0.8 and tries[-1] < 86_300
    ]
