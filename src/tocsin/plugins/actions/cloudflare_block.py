"""Cloudflare: block an address for a zone.

Makes an IP access rule of the zone in `cloudflare.zone` that blocks the address, for all sites of the zone. An
address that is blocked already is left as it is, and undo then leaves it too. The rule's note says why, and that Tocsin
made it.

Misses: Cloudflare's rules have no end; whoever asks for minutes must undo it then. Traffic that does not pass through
Cloudflare is not touched.

See: https://developers.cloudflare.com/api/resources/firewall/subresources/access_rules/methods/create/
"""

from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

from tocsin.kit import Context, action
from tocsin.kit.verbs import BlockAddress
from tocsin.model import Outcome, RemoteError, UserError

API = "https://api.cloudflare.com/client/v4"
NOTE = 200  # characters of a note
TAKEN = 10009  # firewallaccessrules.api.duplicate_of_existing


@action(
    does="block_address",
    effect="reversible",
    key="address",
    hosts=("api.cloudflare.com",),
    auth="header Authorization Bearer {secret:cloudflare}",
    settings=("cloudflare.zone",),
)
def cloudflare_block(params: BlockAddress, ctx: Context) -> Outcome:
    """Block an address."""
    answer = ctx.http.send(
        "POST",
        _rules(ctx),
        body={"mode": "block", "configuration": _what(params), "notes": f"Tocsin: {params.why}"[:NOTE]},
        expects=(400,),
    )
    told = answer.json()
    if answer.status == 400:
        if not any(error.get("code") == TAKEN for error in told.get("errors", ())):
            raise RemoteError(f"api.cloudflare.com does not block {params.address}", hint=_first_error(told))
        return Outcome(says=f"{params.address} is blocked already, by a rule that is not ours", changed=False)
    return _made(params.address, told["result"])


@cloudflare_block.look_up
def _(params: BlockAddress, ctx: Context) -> Outcome | None:
    """Return the rule that blocks the address and was made by us; None when there is none."""
    wanted = _what(params)
    found = ctx.http.get(
        _rules(ctx),
        **{"configuration.target": wanted["target"], "configuration.value": wanted["value"], "mode": "block"},
    )["result"]
    ours = [rule for rule in found if str(rule.get("notes", "")).startswith("Tocsin:")]
    return _made(params.address, ours[0]) if ours else None


@cloudflare_block.undo
def _(outcome: Outcome, ctx: Context) -> Outcome:
    """Take the rule away that the block made; one that is gone already is as good."""
    if not outcome.changed or not outcome.undo:
        return Outcome(says="there is nothing to undo", changed=False)
    rule, address = outcome.undo["rule"], outcome.undo["address"]
    answer = ctx.http.send("DELETE", f"{_rules(ctx)}/{quote(rule, safe='')}", expects=(404,))
    if answer.status == 404:
        return Outcome(says=f"the rule that blocked {address} is gone already", changed=False)
    return Outcome(says=f"{address} is no longer blocked", changed=True)


def _rules(ctx: Context) -> str:
    """Return the URL of the zone's access rules."""
    zone = ctx.settings.get("cloudflare.zone")
    if not zone:
        raise UserError("cloudflare-block needs the setting cloudflare.zone", hint="the zone's id")
    return f"{API}/zones/{quote(zone, safe='')}/firewall/access_rules/rules"


def _what(params: BlockAddress) -> dict[str, str]:
    """Return what the rule is about; raises UserError for a text that is no address."""
    try:
        address = ip_address(params.address)
    except ValueError as error:
        raise UserError(f"{params.address!r} is no address") from error
    return {"target": "ip" if address.version == 4 else "ip6", "value": address.exploded}


def _made(address: str, rule: dict[str, Any]) -> Outcome:
    """Return the outcome of a rule that was made."""
    return Outcome(says=f"{address} is blocked", changed=True, undo={"rule": rule["id"], "address": address})


def _first_error(told: dict[str, Any]) -> str:
    """Return Cloudflare's own words for what is wrong."""
    errors = told.get("errors") or [{}]
    return str(errors[0].get("message", ""))[:NOTE]
