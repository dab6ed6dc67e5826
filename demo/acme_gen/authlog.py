"""logs/auth.log: what sshd, sudo, su, cron and logind of three Debian machines told the collector.

The line is that of RFC 3164, section 4.1 (https://www.rfc-editor.org/rfc/rfc3164): no year, no zone. The texts
are those of OpenSSH 9.2 (auth.c, auth2.c, packet.c), of pam_unix and sudo as Debian 12 builds them:
https://manpages.debian.org/bookworm/openssh-server/sshd.8.en.html, https://www.sudo.ws/docs/man/sudoers.man/
(section "Log format"), https://manpages.debian.org/bookworm/libpam-modules/pam_unix.8.en.html.
"""

from collections.abc import Iterator
from random import Random

from acme_gen.day import DAY, MACHINES, STAFF, at, moment, moments, steps
from acme_gen.plan import ACCOUNTS, LOGIN, LOGOUT, Connection, guessing, noise
from acme_gen.world import ADMINS, BUILD, INTRUDER, Person, World, base64_digits

RECORDS = 3_318
HOSTS = ("bastion", "www", "files")
CUT = ((at("13:07:22"), "Nov 22 13:07:"), (at("18:40:11"), "n): session closed for user root"))

Line = tuple[float, str]


def auth_log(world: World) -> list[str]:
    """Return the lines of the day in order of time, two of them cut; their number does not depend on the seed."""
    rng = world.rng("auth")
    lines: list[Line] = [*intrusion(world, rng)]
    for connection in noise(world):
        lines += refused(connection)
    for host in HOSTS:
        lines += cron(host, rng)
    lines += deployments(rng)
    sessions = admin_sessions(world, rng)
    while len(lines) < RECORDS - len(CUT) - 40:
        lines += next(sessions)
    lines += idle(world, rng, RECORDS - len(CUT) - len(lines))
    texts = [(when, f"{moment(when):%b %e %H:%M:%S} {text}") for when, text in lines]
    return [text for _, text in sorted([*texts, *CUT], key=lambda item: item[0])]


def refused(connection: Connection) -> Iterator[Line]:
    """Yield what sshd and PAM write of one connection on which every password was wrong."""
    tag = f"bastion sshd[{connection.pid}]:"
    where = f"from {connection.source} port {connection.port}"
    peer = f"logname= uid=0 euid=0 tty=ssh ruser= rhost={connection.source} "
    user = f" user={connection.user}" if connection.valid else ""
    who = connection.user if connection.valid else f"invalid user {connection.user}"
    first = connection.tries[0] - 1.9
    if not connection.valid:
        yield first, f"{tag} Invalid user {connection.user} {where}"
    for number, when in enumerate(connection.tries):
        if not connection.valid:
            yield max(first, when - 1.8), f"{tag} pam_unix(sshd:auth): check pass; user unknown"
        if number == 0:
            yield first + 0.1, f"{tag} pam_unix(sshd:auth): authentication failure; {peer}{user}"
        yield when, f"{tag} Failed password for {who} {where} ssh2"
    kind = "authenticating user" if connection.valid else "invalid user"
    end = connection.tries[-1] + 0.9
    yield (
        end,
        f"{tag} Connection closed by {kind} {connection.user} {connection.source} port {connection.port} [preauth]",
    )
    if len(connection.tries) > 1:
        more = len(connection.tries) - 1
        yield end, f"{tag} PAM {more} more authentication failure{'s' if more > 1 else ''}; {peer}{user}"


def intrusion(world: World, rng: Random) -> Iterator[Line]:
    """Yield the guessing and the login that follows it."""
    connections = guessing(world)
    for connection in connections:
        yield from refused(connection)
    pid = connections[-1].pid + 9
    port = 51_844
    yield LOGIN, f"bastion sshd[{pid}]: Accepted password for deploy from {INTRUDER} port {port} ssh2"
    yield from session("bastion", "deploy", pid, (LOGIN, LOGOUT), number=rng.randrange(2_000, 2_010))
    yield from goodbye("bastion", "deploy", pid, LOGOUT, f"{INTRUDER} port {port}")


def session(host: str, user: str, pid: int, span: tuple[float, float], *, number: int) -> Iterator[Line]:
    """Yield what PAM and logind say of a session, from its opening to its removal."""
    start, end = span
    tag = f"{host} sshd[{pid}]:"
    uid = uid_of(user)
    yield start + 0.02, f"{tag} pam_unix(sshd:session): session opened for user {user}(uid={uid}) by (uid=0)"
    yield start + 0.05, f"{host} systemd-logind[611]: New session {number} of user {user}."
    yield end + 0.02, f"{tag} pam_unix(sshd:session): session closed for user {user}"
    yield end + 0.1, f"{host} systemd-logind[611]: Session {number} logged out. Waiting for processes to exit."
    yield end + 0.2, f"{host} systemd-logind[611]: Removed session {number}."


def goodbye(host: str, user: str, pid: int, when: float, where: str) -> Iterator[Line]:
    """Yield what sshd says when a client hangs up."""
    yield when, f"{host} sshd[{pid}]: Received disconnect from {where}:11: disconnected by user"
    yield when, f"{host} sshd[{pid}]: Disconnected from user {user} {where}"


def uid_of(user: str) -> int:
    """Return the number of an account of the bastion."""
    return 0 if user == "root" else 1000 + ACCOUNTS.index(user)


