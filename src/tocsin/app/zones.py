"""Which clock a log without a zone was written by: what was asked for, else what the estate says of the host."""

from ipaddress import ip_address, ip_network
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.ingest.when import Zones
from tocsin.model import UserError
from tocsin.model.estate import Estate


def zones_of(estate: Estate, tz: str) -> Zones:
    """Return the zones in force; raises UserError for a zone that does not exist."""
    told = None if tz in ("", "UTC") else zone_named(tz)
    networks = [(ip_network(n.cidr, strict=False), zone_named(n.timezone)) for n in estate.network if n.timezone]
    addresses = {host.name.lower(): host.addresses for host in estate.host}

    def of_host(name: str) -> ZoneInfo | None:
        for text in (name, *addresses.get(name.lower(), ())):
            try:
                address = ip_address(text)
            except ValueError:
                continue
            for network, zone in networks:
                if address in network:
                    return zone
        return None

    return Zones(told, of_host if networks else None)


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its name; raises UserError for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UserError(f"there is no time zone {name!r}", hint="as Europe/Berlin or UTC") from error
