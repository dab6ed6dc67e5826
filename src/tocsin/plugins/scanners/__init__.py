"""Scanners of whole projects: one file each."""
