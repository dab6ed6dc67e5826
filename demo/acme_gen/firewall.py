"""logs/fw-edge.log: traffic logs of a FortiGate, one line a session, as the device itself writes them.

Field names, their order and the log ids 0000000013 (forward traffic) and 0001000014 (local traffic) follow
the FortiOS Log Message Reference: https://docs.fortinet.com/document/fortigate/7.4.5/fortios-log-message-reference/
(messages 3, 13 and 14; "Log schema structure"). FortiGate calls the country of every address in a private or
documentation network "Reserved". A line is written when the session ends; the threat weight of a denied
session (crscore 30, craction 131072, crlevel high) is the device's default.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from acme_gen.day import DAY, MACHINES, SHOPPERS, STAFF, hexes, moment, moments
from acme_gen.plan import LOGIN, LOGOUT, SCAN_SECONDS, SCAN_STARTS, SCANNED_PORTS, guessing, noise
from acme_gen.world import BASTION, DC1, DC2, FILES, FIREWALL, INTRUDER, MAIL, OFFICE, VPN, WWW, World

RECORDS = 21_904
SERVICES = {
    (6, 22): "SSH", (6, 23): "TELNET", (6, 25): "SMTP", (6, 80): "HTTP", (6, 443): "HTTPS", (6, 445): "SMB",
    (6, 3389): "RDP", (17, 53): "DNS", (17, 123): "NTP", (17, 161): "SNMP", (17, 500): "IKE", (6, 587): "SMTPS",
    (17, 5060): "SIP", (17, 443): "udp/443",
}  # fmt: skip
# What the internet knocks at, most wanted first: telnet, SMB, RDP, databases, cameras, VoIP.
WANTED = (
    (6, 23), (6, 23), (6, 445), (6, 3389), (17, 5060), (6, 2323), (6, 8080), (6, 6379), (6, 1433), (6, 5900),
    (6, 81), (6, 8443), (6, 9200), (6, 5555), (17, 161), (17, 1900), (6, 37215), (6, 3306), (6, 8728), (17, 123),
)  # fmt: skip
LAN, DMZ, WAN = ('"lan"', '"lan"'), ('"dmz"', '"dmz"'), ('"wan1"', '"wan"')
SELF = ('"root"', '"undefined"')


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session as the firewall sees it; `ended` is when its line is written."""

    ended: float
    source: str
    source_port: int
    target: str
    target_port: int
    action: str
    policy: int
    came: tuple[str, str] = WAN
    went: tuple[str, str] = DMZ
    protocol: int = 6
    seconds: int = 0
    sent: int = 0
    received: int = 0
    local: bool = False


def firewall_log(world: World) -> list[str]:
    """Return the lines of the day in order of time; their number does not depend on the seed."""
    rng = world.rng("firewall")
    sessions = [*scan(rng), *ssh(world, rng), *knocks(world, rng, 6_900), *own(world, rng, 640)]
    sessions += [*inbound(world, rng, 3_900), *inside(world, rng, 350)]
    sessions += outbound(world, rng, RECORDS - len(sessions))
    sessions.sort(key=lambda session: session.ended)
    return [line(session, 20_110_000 + 3 * number, rng) for number, session in enumerate(sessions)]


def line(session: Session, number: int, rng: Random) -> str:
    """Return one line in the device's own key=value form."""
    when = moment(session.ended)
    denied = session.action == "deny"
    service = SERVICES.get((session.protocol, session.target_port))
    service = service or f"{'tcp' if session.protocol == 6 else 'udp'}/{session.target_port}"
    nanoseconds = int(when.timestamp()) * 1_000_000_000 + when.microsecond * 1000 + rng.randrange(1000)
    parts = [
        f'date={when:%Y-%m-%d} time={when:%H:%M:%S} devname="fw-edge" devid="FGT60FTK00000000" eventtime={nanoseconds}',
        f'tz="+0000" logid="{"0001000014" if session.local else "0000000013"}" type="traffic"',
        f'subtype="{"local" if session.local else "forward"}" level="notice" vd="root"',
        f"srcip={session.source} srcport={session.source_port} srcintf={session.came[0]} srcintfrole={session.came[1]}",
        f"dstip={session.target} dstport={session.target_port} dstintf={session.went[0]} dstintfrole={session.went[1]}",
        f'srccountry="Reserved" dstcountry="Reserved" sessionid={number} proto={session.protocol}',
        f'action="{session.action}" policyid={session.policy}',
        f'policytype="{"local-in-policy" if session.local else "policy"}"',
    ]
    if session.policy:
        parts.append(f'poluuid="{POLICIES[session.policy][0]}" policyname="{POLICIES[session.policy][1]}"')
    parts.append(f'service="{service}"')
    if session.came is LAN and session.went is WAN and not denied:
        parts.append(f'trandisp="snat" transip={OFFICE} transport={session.source_port}')
    else:
        parts.append('trandisp="noop"')
    parts.append(f"duration={session.seconds} sentbyte={session.sent} rcvdbyte={session.received}")
    sent, received = packets(session.sent), packets(session.received)
    parts.append(f'sentpkt={sent} rcvdpkt={received} appcat="unscanned"')
    if denied and not session.local:
        parts.append('crscore=30 craction=131072 crlevel="high"')
    return " ".join(parts)


