"""How sure a figure is: an interval from the noise that was added and from who happened to take part."""

from math import exp, sqrt

from heartport.insights.rules.budget import AT_RISK, SIZE
from heartport.insights.rules.figures import Figure

Z = 1.96
"""Of 20 such intervals 19 hold the share that would have been found without noise, had many more taken part."""


def variance(milli: int) -> float:
    """Return the variance of the noise of so many thousandths: 2q / (1 - q)², q = exp(-milli / 1000)."""
    q = exp(-milli / 1000)
    return 2 * q / (1 - q) ** 2


def interval(figure: Figure, at_risk_milli: int = AT_RISK) -> tuple[float, float] | None:
    """Return the lower and the upper end of a share, from 0 to 1; None where there is no share.

    Two people at risk and two not are added before the spread is judged (Agresti and Coull 1998), so that a share of 0
    is not taken for certain. Where blocks are at the ceiling nothing is said of the upper end: it is 1.
    """
    share = figure.share
    if share is None:
        return None
    spread = Z * sqrt(_of_sampling(figure) + _of_noise(figure, share, at_risk_milli))
    return max(0.0, share - spread), 1.0 if figure.at_ceiling else min(1.0, share + spread)


def interval_of_level(count: int, total: int, groups: int, milli: int) -> tuple[float, float]:
    """Return both ends of a level's share, rounded to thousandths, where so many groups were summed."""
    if total <= 0:
        return 0.0, 1.0
    share, adjusted = count / total, (count + 2) / (total + 4)
    spread = Z * sqrt(adjusted * (1 - adjusted) / (total + 4) + groups * variance(milli) / total**2)
    return round(max(0.0, share - spread), 3), round(min(1.0, share + spread), 3)


def _of_sampling(figure: Figure) -> float:
    n = figure.n + 4
    share = (max(0, figure.at_risk) + 2) / n
    return share * (1 - share) / n


def _of_noise(figure: Figure, share: float, at_risk_milli: int) -> float:
    """Return the variance that noise in both counts gives their ratio (the delta method)."""
    return figure.blocks * (variance(at_risk_milli) + share * share * variance(SIZE)) / figure.n**2


def is_reliable(figure: Figure, at_risk_milli: int = AT_RISK) -> bool:
    """Tell whether a share is known to within 10 points to either side."""
    ends = interval(figure, at_risk_milli)
    return ends is not None and not figure.at_ceiling and ends[1] - ends[0] <= 0.2


def is_higher(figure: Figure, reference: Figure) -> bool:
    """Tell whether a share lies above another by more than chance and noise make likely."""
    own, other = figure.share, reference.share
    if own is None or other is None:
        return False
    spread = _of_sampling(figure) + _of_noise(figure, own, AT_RISK)
    spread += _of_sampling(reference) + _of_noise(reference, other, AT_RISK)
    return own - other > Z * sqrt(spread)
