"""Parsers: from records of a frame to tables of columns."""
