"""Sinks: findings go out, and what became of each comes back."""
