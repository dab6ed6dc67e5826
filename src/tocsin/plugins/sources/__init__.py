"""Sources: from a cursor to records of a service."""
