"""Find what went wrong in your logs, and in the Python your security team runs."""

__version__ = "0.1.0"
