"""Settings for every room's tests."""

from hypothesis import settings

# A timing never fails the suite, and the same commit always sees the same examples.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
