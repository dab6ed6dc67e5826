"""The store: findings, cases, suppressions, seen values and runs, as functions on a connection."""
