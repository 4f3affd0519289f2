"""A share and how sure it is.

Rule: a share is met / (met + breached) and is never shown without its 95 % interval. Source: E. B. Wilson, "Probable
inference, the law of succession, and statistical inference", Journal of the American Statistical Association 22
(1927), 209-212; without continuity correction, as Brown, Cai and DasGupta (Statistical Science 16, 2001) advise for
it.
"""

from __future__ import annotations

from math import sqrt

# The 0.975 quantile of the standard normal distribution.
_Z = 1.959964


def wilson(met: int, breached: int) -> tuple[float | None, float | None, float | None]:
    """(share, low, high), each between 0 and 1; three times None where nothing was met or breached.

    ValueError where a count is negative.
    """
    if met < 0 or breached < 0:
        raise ValueError("a count cannot be negative")
    n = met + breached
    if n == 0:
        return None, None, None
    share, z2 = met / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # At the ends the formula gives 0 or 1 but for rounding of the last bit.
    low = 0.0 if met == 0 else max(0.0, centre - half)
    high = 1.0 if breached == 0 else min(1.0, centre + half)
    return share, min(low, share), max(high, share)
