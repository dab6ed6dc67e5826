"""Text from outside made safe to show: no terminal escapes, no live links, no spreadsheet formulas."""

import re

# C0 and C1 controls, line and paragraph separators, zero-width and bidirectional controls, and lone surrogates:
# each can move the cursor, hide text or reorder it (https://trojansource.codes). Tab stays.
UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)

# What ends a name that can be clicked: country codes and the generic domains that abuse reports name most. A closed
# list, since `yaml.load` or `os.system` must stay readable; a URL with a scheme is defanged whatever it ends in.
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cd "
    "cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd "
    "ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke "
    "kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc me mg mh mk ml mm mn mo mp mq mr ms mt mu "
    "mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pm pn pr pt pw qa re ro ru rw sa sd se "
    "sg si sk sl sm sn sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va "
    "ve vg vi vn vu wf ws ye yt za zm zw"
)
_GENERIC = (
    "com net org info biz name pro edu gov mil int arpa aero asia cat coop jobs mobi museum tel travel xxx example "
    "test invalid onion app art autos bar bond beauty bet best bid blog business buzz cam cards careers casa cash "
    "center cfd chat city cleaning click cloud club codes company cyou date design dev digital direct download email "
    "energy express fit fun fund games global group guru hair help homes host house icu ink international juegos kim "
    "lat life link live llc loan lol london ltd makeup market marketing media men mom monster motorcycles network "
    "news ninja one online page party photos pics plus press pub pw quest racing rent rest review rocks run sbs "
    "science security shop show site skin solutions space store stream studio surf support systems team tech today "
    "tokyo tools top trade tube uno vip wang webcam website wiki win work works world wtf xin xyz yachts zone"
)
_TOPS = frozenset((*_COUNTRIES.split(), *_GENERIC.split()))
_HOST = re.compile(
    r"(?<![\w./\\\[@-])((?:[\w.+-]{1,64}@)?(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62})\.){1,8})([a-zA-Z]{2,24})"
    r"(?![\w(\[-]|\.\w)"
)
_SCHEME = re.compile(r"\b(h)tt(ps?)://([^/\s:?#]*)", re.IGNORECASE)


def safe(text: str) -> str:
    r"""Return a text that can neither steer a terminal nor deceive a reader.

    Every control, hiding or reordering character is written as `\x1b` or `\u202e`.
    """
    if text.isascii() and text.isprintable():
        return text
    return UNSAFE.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def defang(text: str, own: frozenset[str] = frozenset()) -> str:
    """Return a text whose URLs and domains cannot be clicked: `hxxps://example[.]net`.

    Addresses stay bare, people paste them; so do names of our own domains (`own`, lower case) and file names.
    """
    text = _SCHEME.sub(lambda found: f"{found[1]}xx{found[2]}://{_HOST.sub(_bracket, found[3])}", text)
    return _HOST.sub(lambda found: _defang_host(found, own), text)


def _bracket(found: re.Match[str]) -> str:
    return f"{found[1][:-1]}[.]{found[2]}"


def _defang_host(found: re.Match[str], own: frozenset[str]) -> str:
    name, top = found[1], found[2]
    host = (name + top).rpartition("@")[2].lower()
    if top.lower() not in _TOPS or any(host == domain or host.endswith("." + domain) for domain in own):
        return found[0]
    return _bracket(found)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 finding`, `2,114 findings`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    A quote stands before `=`, `+`, `-`, `@`, tab.
    """
    # OWASP, CSV injection: https://owasp.org/www-community/attacks/CSV_Injection
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
