"""Providers of secrets: a reference goes in, the value comes out, nothing is kept or written."""
