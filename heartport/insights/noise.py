"""Noise from OpenDP's sampler of the discrete Laplace: exact arithmetic, the operating system's randomness.

Loaded when a sealing draws (decision 0050); the web process never does.
"""

from fractions import Fraction
from functools import cache
from math import inf, nextafter

import opendp.prelude as dp

from heartport.insights.rules.budget import Draw


def opendp_draw() -> Draw:
    """Return the source of noise."""
    dp.enable_features("contrib")
    return lambda milli: int(_sampler(milli)(0))


@cache
def _sampler(milli: int) -> dp.Measurement:
    """Return OpenDP's own mechanism for so many thousandths of epsilon and a count that one person moves by one.

    Its scale is a binary fraction, which OpenDP takes for the exact number that it is. Where 1000 / milli is none, the
    next higher one is taken: a little more noise, never less than was promised.
    """
    scale = 1000 / milli
    if Fraction(scale) * milli < 1000:
        scale = nextafter(scale, inf)
    return dp.m.make_laplace(dp.atom_domain(T="i64"), dp.absolute_distance(T="i64"), scale=scale)
