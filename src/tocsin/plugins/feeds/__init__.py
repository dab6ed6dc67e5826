"""Feeds: from a cursor to indicators."""
