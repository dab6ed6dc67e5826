"""The command line as a person types it, for journeys end to end."""

from tests.cli.conftest import home, process, tocsin

__all__ = ["home", "process", "tocsin"]
