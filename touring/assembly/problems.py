"""What is wrong with a season's rows: which row, which field, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from touring.errors import InvalidSeason
from touring.planning.problem import Issue


@dataclass(frozen=True, order=True)
class RowProblem:
    """``row`` names a row as people do (``request AH-007``), ``message`` ends with the remedy."""

    row: str
    field: str
    message: str


_IN_A_LIST = re.compile(r"\$\.(\w+)\[(\d+)\]\.?(.*)")


def row_problem(issue: Issue, names: Mapping[str, Sequence[str]], season: str) -> RowProblem:
    """The engine's issue about an instance, said of the row that the path came from.

    ``names``: for each list of the instance the name of the row behind each member.
    """
    found = _IN_A_LIST.match(issue.path)
    if found and int(found[2]) < len(names.get(found[1], ())):
        return RowProblem(names[found[1]][int(found[2])], found[3] or "row", issue.message)
    field = issue.path.removeprefix("$").removeprefix(".")
    return RowProblem(season, field or "rules", issue.message)


def invalid_season(season: str, problems: Iterable[RowProblem]) -> InvalidSeason:
    """The refusal that lists every problem, worst-known first in reading order of the rows."""
    listed = sorted(set(problems))
    return InvalidSeason(
        f"The rows of season {season} do not make a planning problem: "
        f"{len(listed)} to be corrected, the first is {listed[0].row}, {listed[0].field}: "
        f"{listed[0].message}",
        problems=[asdict(one) for one in listed],
    )
