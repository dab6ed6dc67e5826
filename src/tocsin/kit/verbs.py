"""Verbs: what can be done about a finding, in no product's words.

A playbook says `await steps.do(block_address(address="192.0.2.7"))`; the settings say which product does it, and an
action says which verb it does (`does="block_address"`). A verb is a record: it is stored, shown to whoever approves it,
and compared. What it is about is its `target`: an entity that the estate may protect.
"""

from collections.abc import Mapping

import msgspec

from tocsin.model import ObservableType
from tocsin.model.observable import entity


class Verb(msgspec.Struct, frozen=True, kw_only=True, tag_field="verb"):
    """Something to be done.

    `why` goes to whoever approves it and into the product's own notes.
    """

    why: str = ""

    @property
    def name(self) -> str:
        """Return the verb's name: `block_address`."""
        return str(self.__struct_config__.tag)

    @property
    def target(self) -> str:
        """Return the entity that it is done to.

        Empty for one that touches nothing of ours.
        """
        return ""


class BlockAddress(Verb, frozen=True, kw_only=True, tag="block_address"):
    """Let no traffic from or to an address pass, for some minutes or until undone."""

    address: str
    minutes: int | None = None

    @property
    def target(self) -> str:
        """Return the address."""
        return entity(ObservableType.IP, self.address)


class BlockDomain(Verb, frozen=True, kw_only=True, tag="block_domain"):
    """Let no name of a domain be resolved or reached."""

    domain: str
    minutes: int | None = None

    @property
    def target(self) -> str:
        """Return the domain."""
        return entity(ObservableType.DOMAIN, self.domain)


class IsolateHost(Verb, frozen=True, kw_only=True, tag="isolate_host"):
    """Cut a host off from all but its management."""

    host: str

    @property
    def target(self) -> str:
        """Return the host."""
        return entity(ObservableType.HOST, self.host)


class DisableUser(Verb, frozen=True, kw_only=True, tag="disable_user"):
    """Let a user log in nowhere, and end what sessions there are."""

    user: str

    @property
    def target(self) -> str:
        """Return the user."""
        return entity(ObservableType.USER, self.user)


class ResetPassword(Verb, frozen=True, kw_only=True, tag="reset_password"):
    """Make a user choose a new password at the next login."""

    user: str

    @property
    def target(self) -> str:
        """Return the user."""
        return entity(ObservableType.USER, self.user)


class RevokeKey(Verb, frozen=True, kw_only=True, tag="revoke_key"):
    """Make a key worthless; `key` is written as entities write it: never whole."""

    key: str
    user: str = ""

    @property
    def target(self) -> str:
        """Return the key."""
        return entity(ObservableType.KEY, self.key)


class QuarantineMail(Verb, frozen=True, kw_only=True, tag="quarantine_mail"):
    """Take a message out of mailboxes; `message` is its Message-ID."""

    message: str
    mailboxes: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """Return the first mailbox, or nothing when it is all of them."""
        return entity(ObservableType.EMAIL, self.mailboxes[0]) if self.mailboxes else ""


class Notify(Verb, frozen=True, kw_only=True, tag="notify"):
    """Tell people something."""

    to: str
    says: str


class OpenTicket(Verb, frozen=True, kw_only=True, tag="open_ticket"):
    """Open a ticket where the team keeps them."""

    title: str
    text: str
    queue: str = ""


block_address = BlockAddress
block_domain = BlockDomain
isolate_host = IsolateHost
disable_user = DisableUser
reset_password = ResetPassword
revoke_key = RevokeKey
quarantine_mail = QuarantineMail
notify = Notify
open_ticket = OpenTicket

_ALL = (
    BlockAddress,
    BlockDomain,
    IsolateHost,
    DisableUser,
    ResetPassword,
    RevokeKey,
    QuarantineMail,
    Notify,
    OpenTicket,
)
VERBS: Mapping[str, type[Verb]] = {str(kind.__struct_config__.tag): kind for kind in _ALL}
