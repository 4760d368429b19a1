"""Invented examples are the same on every run, and no example is timed: a busy machine is no finding."""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
