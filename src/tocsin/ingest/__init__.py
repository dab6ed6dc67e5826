"""Ingest: from paths to tables. Walk, recognise, cut into blocks, parse, settle times."""
