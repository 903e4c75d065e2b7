"""OpenDP's sampler draws what the formula says: its own accounts, and a test of fit that a wrong one fails."""

import random
from collections import Counter
from collections.abc import Callable
from math import exp

import opendp.prelude as dp
import pytest

from heartport.insights import noise
from heartport.insights.noise import opendp_draw
from heartport.insights.rules.budget import AT_RISK, CHOICE, SIZE, of_a_level

DRAWS = 4000
LIMIT = 70.0
"""Of chi-square with at most 20 degrees of freedom; a right sampler goes beyond it once in 10^7 runs."""


def misfit(draw: Callable[[], int], milli: int) -> float:
    """Return chi-square of so many draws against P(z) ~ exp(-epsilon |z|)."""
    q = exp(-milli / 1000)
    expected: dict[int, float] = {z: DRAWS * (1 - q) / (1 + q) * q ** abs(z) for z in range(-9, 10)}
    found = Counter(max(-10, min(10, draw())) for _ in range(DRAWS))
    expected |= dict.fromkeys((-10, 10), DRAWS * q**10 / (1 + q))
    common = [z for z in expected if expected[z] >= 5]
    return sum((found[z] - expected[z]) ** 2 / expected[z] for z in common)


@pytest.mark.parametrize("milli", [CHOICE, AT_RISK, SIZE, of_a_level(1), of_a_level(3)])
def test_a_draw_is_worth_exactly_what_the_ledger_says(milli: int) -> None:
    opendp_draw()
    assert noise._sampler(milli).map(1) <= milli / 1000
    assert noise._sampler(milli).map(1) > milli / 1000 * 0.999999


@pytest.mark.parametrize("milli", [CHOICE, AT_RISK, SIZE])
def test_draws_fit_the_formula(milli: int) -> None:
    draw = opendp_draw()
    assert misfit(lambda: draw(milli), milli) < LIMIT


def test_control_a_sampler_of_another_scale_does_not_fit() -> None:
    draw = opendp_draw()
    assert misfit(lambda: draw(AT_RISK + 200), AT_RISK) > LIMIT


def test_control_rounded_floating_point_noise_does_not_fit() -> None:
    source = random.Random(1)

    def rounded() -> int:
        return round(source.expovariate(1.0) - source.expovariate(1.0))

    assert misfit(rounded, AT_RISK) > LIMIT


def test_the_sampler_is_one_of_whole_numbers() -> None:
    opendp_draw()
    assert noise._sampler(AT_RISK).input_domain == dp.atom_domain(T="i64")
    assert all(type(opendp_draw()(SIZE)) is int for _ in range(20))
