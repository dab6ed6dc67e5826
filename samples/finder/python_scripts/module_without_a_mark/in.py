"""A module that is imported."""


def add(a, b):
    return a + b
