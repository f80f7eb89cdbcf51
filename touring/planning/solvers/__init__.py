"""Ways to find a plan. What a plan is worth and whether it is valid is not decided here."""

from touring.planning.solvers.anchors import pins_for, place_locks, place_previous
from touring.planning.solvers.capacity_bound import capacity_bound
from touring.planning.solvers.draft import Draft
from touring.planning.solvers.greedy import Insertions, Taste, fill, insert
from touring.planning.solvers.guide import guide_for
from touring.planning.solvers.local_search import LocalSearch
from touring.planning.solvers.options import Options, Pin
from touring.planning.solvers.parts import (
    most_coverage,
    part_of_plan,
    parts_of,
    seasons_are_short,
    united,
)
from touring.planning.solvers.rotation import place_rotation
from touring.planning.solvers.squares import Squares, best_squares

__all__ = [
    "Draft",
    "Insertions",
    "LocalSearch",
    "Options",
    "Pin",
    "Squares",
    "Taste",
    "best_squares",
    "capacity_bound",
    "fill",
    "guide_for",
    "insert",
    "most_coverage",
    "part_of_plan",
    "parts_of",
    "pins_for",
    "place_locks",
    "place_previous",
    "place_rotation",
    "seasons_are_short",
    "united",
]