def policy_ids() -> dict[int, tuple[str, str]]:
    """Return the firewall's policies by number, each with its UUID and name."""
    rng = Random("policies")  # the UUID of a policy is a name, and the same in every demo
    names = {2: "lan-to-internet", 5: "internet-to-shop", 6: "internet-to-mail", 7: "internet-to-vpn"}
    names |= {8: "ssh-to-bastion", 11: "dmz-to-servers", 12: "lan-to-servers"}
    uuids = (f"{hexes(rng, 8)}-{hexes(rng, 4)}-51ef-{hexes(rng, 4)}-{hexes(rng, 12)}" for _ in names)
    return {number: (uuid, name) for (number, name), uuid in zip(names.items(), uuids, strict=True)}


POLICIES = policy_ids()


def packets(size: int) -> int:
    """Return the packets that carry so many bytes."""
    return 0 if size == 0 else 2 + size // 1100


def port(rng: Random) -> int:
    """Return a port that a client would choose."""
    return rng.randrange(32_768, 61_000)


def scan(rng: Random) -> Iterator[Session]:
    """Yield the port scan: 214 ports of the bastion, a few asked twice, all denied."""
    ports = {1, 7, 21, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 443, 445, 873, 993, 1433, 2049, 3306, 3389, 5432}
    while len(ports) < SCANNED_PORTS:
        ports.add(rng.choice((rng.randrange(1, 1024), rng.randrange(1024, 10_000), rng.randrange(10_000, 65_000))))
        ports.discard(22)  # which the policy lets through, so the scan saw it open
    order = sorted(ports)
    rng.shuffle(order)
    own_port = port(rng)
    gap = SCAN_SECONDS / len(order)
    for number, target in enumerate(order):
        denied = Session(
            ended=SCAN_STARTS + number * gap + rng.random() * gap / 2,
            source=INTRUDER,
            source_port=own_port,
            target=BASTION,
            target_port=target,
            action="deny",
            policy=0,
        )
        yield denied
        if number % 13 == 6:  # no answer came, so the scanner asks again
            yield replace(denied, ended=denied.ended + 1.1, source_port=own_port + 1)
    yield Session(
        ended=SCAN_STARTS + SCAN_SECONDS / 2, source=INTRUDER, source_port=own_port, target=BASTION, target_port=22,
        action="client-rst", policy=8, seconds=1, sent=84, received=44,
    )  # fmt: skip


def ssh(world: World, rng: Random) -> Iterator[Session]:
    """Yield the sessions of everybody from outside who talked to the bastion's sshd."""
    for connection in (*guessing(world), *noise(world)):
        length = int(connection.tries[-1] - connection.tries[0]) + 2
        yield Session(
            ended=min(connection.tries[-1] + rng.uniform(1, 2.5), DAY - 1), source=connection.source,
            source_port=connection.port, target=BASTION, target_port=22, action="close", policy=8, seconds=length,
            sent=1_700 + 210 * len(connection.tries), received=2_300 + 170 * len(connection.tries),
        )  # fmt: skip
    yield Session(
        ended=LOGOUT, source=INTRUDER, source_port=51_844, target=BASTION, target_port=22, action="close", policy=8,
        seconds=int(LOGOUT - LOGIN), sent=48_212, received=391_776,
    )  # fmt: skip


def knocks(world: World, rng: Random, count: int) -> Iterator[Session]:
    """Yield the noise of the internet: many addresses, each after one or two ports of random neighbours."""
    tastes = {source: rng.sample(WANTED, rng.choice((1, 1, 2))) for source in world.outside.knockers}
    eager = rng.choices(world.outside.knockers, weights=[min(rng.paretovariate(1.6), 4) for _ in tastes], k=count)
    for when, source in zip(moments(rng, count, MACHINES), eager, strict=True):
        protocol, target_port = rng.choice(tastes[source])
        yield Session(
            ended=when, source=source, source_port=port(rng), target=f"198.51.100.{rng.randrange(2, 255)}",
            target_port=target_port, protocol=protocol, action="deny", policy=0,
        )  # fmt: skip


