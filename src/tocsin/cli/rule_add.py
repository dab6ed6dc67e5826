"""`tocsin rule add`: bring a set of rules into a workspace, pinned by digest, what changes shown before."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import agreed, find_workspace, format_option, workspace_option
from tocsin.model import UserError
from tocsin.model.text import counted, safe

SHOWN = 12  # lines of each kind, unless all are asked for


@click.command(
    epilog="""\b
Examples:
  tocsin rule add sigmahq-core@r2026-01-01 --workspace security
  tocsin rule add sigmahq-core@r2026-01-01 --from sigma_core.zip --digest sha256:6c1f...
  tocsin rule add ./sigma@r2026-01-01 --under rules --under rules-emerging-threats
  tocsin rule add --sets
  tocsin rule add --remove sigmahq-core
"""
)
@click.argument("set_", metavar="[SET@VERSION]", required=False, default="")
@click.option("--from", "place", metavar="PLACE", default="", help="An https:// URL, an archive or a git folder.")
@click.option("--digest", metavar="sha256:...", default="", help="Take these bytes, and no others.")
@click.option("--under", multiple=True, metavar="FOLDER", help="Only what lies under this folder of the source.")
@click.option("--with-filters", is_flag=True, help="Take filters and pipelines too: they change other rules.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask: for a script.")
@click.option("--sets", "list_sets", is_flag=True, help="List the sets that are here, and those known by name.")
@click.option("--remove", metavar="SET", default="", help="Take a set out again.")
@click.option("--verbose", "-v", is_flag=True, help="Name every rule that is added, removed or changed.")
@format_option("json")
@workspace_option
def command(set_: str, *, remove: str, list_sets: bool, workspace_here: Path | None, **words: Any) -> int | None:
    """Bring a set of rules into the workspace, or another version of it.

    SET is a name that `--sets` lists, an archive, a git folder, or the https:// address of an archive; or any name,
    with --from. VERSION pins it: for a git folder it is a tag or commit. The rules lie in rules/SET afterwards, what
    they were made of in rules.lock.toml. Replacing a version is shown rule by rule and asked for.
    """
    if sum(map(bool, (set_, remove, list_sets))) != 1:
        raise UserError("name a set to add, or one to --remove, or ask for --sets", hint="tocsin rule add --help")
    workspace = find_workspace(workspace_here)
    if list_sets:
        _list(workspace, words["form"])
        return None
    if remove:
        return _remove(workspace, remove, yes=words["yes"])
    return _add(workspace, set_, words)


def _add(workspace: Any, set_: str, words: dict[str, Any]) -> int | None:
    from tocsin.app import rule_add as journey

    asked = journey.Asked(
        word=set_, place=words["place"], digest=words["digest"], under=words["under"], filters=words["with_filters"]
    )
    plan = journey.plan(asked, workspace, datetime.now(UTC))
    as_json = words["form"] == "json"
    if not as_json:
        for line in _told(plan, most=None if words["verbose"] else SHOWN):
            click.echo(line)
    if plan.is_there or words["dry_run"]:
        _end(plan, "", as_json=as_json, says="is there already" if plan.is_there else "nothing was written")
        return None
    if plan.needs_word and not words["yes"] and not agreed(f"Put {plan.now.version} in place of {_was(plan)}?"):
        _end(plan, "", as_json=as_json, says="nothing was changed")
        return 4
    place = journey.write(plan, workspace)
    _end(plan, str(place), as_json=as_json, says=f"written to {place}")
    return None


def _was(plan: Any) -> str:
    return f"{plan.before.version}{', which was changed here' if plan.edited else ''}"


def _end(plan: Any, place: str, *, as_json: bool, says: str) -> None:
    if not as_json:
        click.echo(safe(says), err=not place)
        return
    import msgspec

    from tocsin.model.codec import json_text

    told = msgspec.structs.asdict(plan)
    told.pop("files")
    told["set"], told["was"] = told.pop("now"), told.pop("before")
    click.echo(json_text({**told, "written": place or None}))


def _told(plan: Any, most: int | None) -> Iterator[str]:
    """Yield what a set is and what it changes, for people."""
    now, before = plan.now, plan.before
    yield f"{now.name} {f'{before.version} -> ' if before else ''}{now.version}, from {safe(now.source)}"
    pinned = f"{now.digest}{f', commit {now.commit[:12]}' if now.commit else ''}"
    yield f"  {pinned}{f', licence {now.licence}' if now.licence else ', no licence stated'}"
    yield f"  {counted(now.rules, 'rule')} in {counted(now.files, 'file')}: {_levels(plan.difference.levels, 1)}"
    if plan.edited:
        yield "  The files of this set were changed here since it was added; that would be lost."
    if before:
        yield from _changes(plan, most)
    for what, count in plan.left.items():
        yield f"  left out: {what}: {count:,}"
    kinds = (("filter", plan.filters), ("pipeline", plan.pipelines))
    for what, names in kinds:
        if names:
            yield f"  left out: {counted(len(names), what)}, which would change other rules (--with-filters takes them)"
    yield from _section("Not taken", [f"{safe(path)}: {why}" for path, why in plan.refused.items()], most)
    collided = {one.path for one in plan.collisions}
    yield from _section(
        "Would not load", [f"{safe(one.path)}: {one.why}" for one in plan.unloaded if one.path not in collided], most
    )
    said = [f"{safe(one.id)}: {safe(one.path)} and {safe(one.other)}" for one in plan.collisions]
    yield from _section("Ids that another rule has, so that one of the two would not load", said, most)


def _changes(plan: Any, most: int | None) -> Iterator[str]:
    what = plan.difference
    counts = (len(what.added), len(what.removed), len(what.changed), what.same)
    yield f"  was {_levels(what.levels, 0)}"
    yield "  {:,} added, {:,} removed, {:,} changed, {:,} as before".format(*counts)
    for title, found in (("Added", what.added), ("Removed", what.removed)):
        yield from _section(title, [f"{one.level:<13} {safe(one.title)}  ({safe(one.id)})" for one in found], most)
    said = [f"{safe(one.title)}  ({safe(one.id)}): {safe('; '.join(one.what))}" for one in what.changed]
    yield from _section("Changed", said, most)


def _levels(levels: dict[str, tuple[int, int]], which: int) -> str:
    said = [f"{counts[which]:,} {safe(level)}" for level, counts in reversed(levels.items()) if counts[which]]
    return ", ".join(said) or "none"


def _section(title: str, lines: Sequence[str], most: int | None) -> Iterator[str]:
    if lines:
        yield f"{title}: {len(lines):,}"
        yield from (f"  {line}" for line in lines[:most])
        if most is not None and len(lines) > most:
            yield f"  ... and {len(lines) - most:,} more (--verbose)"


def _list(workspace: Any, form: str) -> None:
    from tocsin.app import rule_add as journey
    from tocsin.app.rule_add_source import table

    here = journey.standing(workspace) if workspace.folder else []
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text({"sets": here, "known": table().set}))
        return
    for one in here:
        added = f"{one.locked.added:%Y-%m-%d}"
        rules = counted(one.locked.rules, "rule")
        click.echo(f"{one.locked.name:<26} {safe(one.locked.version):<14} {rules:<12} {added}  {one.state}")
    click.echo(f"{counted(len(here), 'set')} in {workspace.folder or 'no workspace'}. Known by name:", err=True)
    for known in table().set:
        click.echo(f"{known.name:<26} {known.what}")


def _remove(workspace: Any, name: str, *, yes: bool) -> int | None:
    from tocsin.app import rule_add as journey

    found = {one.locked.name: one for one in journey.standing(workspace)}
    if name in found and not yes:
        one = found[name]
        click.echo(f"{name} {safe(one.locked.version)}: {counted(one.locked.rules, 'rule')}, {one.state}")
        if not agreed("Take it out?"):
            click.echo("nothing was changed", err=True)
            return 4
    click.echo(f"removed {journey.remove(name, workspace)}")
    return None
