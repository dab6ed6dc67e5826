"""Data with source and licence, no code."""
