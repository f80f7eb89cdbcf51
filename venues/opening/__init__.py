"""When a house is open. Pure: no rows, no clock."""

from venues.opening.document import InvalidRules, parse_rules
from venues.opening.rules import (
    Because,
    ClosedSpan,
    OnHolidays,
    OpenDay,
    OpeningBook,
    OpeningRules,
    Session,
)

__all__ = [
    "Because",
    "ClosedSpan",
    "InvalidRules",
    "OnHolidays",
    "OpenDay",
    "OpeningBook",
    "OpeningRules",
    "Session",
    "parse_rules",
]
