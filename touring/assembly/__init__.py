"""Rows to a planning problem and a plan back to rows; the only translator between the two.

Days are counted from the season's first day. Everything is read in a fixed order, so equal rows
give an equal instance with an equal hash.
"""

from touring.assembly.assembly import Assembly, assemble, instance_of
from touring.assembly.need import needs_of, weights_of
from touring.assembly.places import FACILITIES, space_used_by
from touring.assembly.plans import outdated_stops, plan_of, planned_stops, version_maintenance
from touring.assembly.units import requirement_problems

__all__ = [
    "FACILITIES",
    "Assembly",
    "assemble",
    "instance_of",
    "needs_of",
    "outdated_stops",
    "plan_of",
    "planned_stops",
    "requirement_problems",
    "space_used_by",
    "version_maintenance",
    "weights_of",
]