def own(world: World, rng: Random, count: int) -> Iterator[Session]:
    """Yield what knocks at the firewall's own address, and the broadcasts of the office."""
    for when in moments(rng, count, MACHINES):
        if rng.random() < 0.4:
            target_port, protocol = rng.choice(((22, 6), (23, 6), (8443, 6), (443, 6), (161, 17)))
            source, came, target = rng.choice(world.outside.knockers[70:]), WAN, FIREWALL
        else:
            target_port, protocol = rng.choice(((137, 17), (138, 17), (5353, 17)))
            source, came, target = rng.choice(world.people).address, LAN, "10.20.255.255"
        yield Session(
            ended=when, source=source, source_port=port(rng), target=target, target_port=target_port, came=came,
            went=SELF, protocol=protocol, action="deny", policy=0, local=True,
        )  # fmt: skip


def inbound(world: World, rng: Random, count: int) -> Iterator[Session]:
    """Yield the shop's visitors, incoming mail and staff at home on the VPN."""
    for when in moments(rng, count, SHOPPERS):
        kind = rng.random()
        if kind < 0.76:
            source, target, target_port, policy = rng.choice(world.outside.shoppers), WWW, 443, 5
        elif kind < 0.8:
            source, target, target_port, policy = rng.choice(world.outside.shoppers), WWW, 80, 5
        elif kind < 0.94:
            source, target, target_port, policy = rng.choice(world.outside.servers), MAIL, 25, 6
        else:
            source, target, target_port, policy = rng.choice(world.outside.homes), VPN, 443, 7
        action = rng.choices(("close", "client-rst", "timeout", "server-rst"), weights=(80, 12, 5, 3))[0]
        yield Session(
            ended=when, source=source, source_port=port(rng), target=target, target_port=target_port, action=action,
            policy=policy, seconds=int(rng.paretovariate(0.9)) + 1, sent=int(900 * rng.paretovariate(1.2)),
            received=int(4_000 * rng.paretovariate(1.1)),
        )  # fmt: skip


def inside(world: World, rng: Random, count: int) -> Iterator[Session]:
    """Yield the way from the office to the servers, and the few things that staff may not do."""
    for when in moments(rng, count, STAFF):
        person = rng.choice(world.people)
        allowed = rng.random() < 0.86
        target, target_port = rng.choice(((DC1, 88), (DC1, 389), (DC2, 445), (FILES, 445)))
        if not allowed:
            target, target_port = rng.choice(world.outside.servers), rng.choice((25, 6881, 8333))
        yield Session(
            ended=when, source=person.address, source_port=port(rng), target=target, target_port=target_port,
            action="close" if allowed else "deny", policy=12 if allowed else 0, came=LAN,
            went=('"servers"', '"lan"') if allowed else WAN, seconds=rng.randrange(1, 900) if allowed else 0,
            sent=rng.randrange(800, 90_000) if allowed else 0, received=rng.randrange(900, 400_000) if allowed else 0,
        )  # fmt: skip


def outbound(world: World, rng: Random, count: int) -> Iterator[Session]:
    """Yield what staff and servers ask of the internet: web, names, time."""
    for when in moments(rng, count, tuple(2 * hour + 6 for hour in STAFF)):
        hour = int(when // 3600)
        staffed = rng.random() * (STAFF[hour] + 3) > 3
        source, came = (rng.choice(world.people).address, LAN) if staffed else (rng.choice((DC1, FILES)), LAN)
        protocol, target_port = rng.choices(
            ((6, 443), (17, 53), (17, 443), (6, 80), (17, 123)), weights=(58, 20, 12, 6, 4)
        )[0]
        quick = target_port in (53, 123)
        action = "accept" if protocol == 17 else rng.choices(("close", "client-rst", "timeout"), weights=(82, 12, 6))[0]
        yield Session(
            ended=when, source=source, source_port=port(rng), target=rng.choice(world.outside.servers),
            target_port=target_port, protocol=protocol, action=action, policy=2, came=came, went=WAN,
            seconds=180 if quick else min(int(rng.paretovariate(0.6)) + 1, 3_600),
            sent=rng.randrange(60, 90) if quick else int(1_400 * rng.paretovariate(1.1)),
            received=rng.randrange(76, 300) if quick else int(5_200 * rng.paretovariate(1.0)),
        )  # fmt: skip
