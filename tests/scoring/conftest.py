"""How the random tests of scoring run: many examples, and no clock, since a busy machine is no mistake of ours."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
