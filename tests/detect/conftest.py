"""A user's folders of their own, for journeys end to end."""

from tests.cli.conftest import home

__all__ = ["home"]
