"""What can still be planned of an instance that has problems: the parts at fault are left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from touring.planning.formats.fields import load_json
from touring.planning.formats.instance import parse_instance
from touring.planning.problem import InvalidProblem, Issue, Problem

# Lists whose members may go. Regions, crews and the matrix carry too much to be left out quietly.
_SEPARABLE = (
    *("hosts", "units", "requests", "locked", "pairings", "rotations", "history", "forbidden"),
)
_MOST_ROUNDS = 10
_MEMBER = re.compile(r"\$\.(\w+)\[(\d+)\]")


def read_rest(path: Path) -> tuple[Problem, list[Issue]]:
    """The problem in a file without the parts at fault, and what was wrong with these.

    Raises
    ------
    InvalidProblem
        If the fault is not in single hosts, units, requests, locks or promises.
    """
    document, issues = load_json(path)
    if issues:
        raise InvalidProblem(issues)
    return parse_rest(document, folder=path.resolve().parent)


def parse_rest(document: Any, *, folder: Path | None = None) -> tuple[Problem, list[Issue]]:
    """The same for a parsed document. Paths are those of the document as it was given.

    What refers to a left-out host, unit or request is left out, too. Of two locks that exclude
    each other both stand in the issues and the one that is refused goes.
    """
    if not isinstance(document, dict):
        parse_instance(document, folder=folder)
    left = dict(document)
    places = {key: list(range(len(left[key]))) for key in _SEPARABLE if _is_list(left.get(key))}
    found: list[Issue] = []
    for _ in range(_MOST_ROUNDS):
        try:
            return parse_instance(left, folder=folder), found
        except InvalidProblem as error:
            guilty = _guilty(error, found, places)
            for key, members in guilty.items():
                kept = [i for i in range(len(left[key])) if i not in members]
                left[key] = [left[key][i] for i in kept]
                places[key] = [places[key][i] for i in kept]
    raise InvalidProblem(found)


def _guilty(
    error: InvalidProblem, found: list[Issue], places: dict[str, list[int]]
) -> dict[str, set[int]]:
    """The members to leave out by list; their issues join those found."""
    guilty: dict[str, set[int]] = {}
    general = []
    for issue in error.issues:
        member = _MEMBER.match(issue.path)
        if member is None or member[1] not in places:
            general.append(issue)
            continue
        key, i = member[1], int(member[2])
        guilty.setdefault(key, set()).add(i)
        original = f"$.{key}[{places[key][i]}]{issue.path[member.end() :]}"
        found.append(Issue(original, issue.code, issue.message))
    if general:
        raise InvalidProblem([*found, *general])
    return guilty


def _is_list(value: object) -> bool:
    return isinstance(value, list)
