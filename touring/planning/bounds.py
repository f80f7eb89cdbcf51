"""Upper bounds by Lagrangian duality (Geoffrion 1974, doi:10.1007/BFb0120690). No search is in here.

For any prices that are not negative, and not above the penalty where a row has slack, no plan is
worth more than the constant, the limits at their prices and each unit's best season under them.
Whether the prices are good decides how tight the bound is, never whether it holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Sums of doubles err by less than this share of what is summed; the bound gives it away.
_ROUNDING = 1e-11
# A gap of this size is rounding and the solver's tolerance, not a better plan.
OPTIMAL_GAP = 1e-6


@dataclass
class ProvenBound:
    """The least upper bound proven so far; infinite at first."""

    value: float = math.inf

    def prove(self, parts: Iterable[float]) -> bool:
        """Take the sum of ``parts`` as a bound, rounded up; says whether it is the least so far."""
        listed = list(parts)
        sum_up = math.fsum(listed) + _ROUNDING * math.fsum(abs(part) for part in listed)
        if not sum_up < self.value:
            return False
        self.value = sum_up
        return True

    def gap_to(self, value: float) -> float:
        """``(bound - value) / max(1, |bound|)``, never below 0; infinite without a bound."""
        if math.isinf(self.value) or math.isinf(value):
            return math.inf
        return max(0.0, (self.value - value) / max(1.0, abs(self.value)))

    def is_reached_by(self, value: float) -> bool:
        """Is a plan of this value optimal, up to ``OPTIMAL_GAP``?"""
        if math.isinf(self.value):
            return False
        return self.value - value <= OPTIMAL_GAP * max(1.0, abs(self.value))
