"""CISA KEV: vulnerabilities that are known to be exploited.

One indicator for each CVE of the catalogue: since when it stands there, by when US agencies must have mended it, and
whether ransomware is known to use it. The catalogue is read whole and given again only when its version changed.

Misses: what is exploited and not in the catalogue; entries that CISA took out again stay with whoever has read them.

See: https://www.cisa.gov/known-exploited-vulnerabilities-catalog
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tocsin.kit import Context, Cursor, feed
from tocsin.model import Indicator, Observable, ObservableType

URL = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"


@feed(hosts=("www.cisa.gov",), format="json", every="6h", tlp="clear")
def cisa_kev(cursor: Cursor, ctx: Context) -> tuple[Sequence[Indicator], Cursor]:
    """Return the catalogue as indicators.

    Nothing when it is the one that was read last.
    """
    catalogue = ctx.http.get(URL)
    version = catalogue["catalogVersion"]
    if version == cursor.get("version"):
        return (), cursor
    found = tuple(_indicators(catalogue["vulnerabilities"]))
    ctx.log("read the catalogue", version=version, entries=len(found))
    return found, Cursor({"version": version})


def _indicators(entries: Sequence[dict[str, Any]]) -> Iterator[Indicator]:
    """Yield an indicator for each entry."""
    for entry in entries:
        ransomware = entry.get("knownRansomwareCampaignUse") == "Known"
        yield Indicator(
            about=Observable(type=ObservableType.CVE, value=entry["cveID"]),
            source="cisa-kev",
            confidence=100,  # an entry needs evidence of exploitation (BOD 22-01)
            first=datetime.strptime(entry["dateAdded"], "%Y-%m-%d").replace(tzinfo=UTC),
            tags=(
                "known-exploited",
                *(["ransomware"] if ransomware else []),
                *([f"due:{entry['dueDate']}"] if entry.get("dueDate") else []),
            ),
        )
