"""What format 4.5 of a Navigator layer asks for, as far as we write it.

Source: attack-navigator, layers/spec/v4.5/layerformat.md: which keys there are, which of them are required, their types
and their ranges.
"""

import re
from typing import Any

LAYER = {
    "name": str, "versions": dict, "domain": str, "description": str, "sorting": int, "layout": dict,
    "hideDisabled": bool, "techniques": list, "gradient": dict, "legendItems": list, "filters": dict, "metadata": list,
    "links": list, "customDataURL": str, "showTacticRowBackground": bool, "tacticRowBackground": str,
    "selectTechniquesAcrossTactics": bool, "selectSubtechniquesWithParent": bool, "selectVisibleTechniques": bool,
}  # fmt: skip
TECHNIQUE = {
    "techniqueID": str, "tactic": str, "comment": str, "enabled": bool, "score": (int, float), "color": str,
    "metadata": list, "links": list, "showSubtechniques": bool,
}  # fmt: skip
LAYOUT = {
    "layout": str, "showID": bool, "showName": bool, "showAggregateScores": bool, "countUnscored": bool,
    "aggregateFunction": str, "expandedSubtechniques": str,
}  # fmt: skip
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def wrong(layer: dict[str, Any]) -> list[str]:
    """Return what of a layer is not as the format asks."""
    found = [*_of(layer, LAYER, "layer"), *_of(layer["layout"], LAYOUT, "layout")]
    found += [f"no {key}" for key in ("name", "domain") if key not in layer]
    if layer["versions"].get("layer") != "4.5" or tuple(map(int, layer["versions"]["navigator"].split("."))) < (4, 9):
        found.append("versions")
    if layer["domain"] not in {"enterprise-attack", "mobile-attack", "ics-attack"}:
        found.append("domain")
    if layer["layout"]["expandedSubtechniques"] not in {"none", "all", "annotated"} or layer["sorting"] not in range(4):
        found.append("layout")
    gradient = layer["gradient"]
    if not gradient["maxValue"] > gradient["minValue"] or len(gradient["colors"]) < 2:
        found.append("gradient")
    colours = [*gradient["colors"], *(one["color"] for one in layer["legendItems"])]
    for one in layer["techniques"]:
        found += _of(one, TECHNIQUE, "technique")
        if not re.fullmatch(r"T\d{4}(\.\d{3})?", one.get("techniqueID", "")):
            found.append(f"techniqueID {one}")
        colours += [one["color"]] if "color" in one else []
        found += [f"metadata {fact}" for fact in one.get("metadata", ()) if set(fact) != {"name", "value"}]
    return [*found, *(f"colour {colour}" for colour in colours if not COLOUR.fullmatch(colour))]


def _of(said: dict[str, Any], keys: dict[str, Any], what: str) -> list[str]:
    return [f"{what}: {key}" for key, value in said.items() if key not in keys or not isinstance(value, keys[key])]
