"""Kernels that several capabilities need."""