def cron(host: str, rng: Random) -> Iterator[Line]:
    """Yield the jobs that run by the clock on every machine."""
    offset = 1.0 + HOSTS.index(host)
    jobs = steps(at("00:05"), DAY - 600, lambda: 600.0) + steps(at("00:17"), DAY - 600, lambda: 3_600.0)
    for number, start in enumerate(sorted(jobs)):
        pid = 1_100 + 11 * number + HOSTS.index(host)
        tag = f"{host} CRON[{pid}]: pam_unix(cron:session):"
        yield start + offset, f"{tag} session opened for user root(uid=0) by (uid=0)"
        yield start + offset + rng.choice((0.1, 0.2, 1.1)), f"{tag} session closed for user root"


def deployments(rng: Random) -> Iterator[Line]:
    """Yield the shop's releases: the build machine logs in with its key, restarts one service, leaves."""
    key = base64_digits(rng, 43)
    for number, start in enumerate(sorted(rng.uniform(at("07:30"), at("19:30")) for _ in range(9))):
        pid, port = 41_000 + 31 * number, rng.randrange(40_000, 60_000)
        end = start + rng.uniform(20, 90)
        where = f"{BUILD} port {port}"
        yield start, f"bastion sshd[{pid}]: Accepted publickey for deploy from {where} ssh2: ED25519 SHA256:{key}"
        yield from session("bastion", "deploy", pid, (start, end), number=2_100 + number)
        yield from sudo("bastion", "deploy", start + 6, "/usr/bin/systemctl restart shop")
        yield from goodbye("bastion", "deploy", pid, end, where)


def sudo(host: str, user: str, when: float, command: str) -> Iterator[Line]:
    """Yield the three lines of one command run as root."""
    where = f"TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND={command}"
    yield when, f"{host} sudo: {user:>8} : {where}"
    opened = f"session opened for user root(uid=0) by {user}(uid={uid_of(user)})"
    yield when, f"{host} sudo: pam_unix(sudo:session): {opened}"
    yield when + 1.2, f"{host} sudo: pam_unix(sudo:session): session closed for user root"


def admin_sessions(world: World, rng: Random) -> Iterator[list[Line]]:
    """Yield, without end, the lines of one administrator's session; some mistype their password once."""
    keys = {user: base64_digits(rng, 43) for user in ADMINS}
    commands = (
        "/usr/bin/systemctl status nginx", "/usr/bin/journalctl -u shop -n 200", "/usr/bin/apt update",
        "/usr/bin/tail -n 100 /var/log/nginx/error.log", "/usr/bin/systemctl reload nginx", "/usr/bin/ss -ltnp",
    )  # fmt: skip
    number = 0
    while True:
        number += 1
        person = world.person(rng.choice(ADMINS))
        start = moments(rng, 1, STAFF, until=at("22:30"))[0]
        end = start + rng.uniform(120, 4_000)
        host = rng.choice(HOSTS)
        pid, port = 50_000 + 13 * number, rng.randrange(40_000, 61_000)
        where = f"{person.address} port {port}"
        lines: list[Line] = []
        if number % 9 == 4:
            lines += mistyped(host, person, start - 7, rng)
            how = "ssh2"
            lines.append((start, f"{host} sshd[{pid}]: Accepted password for {person.user} from {where} {how}"))
        else:
            how = f"ssh2: ED25519 SHA256:{keys[person.user]}"
            lines.append((start, f"{host} sshd[{pid}]: Accepted publickey for {person.user} from {where} {how}"))
        lines += session(host, person.user, pid, (start, end), number=3_000 + number)
        for when in sorted(rng.uniform(start + 5, end - 5) for _ in range(rng.randrange(0, 5))):
            lines += sudo(host, person.user, when, rng.choice(commands))
        if number % 7 == 3:
            lines += switch_user(host, person.user, (start + 40, start + 70), 50_001 + 13 * number)
        lines += goodbye(host, person.user, pid, end, where)
        yield lines


def mistyped(host: str, person: Person, when: float, rng: Random) -> Iterator[Line]:
    """Yield one wrong password of somebody who gets it right the next time."""
    pid, port = rng.randrange(70_000, 79_000), rng.randrange(40_000, 61_000)
    peer = f"logname= uid=0 euid=0 tty=ssh ruser= rhost={person.address}  user={person.user}"
    yield when - 2, f"{host} sshd[{pid}]: pam_unix(sshd:auth): authentication failure; {peer}"
    yield when, f"{host} sshd[{pid}]: Failed password for {person.user} from {person.address} port {port} ssh2"
    closed = f"Connection closed by authenticating user {person.user} {person.address} port {port} [preauth]"
    yield when + 2, f"{host} sshd[{pid}]: {closed}"


def switch_user(host: str, user: str, span: tuple[float, float], pid: int) -> Iterator[Line]:
    """Yield a visit to the database's account."""
    tag = f"{host} su[{pid}]:"
    opened = f"session opened for user postgres(uid=115) by {user}(uid=0)"
    yield span[0], f"{tag} (to postgres) {user} on pts/1"
    yield span[0], f"{tag} pam_unix(su-l:session): {opened}"
    yield span[1], f"{tag} pam_unix(su-l:session): session closed for user postgres"


def idle(world: World, rng: Random, count: int) -> Iterator[Line]:
    """Yield `count` lines of clients that came and said nothing: load balancers, crawlers, dead peers."""
    for number, when in enumerate(moments(rng, count, MACHINES)):
        tag = f"bastion sshd[{60_100 + 5 * number}]:"
        source, port = rng.choice(world.outside.guessers), rng.randrange(33_000, 60_000)
        texts = (
            "error: kex_exchange_identification: Connection closed by remote host",
            f"Connection closed by {source} port {port}",
            f"Connection reset by {source} port {port}",
            f"banner exchange: Connection from {source} port {port}: invalid format",
        )
        yield when, f"{tag} {rng.choice(texts)}"
