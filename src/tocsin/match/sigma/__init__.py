"""Sigma: rules as expressions over fields, and their evaluation over the columns of tables."""
