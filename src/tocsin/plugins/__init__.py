"""Plug-ins that come with Tocsin: one file and one sample folder each."""
