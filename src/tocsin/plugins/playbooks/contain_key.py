"""Contain a key that stood in code and was used.

For a case in which a key is an entity: asks what is known of the addresses that used it, asks a person whether to
revoke it, revokes it, blocks the addresses that are known to be bad, and opens a ticket for its owner. Without an
answer within four hours nothing is revoked, and the ticket says so.

Misses: what the key's holder did elsewhere; whether the key has a second copy.

See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
"""

from collections.abc import Sequence
from datetime import timedelta

from tocsin.kit import Steps, playbook
from tocsin.kit.verbs import block_address, open_ticket, revoke_key
from tocsin.model import Case, Fact, Observable, ObservableType, Outcome
from tocsin.model.observable import split_entity

PATIENCE = timedelta(hours=4)
BAD = 75  # of 100: AbuseIPDB's own advice for blocking


@playbook(on=("case",), title="Contain a key that leaked", needs=("revoke_key", "block_address", "open_ticket"))
async def contain_key(case: Case, steps: Steps) -> Outcome:
    """Revoke the keys of a case after a person agreed, and block who used them."""
    seen = [split_entity(entity) for entity in case.entities]
    keys = [value for kind, value in seen if kind is ObservableType.KEY]
    addresses = [value for kind, value in seen if kind is ObservableType.IP]
    if not keys:
        return Outcome(says="no key is in this case", changed=False)

    async def known(address: str) -> Sequence[Fact]:
        return await steps.enrich(Observable(type=ObservableType.IP, value=address))

    facts = [fact for found in await steps.map(known, addresses) for fact in found]
    for fact in facts:
        await steps.note(f"{fact.about.value}: {fact.says} ({fact.source})")
    reply = await steps.ask(
        f"Revoke {', '.join(keys)}? What uses it will stop.", choices=("revoke", "leave"), within=PATIENCE
    )
    revoked: list[str] = []
    if reply.choice == "revoke":
        for key in keys:
            await steps.do(revoke_key(key=key, why=f"{case.title}; agreed by {reply.by}"))
            revoked.append(key)
    for address in _bad(facts):
        await steps.do(block_address(address=address, minutes=24 * 60, why=case.title))
    said = (
        f"revoked: {', '.join(revoked)}"
        if revoked
        else "nothing was revoked: "
        + (
            f"{reply.by} said to leave it"
            if reply.is_answered
            else f"nobody answered in {PATIENCE.total_seconds() / 3600:.0f} hours"
        )
    )
    await steps.do(open_ticket(title=case.title, text=f"Case {case.id}; {said}. Take the key out of the code."))
    return Outcome(says=said, changed=bool(revoked), data={"revoked": revoked})


def _bad(facts: Sequence[Fact]) -> list[str]:
    """Return the addresses of which a source is sure enough, each once."""
    return list(dict.fromkeys(fact.about.value for fact in facts if (fact.score or 0) >= BAD))
