"""Rules on what the package's code may do."""

import ast
from collections.abc import Iterator, Sequence

from tests.house.sources import Source

UNSAFE_MODULES = frozenset({"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle"})
UNSAFE_CALLS = {
    "eval": "runs text as code", "exec": "runs text as code", "__import__": "importlib says what is meant",
    "yaml.load": "reads objects; use the safe loader's own functions", "yaml.full_load": "reads objects",
    "yaml.unsafe_load": "reads objects", "yaml.load_all": "reads objects", "os.system": "is a shell",
    "os.popen": "is a shell", "subprocess.getoutput": "is a shell", "subprocess.getstatusoutput": "is a shell",
    "tempfile.mktemp": "leaves a race", "xml.sax.parse": "expands entities",
}  # fmt: skip
POSIX_MODULES = frozenset({"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"})
POSIX_OS = frozenset(
    """fork forkpty getuid geteuid getgid getegid getgroups setuid seteuid setgid setegid setgroups setsid setpgid
    getpgid killpg wait wait3 wait4 waitid mkfifo mknod chown lchown fchown fchmod chroot nice getpriority setpriority
    uname getloadavg sched_getaffinity sched_setaffinity posix_spawn posix_fadvise pread preadv pwrite sysconf openpty
    WNOHANG O_NOFOLLOW O_DIRECTORY O_NONBLOCK O_CLOEXEC SEEK_DATA SEEK_HOLE statvfs""".split()
)
POSIX_SIGNAL = frozenset(
    """SIGALRM SIGKILL SIGHUP SIGUSR1 SIGUSR2 SIGCHLD SIGPIPE SIGSTOP SIGCONT SIGQUIT SIGTSTP alarm setitimer
    getitimer pause pthread_kill pthread_sigmask sigwait""".split()
)
ONE_PLACE = {  # who alone may import a way to reach the outside: one way to do each thing
    "click": ("cli", "testing"),
    "rich": ("cli",),
    "sqlalchemy": ("store",),
    "sqlite3": ("store",),
    "psycopg": ("store",),
    "urllib3": ("runtime",),
    "urllib.request": ("runtime",),  # for what it knows of proxies; urllib3 opens the connections
    "http.client": (),
    "requests": (),
    "httpx": (),
    "aiohttp": (),
    "socket": ("runtime", "sandbox"),
    "ssl": ("runtime",),
    "subprocess": ("runtime", "sandbox"),
    "multiprocessing": ("runtime", "sandbox"),
}
SQL_CALLS = frozenset({"execute", "executemany", "executescript", "exec_driver_sql", "text"})


def dotted(node: ast.expr) -> str:
    """Return a name such as `os.fork`, empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each imported module and each name imported from one, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def unsafe(source: Source) -> Iterator[str]:
    """Name what turns data into code or into a shell's words."""
    for line, name in imported(source.tree):
        if name.split(".")[0] in UNSAFE_MODULES:
            yield f"{source.path}:{line}: {name} runs what it reads"
        elif name in UNSAFE_CALLS:
            yield f"{source.path}:{line}: {name} {UNSAFE_CALLS[name]}"
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        if name in UNSAFE_CALLS:
            yield f"{source.path}:{node.lineno}: {name} {UNSAFE_CALLS[name]}"
        for word in node.keywords:
            if word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False):
                yield f"{source.path}:{node.lineno}: shell=... hands text to a shell"


def broad_except(source: Source) -> Iterator[str]:
    """Name an `except` that keeps everything to itself; only runtime/call.py may, where plug-ins are called."""
    if source.below("runtime/call.py"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {dotted(kind) for kind in kinds if kind is not None}
            hands_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if not hands_on and (node.type is None or names & {"Exception", "BaseException"}):
                yield f"{source.path}:{node.lineno}: a broad except hides what nobody foresaw"


def built_sql(source: Source) -> Iterator[str]:
    """Name a statement that is put together from strings on its way to the database."""
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
        first = node.args[0]
        joined = isinstance(first, ast.JoinedStr) and any(isinstance(p, ast.FormattedValue) for p in first.values)
        summed = isinstance(first, ast.BinOp) and isinstance(first.op, ast.Add | ast.Mod) and holds_text(first)
        formatted = (
            isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute) and first.func.attr == "format"
        )
        if name in SQL_CALLS and (joined or summed or formatted):
            yield f"{source.path}:{node.lineno}: {name}() gets a statement built from strings"


def holds_text(node: ast.expr) -> bool:
    """Tell whether an expression has a string literal in it."""
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node))


