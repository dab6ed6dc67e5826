"""What every test may use; the plug-ins beside this file hold it."""

from pathlib import Path

pytest_plugins = ["tests.skips", "tests.fixtures"]
if Path(__file__).with_name("store_fixture.py").exists():
    pytest_plugins.append("tests.store_fixture")
