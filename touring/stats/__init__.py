"""Figures about the road, each made of the rows that it can be traced back to."""

from touring.stats.coverage import CountyVisit, visits_of_counties
from touring.stats.overdue import OverdueRequest, overdue_requests
from touring.stats.shares import PrefectureShare, shares_of_prefectures
from touring.stats.usage import UnitUse, use_of_units

__all__ = [
    "CountyVisit",
    "OverdueRequest",
    "PrefectureShare",
    "UnitUse",
    "overdue_requests",
    "shares_of_prefectures",
    "use_of_units",
    "visits_of_counties",
]
