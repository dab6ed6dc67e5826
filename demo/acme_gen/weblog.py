"""logs/www-access.log.gz: the shop's nginx, in its predefined `combined` format.

https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format. The traversal requests are answered as nginx
answers them: it resolves `..` before it looks for a file, so that a path which stays inside the site ends in a
plain 404 (one that climbed above the root would be a 400).
"""

from collections.abc import Iterator
from random import Random

from acme_gen.day import DAY, MACHINES, SHOPPERS, STAFF, at, moment, moments, steps
from acme_gen.plan import TRAVERSAL_STARTS, TRAVERSALS
from acme_gen.world import MONITOR, OFFICE, PROBER, World

RECORDS = 19_440
SITE = "https://www.acme.example"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6"
BROWSERS = (
    f"{WINDOWS} {CHROME} Safari/537.36",
    f"{WINDOWS} {CHROME} Safari/537.36 Edg/142.0.0.0",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {WEBKIT} Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
)
CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
)
ASSETS = (
    "/assets/shop.4f1c.css", "/assets/shop.9ab2.js", "/assets/logo.svg", "/assets/fonts/text.woff2",
    "/assets/vendor.77d0.js", "/favicon.ico",
)  # fmt: skip
GOODS = ("lantern", "tent", "stove", "backpack", "boots", "jacket", "rope", "compass", "flask", "blanket", "knife")
SEARCHED = ("tent", "tent 2 person", "stove gas", "winter boots", "rain jacket", "gift card", "head torch")
FILES = ("etc/passwd", "etc/shadow", "etc/hosts", "proc/self/environ", "windows/win.ini", "var/www/shop/config.php")
FORMS = (
    "/assets/img/products/../../../{file}",
    "/assets/fonts/../../{file}",
    "/shop/media/thumbs/small/../../../../{file}",
    "/download?file=../../../../../../{file}",
    "/index.php?page=../../../../{file}%00",
    "/view?template=..%2f..%2f../../{file}",
)
Hit = tuple[float, str]


def web_log(world: World) -> list[str]:
    """Return the lines of the day in order of time; their number does not depend on the seed."""
    rng = world.rng("web")
    hits: list[Hit] = [*traversal(rng), *monitor(rng), *crawl(world, rng, 1_150)]
    visits = browse(world, rng)
    while len(hits) < RECORDS - 60:
        hits += next(visits)
    beats = moments(rng, RECORDS - len(hits), STAFF)
    hits += [hit(when, OFFICE, "GET /api/stock", 200, 912, f"{SITE}/admin/stock", BROWSERS[0]) for when in beats]
    return [text for _, text in sorted(hits, key=lambda item: item[0])]


def hit(  # noqa: PLR0917  # the parts of a line of the log, in its order
    when: float, source: str, asked: str, status: int, size: int, referrer: str, agent: str
) -> Hit:
    """Return one line of the log and its time."""
    stamp = moment(when).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return when, f'{source} - - [{stamp}] "{asked} HTTP/1.1" {status} {size} "{referrer}" "{agent}"'


def traversal(rng: Random) -> Iterator[Hit]:
    """Yield the 57 requests for files above the site, all answered 404."""
    when = TRAVERSAL_STARTS
    for number in range(TRAVERSALS):
        asked = FORMS[number % len(FORMS)].format(file=FILES[(number // len(FORMS)) % len(FILES)])
        if number >= len(FORMS) * len(FILES):
            asked = asked.replace("../", "./../", 1)
        yield hit(when, PROBER, f"GET {asked}", 404, 153, "-", BROWSERS[5])
        when += rng.uniform(1.5, 5)


def monitor(rng: Random) -> Iterator[Hit]:
    """Yield the health check of every minute."""
    agent = "check_http/v2.3.3 (monitoring-plugins 2.3.3)"
    for when in steps(7.0, DAY - 1, lambda: 60.0):
        yield hit(when + rng.random(), MONITOR, "GET /healthz", 200, 2, "-", agent)


def crawl(world: World, rng: Random, count: int) -> Iterator[Hit]:
    """Yield the search engines; they ask for goods that are no longer sold, too."""
    agents = {source: CRAWLERS[n % len(CRAWLERS)] for n, source in enumerate(world.outside.crawlers)}
    for when in moments(rng, count, MACHINES):
        source = rng.choice(world.outside.crawlers)
        kind = rng.random()
        if kind < 0.04:
            asked, status, size = "GET /robots.txt", 200, 118
        elif kind < 0.1:
            asked, status, size = f"GET /p/{rng.choice(GOODS)}-{rng.randrange(100, 140)}", 404, 2_140
        else:
            asked, status, size = f"GET {product(rng)}", rng.choice((200, 200, 200, 304)), rng.randrange(9_000, 24_000)
        yield hit(when, source, asked, status, 0 if status == 304 else size, "-", agents[source])


def product(rng: Random) -> str:
    """Return the path of something that is sold."""
    return f"/p/{rng.choice(GOODS)}-{rng.randrange(140, 420)}"


def browse(world: World, rng: Random) -> Iterator[list[Hit]]:
    """Yield, without end, the hits of one visit to the shop."""
    agents = {source: rng.choice(BROWSERS) for source in world.outside.shoppers}
    seen: set[str] = set()
    while True:
        start = moments(rng, 1, SHOPPERS, until=at("23:20"))[0]
        source = OFFICE if rng.random() < 0.06 else rng.choice(world.outside.shoppers)
        yield [
            *visit(rng, start, source, agents.get(source, BROWSERS[1]), returning=source in seen and rng.random() < 0.4)
        ]
        seen.add(source)


def visit(rng: Random, start: float, source: str, agent: str, *, returning: bool) -> Iterator[Hit]:
    """Yield one visit: a page with what belongs to it, more pages, sometimes a purchase."""
    referrer = rng.choice(("-", "-", "https://search.example/", "https://deals.example/black-friday"))
    path, when = rng.choice(("/", "/", "/sale/black-friday", product(rng))), start
    for page in range(min(int(rng.paretovariate(1.1)), 9)):
        yield hit(when, source, f"GET {path}", 200, rng.randrange(9_000, 26_000), referrer, agent)
        referrer = SITE + path
        pictures = [f"/assets/img/{number}.webp" for number in rng.sample(range(100, 1000), rng.randrange(1, 4))]
        for asset in ASSETS if page == 0 else pictures:
            status = 304 if returning and page == 0 else 200
            size = 0 if status == 304 else 1_200 + 37 * len(asset) * rng.randrange(3, 40)
            yield hit(when + rng.uniform(0.05, 0.9), source, f"GET {asset}", status, size, referrer, agent)
        when += rng.uniform(6, 95)
        query = rng.choice(SEARCHED).replace(" ", "+")
        path = rng.choice((product(rng), product(rng), f"/search?q={query}", "/cart"))
    if rng.random() < 0.16:
        yield hit(when, source, "POST /api/cart", 201, 344, referrer, agent)
        yield hit(when + 30, source, "POST /login", rng.choice((302, 302, 302, 401)), 0, f"{SITE}/login", agent)
        yield hit(when + 71, source, "POST /checkout", 302, 0, f"{SITE}/checkout", agent)
    elif rng.random() < 0.02:
        yield hit(when, source, f"GET {path}", rng.choice((499, 502)), 0, referrer, agent)
