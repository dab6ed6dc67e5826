"""How fast rules run over tables, beside a plain pass over the same columns.

    python benchmarks/detect.py [ROWS]

Tables are made of columns like those of web and SSH logs, with few different values, with many, and with all different.
Rules are our own; for a table of another 40 rules that all look at it, made-up ones. Times are CPU time, the least of
three rounds; `pass` is one dict look-up per value of the columns that rules ask for, the least that any evaluator does.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tocsin.detect.rules import load, together
from tocsin.kit import LogSource, Table
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Rule

RULES = Path(__file__).resolve().parent.parent / "src" / "tocsin" / "content" / "rules"
ROUNDS = 3
MADE_UP = 40
WEB = LogSource("", frozenset({"webserver"}), frozenset({"access"}))
SSH = LogSource("linux", frozenset({"authentication"}), frozenset({"sshd", "auth"}))


def main() -> int:
    """Print microseconds a row for each table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(1)
    own = load([RULES]).rules
    print(f"{rows:,} rows; microseconds of CPU a row")
    print(f"{'table':44}{'rules':>6}{'matches':>9}{'cold':>8}{'warm':>8}{'pass':>8}")
    for name, table, rules in (
        ("ssh, 40 users, 200 addresses", ssh(rows, chance, 40, 200), own),
        ("ssh, all users different", ssh(rows, chance, rows, 5_000), own),
        ("web, 3,000 addresses of pages", web(rows, chance, 3_000), own),
        ("web, all addresses of pages different", web(rows, chance, 0), own),
        ("web, 3,000 addresses of pages, made-up rules", web(rows, chance, 3_000), made_up()),
        ("web, all different, made-up rules", web(rows, chance, 0), made_up()),
    ):
        matcher = Matcher(rules)
        fitting = len(matcher.fitting(table.logsource))
        cold, matches = timed(lambda table=table, rules=rules: sum(1 for _ in Matcher(rules).run(table)))
        warm, _ = timed(lambda table=table, matcher=matcher: sum(1 for _ in matcher.run(table)))
        plain, _ = timed(lambda table=table: look_up(table))
        print(f"{name:44}{fitting:>6}{matches:>9}" + "".join(f"{t / rows * 1e6:>8.2f}" for t in (cold, warm, plain)))
    return 0


def timed(run: Callable[[], int]) -> tuple[float, int]:
    """Return the least CPU time of a few rounds, and what the last gave."""
    times = []
    given = 0
    for _ in range(ROUNDS):
        start = time.process_time()
        given = run()
        times.append(time.process_time() - start)
    return min(times), given


def look_up(table: Table) -> int:
    """Look each value of each column up in a dict."""
    found = 0
    for column in table.columns.values():
        known = dict.fromkeys(column, 0)
        found += sum(map(known.__getitem__, column))
    return found


def ssh(rows: int, chance: random.Random, users: int, addresses: int) -> Table:
    """Return logins, one in five of them refused."""
    columns: dict[str, Sequence[str]] = {
        "event.action": ["ssh-login"] * rows,
        "event.outcome": ["failure" if chance.random() < 0.2 else "success" for _ in range(rows)],
        "user.name": [f"user{chance.randrange(users)}" for _ in range(rows)],
        "source.ip": [f"192.0.2.{chance.randrange(addresses)}" for _ in range(rows)],
        "host.name": ["bastion"] * rows,
    }
    return Table(what="ssh", logsource=SSH, numbers=range(rows), texts=[""] * rows, columns=columns)


def web(rows: int, chance: random.Random, pages: int) -> Table:
    """Return requests; with no number of pages each asks for another."""
    paths = [f"/shop/item/{n if not pages else chance.randrange(pages)}/details.html" for n in range(rows)]
    columns: dict[str, Sequence[str | int]] = {
        "url.path": paths,
        "url.original": [f"{path}?from=mail&id={len(path)}" for path in paths],
        "url.query": ["from=mail"] * rows,
        "http.request.method": ["GET"] * rows,
        "http.response.status_code": [404 if chance.random() < 0.02 else 200 for _ in range(rows)],
        "user_agent.original": [f"Mozilla/5.0 ({chance.randrange(300)})" for _ in range(rows)],
        "http.request.referrer": ["https://www.example.org/"] * rows,
        "source.ip": [f"192.0.2.{chance.randrange(4_000)}" for _ in range(rows)],
    }
    return Table(what="web", logsource=WEB, numbers=range(rows), texts=[""] * rows, columns=columns)


def made_up() -> tuple[Rule, ...]:
    """Return 40 rules with three parts of an address, an agent and a network each."""
    documents = (
        f"title: t{n}\nid: t{n}\nlogsource: {{category: webserver}}\ndetection:\n"
        f"  page: {{url.original|contains: ['/p{n}/', 'x{n}q', '%2e{n}']}}\n"
        f"  agent: {{user_agent.original|contains: 'tool-{n}/', source.ip|cidr: 10.{n}.0.0/16}}\n"
        "  condition: page or agent\n"
        for n in range(MADE_UP)
    )
    return together((f"{n}.yml", text.encode()) for n, text in enumerate(documents)).rules


if __name__ == "__main__":
    sys.exit(main())
