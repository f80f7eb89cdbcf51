"""The planning problem: what is asked, checked and ready to compute with. No solver is in here.

A *stop* is (unit ``u``, request ``r``, opening day ``o``): arrival ``a = o - setup``,
close ``c = o + stay``, leave ``l = c + strike``. Hard rules H1-H13, read exactly so:

H1  For consecutive stops of a unit ``a2 >= l1 + days(host1, host2)``.
H2  Each ``[a, l)`` lies in one availability span. The first stop in a span has
    ``a >= first + days(home, host)``, the last ``l + days(host, home) <= end`` for a
    unit that returns home. A unit that does not return starts a later span where it
    was: ``a >= first + days(last host, host)``.
H3  A unit with stops has one maintenance span per need, of exactly that many days,
    inside ``[earliest, latest)`` and inside one availability span; it is at home then,
    so ``m.first >= l1 + days(host1, home)`` and ``a2 >= m.end + days(home, host2)``.
H4  ``[o, c)`` lies in one window; ``[a, l)`` meets no blackout and lies in the season;
    ``[a, o)`` and ``[c, l)`` meet no no-work day of the season or the host.
H5  At no day more than ``parallel`` of the ``[a, l)`` at a host.
H6  Exhibition, facilities, regions; the pair of unit and request is not ``forbidden``.
H7  Each request once. Two stops at hosts of one ``place_group`` whose ``[o, c)`` do not
    overlap: ``o2 - c1 >= any_gap_days``, with equal exhibitions (not ``None``)
    ``>= same_exhibition_gap_days``; ``history`` is an earlier stop that closed on ``close``.
H8  Locks.
H9  The unit's km ``<= max_km``. A trip runs from leaving home (``a - days(home, host)``)
    to being back (``l + days(host, home)``; for the last trip of a unit that does not
    return, ``l``) and lasts ``<= max_days_out``; with ``max_days_out`` given, the next
    trip leaves ``>= rest_days`` after being back, whatever is done at home meanwhile.
    Plans do not write trips home down: between stops that no maintenance and no span
    boundary separates, they lie where they make the unit's km least.
H10 Every stop begins one set-up on ``a`` and one strike on ``c``, also when these take
    0 days; of a crew's units at most ``per_week`` begin in any 7 consecutive days.
H11 A stop of a rotation's unit belongs to the period that contains ``(o + c) // 2``. In
    every period every unit has exactly one stop, at a host of the group, and every host
    one unit; over the periods no host sees a unit twice. Of two consecutive periods with
    boundary ``B`` (the later one's first day), the earlier stop has ``c >= B - swap_days``
    and the later one ``o <= B + swap_days``. The move takes the days
    ``[a2 - days(host1, host2), a2)``; on no day do more than ``trucks`` units move.
H12 A unit with papers for a country (the longest rule is: the region's id begins with
    ``country``) has ``[a, l)`` in one of that country's spans; countries without an
    entry are free.
H13 Every day of ``[o, c)`` is in ``days_allowed``; ``min_township_share`` is a floor whose
    shortfall is ``max(0, share * stops - township stops)`` in the region's subtree.

The km of a unit run home - stops - home (without the last leg when it does not return),
through home where a maintenance, a rest or, for a unit that returns, a span boundary lies
between; maintenance after the last stop counts the leg home in any case. Idle days of a
unit: available days that are outside ``[a, l)``, the travel days of its legs and its
maintenance, never less than 0; a unit without stops idles all its available days.
"""

from touring.planning.problem.capacity import find_warnings
from touring.planning.problem.model import Problem
from touring.planning.problem.openings import intersected, merged, papers_for
from touring.planning.problem.parts import (
    LEXICOGRAPHIC,
    MAX_MIN,
    MODES,
    VALUE_PARTS,
    WEIGHTED,
    Crew,
    Customs,
    Forbidden,
    Gaps,
    History,
    Host,
    Lock,
    Maintenance,
    Matrix,
    Objective,
    Pairing,
    Region,
    Request,
    Rotation,
    Span,
    Statement,
    Travel,
    Unit,
    Window,
)
from touring.planning.problem.validation import InvalidProblem, Issue, find_issues

__all__ = [
    "LEXICOGRAPHIC",
    "MAX_MIN",
    "MODES",
    "VALUE_PARTS",
    "WEIGHTED",
    "Crew",
    "Customs",
    "Forbidden",
    "Gaps",
    "History",
    "Host",
    "InvalidProblem",
    "Issue",
    "Lock",
    "Maintenance",
    "Matrix",
    "Objective",
    "Pairing",
    "Problem",
    "Region",
    "Request",
    "Rotation",
    "Span",
    "Statement",
    "Travel",
    "Unit",
    "Window",
    "find_issues",
    "find_warnings",
    "intersected",
    "merged",
    "papers_for",
]
