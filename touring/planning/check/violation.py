"""What the judge says about one broken rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Violation:
    """A broken rule: its code (H1-H13, or ``ID``), who broke it, the days, and words.

    ``first`` and ``end`` are the half-open days concerned, -1 where no day is.
    """

    code: str
    unit: str
    request: str
    first: int
    end: int
    message: str
