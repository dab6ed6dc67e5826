"""Journeys: one file each; the only place that composes capabilities."""
