"""AbuseIPDB: reports of abuse about an address.

Says how many reports the last 30 days brought, from how many reporters, the score (0 to 100), the country and the use
of the address. An address about which nothing was reported gives no fact: asked, and nothing known.

Misses: what nobody reports. The free tier answers 1,000 questions a day; more is an error, not an empty answer. The
address leaves the house: the TLP gate asks first.

See: https://docs.abuseipdb.com/#check-endpoint
"""

from collections.abc import Iterator

from tocsin.kit import Context, enricher
from tocsin.model import Fact, Observable

URL = "https://api.abuseipdb.com/api/v2/check"
DAYS = 30  # the service's own default


@enricher(
    takes=("ip",), hosts=("api.abuseipdb.com",), auth="header Key {secret:abuseipdb}", quota="1000/day", tlp="clear"
)
def abuseipdb(seen: Observable, ctx: Context) -> Iterator[Fact]:
    """Yield what AbuseIPDB says of an address."""
    answer = ctx.http.get(URL, ipAddress=seen.value, maxAgeInDays=DAYS)["data"]
    count = answer["totalReports"]
    if not count:
        return
    by = answer.get("numDistinctUsers", 0)
    yield Fact(
        about=seen,
        source="abuseipdb",
        says=f"{count} reports in {DAYS} days, by {by} reporters",
        score=answer["abuseConfidenceScore"],
        data={
            name: answer[name]
            for name in ("countryCode", "usageType", "isp", "isTor", "lastReportedAt")
            if answer.get(name)
        },
        at=ctx.clock.now(),
    )
