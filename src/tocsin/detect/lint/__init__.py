"""Lint of detection rules: what is wrong with a rule, where, and what to do about it; one file a group of lints."""
