"""XML of strangers is read without protection.

**Sees** text from outside handed to the standard library's XML parsers; parsers of lxml with `resolve_entities=True`
or `no_network=False`; `feature_external_ges` switched on for sax.

**Why it is bad.** Entities can name local files and addresses (lxml, sax) or grow a few lines to gigabytes. Since expat
2.4.1 the standard parsers refuse the growth, but the machine decides which expat there is.

**Misses** readers of office files, SVG, SAML and feeds that parse XML inside.

Bad: `ElementTree.fromstring(requests.get(url, timeout=9).text)`
Good: `defusedxml.ElementTree.fromstring(requests.get(url, timeout=9).text)`

See: https://docs.python.org/3/library/xml.html#xml-security
"""

import ast
from collections.abc import Iterator

from tocsin.kit import check
from tocsin.kit.code import Module
from tocsin.kit.known_origins import Source
from tocsin.model import Finding

_READS = {
    f"xml.etree.{kind}.{name}"
    for kind in ("ElementTree", "cElementTree")
    for name in ("parse", "fromstring", "iterparse", "XML")
} | {
    "xml.dom.minidom.parse",
    "xml.dom.minidom.parseString",
    "xml.dom.pulldom.parse",
    "xml.dom.pulldom.parseString",
    "xml.sax.parse",
    "xml.sax.parseString",
}
_STRANGERS = {Source.NETWORK, Source.WEB, Source.INPUT}


@check(
    nodes=("Call",),
    title="XML of strangers is read without protection",
    severity="low",
    confidence="medium",
    cwe=611,
    remedy="Use defusedxml; with lxml keep resolve_entities=False and no_network=True.",
    aliases=("B314", "B313", "B317", "B318", "S314", "S313", "S318", "S320"),
    references=("https://docs.python.org/3/library/xml.html#xml-security",),
)
def code_xml(node: ast.Call, module: Module) -> Iterator[Finding]:
    """Yield a finding for an unprotected reader of XML."""
    name = module.resolve(node.func) or ""
    if name in _READS and node.args:
        origin = module.origin(node.args[0])
        if origin.source in _STRANGERS:
            yield module.finding(node, f"{origin.says} is parsed as XML", source=origin.node)
    elif name in {"lxml.etree.XMLParser", "lxml.etree.ETCompatXMLParser", "lxml.etree.iterparse"}:
        for word, value in (("resolve_entities", True), ("no_network", False), ("load_dtd", True)):
            if module.constant(module.keyword(node, word)) is value:
                severity = "medium" if word != "load_dtd" else "low"
                yield module.finding(node, f"{word}={value}: entities may name files and addresses", severity=severity)
                return
    elif name.endswith(".setFeature") and len(node.args) == 2:
        feature = (module.resolve(node.args[0]) or "").rpartition(".")[2]
        if feature in {"feature_external_ges", "feature_external_pes"} and module.constant(node.args[1]) == 1:
            yield module.finding(node, f"{feature} is on: entities may name files and addresses", severity="medium")
