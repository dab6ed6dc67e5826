"""Making a workspace."""

from collections.abc import Iterator
from pathlib import Path

from tocsin.model import UserError

FILES = {
    "tocsin.toml": """\
# Settings of this workspace. docs/guide/workspace.md lists all of them.

[scan]
tz = "UTC"            # of logs that name no zone
# fail_on = "high"    # end with exit code 1 at or above this severity
# rules = ["rules"]   # folders of Sigma rules besides our own; this is the default

[cases]
gap_hours = 24.0      # hours of silence that end a chain of findings
common_share = 0.3    # an entity in a larger share of the findings joins none
""",
    "estate.toml": """\
# What is ours. Findings of one person's or host's many names join into one case.

# [[network]]
# cidr = "198.51.100.0/24"
# name = "edge"
# timezone = "Europe/Berlin"    # of logs without a zone from hosts in it

# [[host]]
# name = "bastion"
# addresses = ["198.51.100.10"]
# critical = true
# protected = true              # no action may touch it

# [[person]]
# name = "finance1"
# aliases = ["finance1@acme.example", "ACME\\\\finance1", "LT-044"]
# team = "@finance"

# [[domain]]
# name = "acme.example"
""",
    "suppressions.toml": """\
# Findings that need not be shown, each with a reason, an owner and an end. `tocsin finding suppress` writes here.
""",
    ".gitignore": ".tocsin/\n",
}
FOLDERS = ("rules", "plugins")


def make(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Make a workspace and yield each path with whether it is new.

    Raises UserError when one cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            path = folder / name
            is_new = not path.exists()
            path.mkdir(exist_ok=True)
            yield path, is_new
        for name, text in FILES.items():
            path = folder / name
            is_new = not path.exists()
            if is_new:
                path.write_text(text, encoding="utf-8")
            yield path, is_new
    except OSError as error:
        raise UserError(f"{error.filename or folder} cannot be made: {error.strerror}", where=str(folder)) from error
