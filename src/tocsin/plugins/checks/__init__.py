"""Checks of Python code: one file each."""
