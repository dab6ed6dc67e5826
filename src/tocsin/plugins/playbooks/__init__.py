"""Playbooks: what to do about a finding or case, in steps."""
