"""What the flow of kit/origins.py knows by name: sources of outside text, functions that pass it on, and cleaners.

Names are as `Scopes.resolve` gives them. What an outside thing has and does is outside too: `sys.argv` covers
`sys.argv[1].strip()`, `requests.get()` covers `requests.get(url).json()["name"]`.
"""

from enum import StrEnum


class Source(StrEnum):
    """Where outside text enters a program."""

    WEB = "web"
    NETWORK = "network"
    ARGUMENT = "argument"
    INPUT = "input"
    FILE = "file"
    ENVIRONMENT = "environment"


WORDS = {
    Source.WEB: "text of a web request",
    Source.NETWORK: "text from the network",
    Source.ARGUMENT: "command-line argument",
    Source.INPUT: "typed input",
    Source.FILE: "text of a file",
    Source.ENVIRONMENT: "environment variable",
}

_CLIENTS = ("requests", "requests.Session()", "requests.session()", "httpx", "httpx.Client()", "httpx.AsyncClient()",
            "aiohttp.ClientSession()", "urllib3.PoolManager()")
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")

SOURCES: dict[str, Source] = {
    **{f"{client}.{verb}()": Source.NETWORK for client in _CLIENTS for verb in _VERBS},
    "urllib.request.urlopen()": Source.NETWORK, "urllib2.urlopen()": Source.NETWORK,
    "urllib.request.build_opener().open()": Source.NETWORK, "feedparser.parse()": Source.NETWORK,
    "socket.socket().recv()": Source.NETWORK, "socket.create_connection().recv()": Source.NETWORK,
    "http.client.HTTPSConnection().getresponse()": Source.NETWORK,
    "http.client.HTTPConnection().getresponse()": Source.NETWORK,
    "flask.request": Source.WEB, "bottle.request": Source.WEB,
    "sys.argv": Source.ARGUMENT,
    "argparse.ArgumentParser().parse_args()": Source.ARGUMENT,
    "argparse.ArgumentParser().parse_known_args()": Source.ARGUMENT,
    "optparse.OptionParser().parse_args()": Source.ARGUMENT, "getopt.getopt()": Source.ARGUMENT,
    "docopt.docopt()": Source.ARGUMENT,
    "input": Source.INPUT, "input()": Source.INPUT, "raw_input()": Source.INPUT, "sys.stdin": Source.INPUT,
    "getpass.getpass()": Source.INPUT, "fileinput.input()": Source.INPUT, "click.prompt()": Source.INPUT,
    "open()": Source.FILE, "io.open()": Source.FILE, "codecs.open()": Source.FILE,
    "pathlib.Path().read_text()": Source.FILE, "pathlib.Path().read_bytes()": Source.FILE,
    "pathlib.Path().open()": Source.FILE, "csv.reader()": Source.FILE, "csv.DictReader()": Source.FILE,
    "os.environ": Source.ENVIRONMENT, "os.getenv()": Source.ENVIRONMENT, "os.environb": Source.ENVIRONMENT,
}

# A function under one of these decorators is given its parameters from outside.
FRAMEWORK_MARKS: dict[str, Source] = {
    "click.command()": Source.ARGUMENT, "click.option()": Source.ARGUMENT, "click.argument()": Source.ARGUMENT,
    "typer.Typer().command()": Source.ARGUMENT, "route(": Source.WEB,
}

# What they return holds no text of an outsider that could do harm: numbers, quoted text, checked forms, fixed places.
CLEAN = frozenset({
    "int", "float", "bool", "len", "hash", "id", "ord", "abs", "round", "complex", "isinstance",
    "shlex.quote", "pipes.quote", "shlex.join", "uuid.UUID", "uuid.uuid4", "uuid.uuid1", "time.time",
    "datetime.datetime.now", "datetime.date.today", "time.strftime", "os.getpid", "os.getuid", "os.geteuid",
    "sys.executable", "sys.platform", "sys.prefix", "os.sep", "os.linesep", "os.name", "os.curdir", "os.devnull",
    "os.cpu_count", "platform.system", "platform.machine", "shutil.which", "ipaddress.IPv4Address",
    "ipaddress.IPv4Network", "ipaddress.ip_network", "tempfile.mkdtemp", "tempfile.gettempdir", "string.ascii_letters",
    "string.digits", "secrets.token_hex", "secrets.token_urlsafe", "binascii.hexlify", "hashlib.sha256",
    "urllib.parse.quote", "urllib.parse.quote_plus", "html.escape", "re.escape",
})
CLEAN_TYPES = frozenset({"int", "float", "bool", "uuid.UUID", "ipaddress.IPv4Address", "ipaddress.IPv4Network",
                         "ipaddress.ip_network", "datetime.date", "datetime.datetime", "decimal.Decimal"})

# Functions that hand on what they are given.
PASSING = frozenset({
    "str", "repr", "bytes", "bytearray", "list", "tuple", "sorted", "reversed", "set", "iter", "next", "enumerate",
    "zip", "max", "min", "map", "filter", "format", "dict", "vars", "getattr", "json.loads", "json.load",
    "yaml.safe_load", "tomllib.loads", "tomllib.load", "csv.reader", "csv.DictReader", "os.path.join",
    "os.path.abspath", "os.path.expanduser", "os.path.basename", "os.path.dirname", "os.path.realpath",
    "os.path.normpath", "os.fspath", "pathlib.Path", "shlex.split", "re.sub", "re.split", "re.findall",
    "textwrap.dedent", "urllib.parse.unquote", "urllib.parse.urlparse", "urllib.parse.urljoin", "base64.b64decode",
    "codecs.decode", "copy.copy", "copy.deepcopy", "xml.etree.ElementTree.fromstring", "itertools.chain",
})
METHODS = frozenset({
    "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "partition", "rpartition", "format", "format_map",
    "join", "replace", "lower", "upper", "title", "casefold", "removeprefix", "removesuffix", "expandtabs", "ljust",
    "rjust", "zfill", "decode", "encode", "read", "readline", "readlines", "read_text", "read_bytes", "get", "pop",
    "items", "values", "keys", "json", "copy", "group", "groups", "groupdict", "absolute", "resolve", "as_posix",
    "with_suffix", "joinpath", "translate", "getvalue", "find", "findall", "iter", "text", "content",
})