def stray_output(source: Source) -> Iterator[str]:
    """Name a write to standard output outside cli/: stdout carries results, and one place prints them."""
    if source.below("cli"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in {"sys.stdout", "sys.__stdout__"}:
            yield f"{source.path}:{node.lineno}: only cli/ writes to standard output"
        if (
            isinstance(node, ast.Call)
            and dotted(node.func) == "print"
            and not any(w.arg == "file" for w in node.keywords)
        ):
            yield f"{source.path}:{node.lineno}: print() outside cli/"


def second_way(source: Source) -> Iterator[str]:
    """Name an import of what one other place of the package is for."""
    for line, name in imported(source.tree):
        for known, places in ONE_PLACE.items():
            if (name == known or name.startswith(f"{known}.")) and not source.below(*places):
                yield f"{source.path}:{line}: {name} belongs to {' and '.join(places) or 'nobody'}"
                break


def hidden_import(source: Source) -> Iterator[str]:
    """Name TYPE_CHECKING: type-only imports obey the floors too, so there is nothing to hide."""
    for node in ast.walk(source.tree):
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING") or (
            isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING"
        ):
            yield f"{source.path}:{node.lineno}: TYPE_CHECKING is no way round the floors"


class _Posix(ast.NodeVisitor):
    """What a tree uses that Windows does not have, outside a branch that asked for the platform."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self.guards = 0

    def visit_branch(self, node: ast.If | ast.IfExp) -> None:
        self.visit(node.test)
        guard = asks_platform(node.test)
        self.guards += guard
        for part in [*listed(node.body), *listed(node.orelse)]:
            self.visit(part)
        self.guards -= guard

    visit_If = visit_branch  # noqa: N815 - the names that NodeVisitor calls
    visit_IfExp = visit_branch  # noqa: N815 - the names that NodeVisitor calls

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        before = self.guards
        for part in node.values:
            self.visit(part)
            self.guards += asks_platform(part)
        self.guards = before

    def visit_Try(self, node: ast.Try) -> None:
        guard = any(
            handler.type is not None
            and {"ImportError", "AttributeError", "ModuleNotFoundError"} & names_in(handler.type)
            for handler in node.handlers
        )
        self.guards += guard
        for part in node.body:
            self.visit(part)
        self.guards -= guard
        for rest in [*node.handlers, *node.orelse, *node.finalbody]:
            self.visit(rest)

    def visit_block(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Module) -> None:
        before = self.guards
        for part in node.body:
            self.visit(part)
            leaves = isinstance(part, ast.If) and isinstance(part.body[-1], ast.Return | ast.Raise)
            if isinstance(part, ast.If) and leaves and asks_platform(part.test):
                self.guards += 1
        self.guards = before

    visit_FunctionDef = visit_block  # noqa: N815 - the names that NodeVisitor calls
    visit_AsyncFunctionDef = visit_block  # noqa: N815 - the names that NodeVisitor calls
    visit_Module = visit_block  # noqa: N815 - the names that NodeVisitor calls

    def note(self, line: int, name: str) -> None:
        module, _, attribute = name.partition(".")
        posix = module in POSIX_MODULES or (module == "os" and attribute in POSIX_OS)
        if not self.guards and (posix or (module == "signal" and attribute.split(".")[-1] in POSIX_SIGNAL)):
            self.found.append((line, name))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.note(node.lineno, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.note(node.lineno, f"{node.module or ''}.{alias.name}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        name = dotted(node)
        if name.startswith(("os.", "signal.")):
            self.note(node.lineno, name)
        self.generic_visit(node)


def listed(branch: Sequence[ast.AST] | ast.AST) -> list[ast.AST]:
    """Return the nodes of a branch: statements, or the one expression of a conditional."""
    return [branch] if isinstance(branch, ast.AST) else list(branch)


def names_in(node: ast.expr) -> set[str]:
    """Return the plain names in an expression."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def asks_platform(test: ast.expr) -> bool:
    """Tell whether a condition asks what the platform is or has."""
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.name", "sys.platform"}:
            return True
        if isinstance(node, ast.Call) and dotted(node.func) in {
            "hasattr",
            "sys.platform.startswith",
            "platform.system",
        }:
            return True
    return False


def posix_only(source: Source) -> Iterator[str]:
    """Name a call that Windows does not have, outside sandbox/ and not behind a question for the platform."""
    if source.below("sandbox"):
        return
    visitor = _Posix()
    visitor.visit(source.tree)
    yield from (f"{source.path}:{line}: {name} is not there on Windows" for line, name in visitor.found)
