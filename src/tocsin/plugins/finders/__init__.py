"""Finders: from a file to the components that it is or names."""
