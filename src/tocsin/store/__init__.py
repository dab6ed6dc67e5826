"""The store: what is kept, as functions on a connection, one file each."""
