"""Enrichers: from a value seen to what a source says of it."""
