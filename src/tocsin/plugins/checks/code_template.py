"""A page is made without escaping, or from a template of a stranger.

**Sees** `jinja2.Environment` with `autoescape` off where pages are made (a loader, or HTML in the names around), and
`jinja2.Template`, `from_string`, `render_template_string`, mako's `Template` on text from outside.

**Why it is bad.** Text in a page becomes script in the reader's browser: a log line in a report is enough. A template
of a stranger is code.

**Misses** `|safe`, `Markup`, and other engines. Quiet for environments without loader (texts, settings).

Bad: `Environment(loader=FileSystemLoader("pages"))`
Good: `Environment(loader=FileSystemLoader("pages"), autoescape=True)`

See: https://jinja.palletsprojects.com/en/stable/api/#autoescaping
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.kit.constants import UNKNOWN
from tocsin.model import Finding

_MAKES = {
    "jinja2.Template",
    "jinja2.Environment().from_string",
    "flask.render_template_string",
    "mako.template.Template",
    "tornado.template.Template",
}


@check(
    nodes=("Call",),
    title="Page without escaping",
    severity="medium",
    confidence="medium",
    cwe=79,
    remedy="Switch autoescape on; keep templates in files of your own, and hand text to them as variables.",
    aliases=("B701", "B702", "S701", "S702"),
    references=("https://jinja.palletsprojects.com/en/stable/api/#autoescaping",),
)
def code_template(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for a page without escaping or a template from outside."""
    name = module.resolve(node.func) or ""
    if name in {"jinja2.Environment", "jinja2.environment.Environment"}:
        escapes = module.keyword(node, "autoescape")
        off = escapes is None or module.constant(escapes) is False
        if off and not any(k.arg is None for k in node.keywords) and _makes_pages(node, module):
            says = "autoescape is not on" if escapes is None else "autoescape=False"
            yield module.finding(node, f"{says}: text becomes script in a page")
    elif name in _MAKES and node.args and module.constant(node.args[0]) is UNKNOWN:
        origin = module.origin(node.args[0])
        if origin.is_outside and origin.source != "file":
            yield module.finding(
                node, f"{origin.says} is run as a template", severity="high", confidence="high", source=origin.node
            )


def _makes_pages(node: ast.Call, module: Module) -> bool:
    """Return whether a loader is given, and something around speaks of pages."""
    if module.keyword(node, "loader") is None and not node.args:
        return False
    return any(sign in module.text.lower() for sign in (".html", "<html", "text/html", "htmlresponse"))
