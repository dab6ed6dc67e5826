"""Accounts and groups changed on the machine: useradd, usermod, userdel, groupadd, gpasswd, passwd, chage.

Within syslog. `user.target.name` is the account that was changed, `group.name` the group, `user.name` who did it where
the tool writes that.

Misses: files edited by hand; accounts of a directory service.

See: https://github.com/shadow-maint/shadow/tree/master/src (useradd.c, usermod.c, groupadd.c, gpasswd.c)
"""

from tocsin.kit import Batch, Form, Forms, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset(), frozenset({"auth", "accounts"}))
_NAME = r"[^\s',]{1,256}"
_DONE = {"event.outcome": "success"}

FORMS = Forms(
    Form(
        rf"new user: name=(?P<user__target__name>{_NAME})(?:, UID=(?P<user__target__id>\d+))?(?:, GID="
        rf"(?P<group__id>\d+))?(?:, home=(?P<user__home>[^,]*))?(?:, shell=(?P<user__shell>[^,]*))?",
        {"event.action": "user-created", **_DONE},
    ),
    Form(
        rf"new account added - account=(?P<user__target__name>{_NAME})(?:, uid=(?P<user__target__id>\d+))?(?:,"
        rf" .*by=(?P<user__id>\d+))?",
        {"event.action": "user-created", **_DONE},
    ),
    Form(
        rf"new group: name=(?P<group__name>{_NAME})(?:, GID=(?P<group__id>\d+))?",
        {"event.action": "group-created", **_DONE},
    ),
    Form(rf"group added to \S{{1,64}}: name=(?P<group__name>{_NAME})", {"event.action": "group-note"}),
    Form(
        rf"add '(?P<user__target__name>{_NAME})' to (?:(?P<accounts__file>shadow) )?group '(?P<group__name>{_NAME})'",
        {"event.action": "user-added-to-group", **_DONE},
    ),
    Form(
        rf"(?:(?P<user__name>{_NAME}) : )?user (?P<user__target__name>{_NAME}) added by "
        rf"(?P<user__acting__name>{_NAME}) to group (?P<group__name>{_NAME})",
        {"event.action": "user-added-to-group", **_DONE},
    ),
    Form(
        rf"(?:delete|remove) '(?P<user__target__name>{_NAME})' from (?:(?P<accounts__file>shadow) )?group '"
        rf"(?P<group__name>{_NAME})'",
        {"event.action": "user-removed-from-group", **_DONE},
    ),
    Form(
        rf"user (?P<user__target__name>{_NAME}) removed by (?P<user__acting__name>{_NAME}) from group "
        rf"(?P<group__name>{_NAME})",
        {"event.action": "user-removed-from-group", **_DONE},
    ),
    Form(rf"delete user '(?P<user__target__name>{_NAME})'", {"event.action": "user-deleted", **_DONE}),
    Form(
        rf"(?:removed group '|group ')(?P<group__name>{_NAME})' (?:owned by|removed)",
        {"event.action": "group-deleted", **_DONE},
    ),
    Form(
        rf"change user '(?P<user__target__name>{_NAME})' (?P<accounts__what>\w[\w ]{{0,40}}?)(?: from '"
        rf"(?P<accounts__from>[^']{{0,512}})')?(?: to '(?P<accounts__to>[^']{{0,512}})')?$",
        {"event.action": "user-changed", **_DONE},
    ),
    Form(
        rf"(?P<accounts__what>lock|unlock|expire) user '(?P<user__target__name>{_NAME})' password",
        {"event.action": "user-changed", **_DONE},
    ),
    Form(
        rf"password for '?(?P<user__target__name>{_NAME})'? changed by '?(?P<user__name>{_NAME}?)'?$",
        {"event.action": "password-changed", **_DONE},
    ),
    Form(rf"changed password expiry for (?P<user__target__name>{_NAME})", {"event.action": "user-changed", **_DONE}),
    Form(
        r"failed (?P<accounts__what>adding|deleting|changing) (?P<event__reason>.*)",
        {"event.action": "user-changed", "event.outcome": "failure"},
    ),
)


@parser(
    within="syslog",
    what="syslog: accounts",
    product="linux",
    service="auth",
    programs=(
        "useradd",
        "usermod",
        "userdel",
        "groupadd",
        "groupmod",
        "groupdel",
        "gpasswd",
        "passwd",
        "chage",
        "chpasswd",
        "newusers",
        "adduser",
    ),
)
def accounts(table: Table, _: Wanted) -> Batch:
    """Return changes of accounts and groups as a table."""
    return FORMS.read(table, what="syslog: accounts", logsource=SOURCE)
