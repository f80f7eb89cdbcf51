"""What ``docs/permissions.md`` says, as a program of its own: nothing of the product is imported.

The tables of the page are read as text; who stands above whom is said by the test's own network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"

ALONG = {"nation_officer", "province_officer", "prefecture_officer", "county_officer", "auditor"}
"""Roles that count down the administrative tree of organisations, as the page says in words."""

# The network of the matrix: what lies directly above each place.
ABOVE = {
    "county": "province",
    "province": "nation",
    "township": "county",
    "sibling county": "province",
    "abroad": None,
    "nation": None,
}
ORGANISATION_ABOVE = {"organisation": "association", "association": "upper association"}
REGION_OF_ORGANISATION = "province"
PLACES = {  # the places of every object that the matrix asks for
    "venue": ("venue", "museum"),
    "region": ("region", "county"),
    "season": ("region", "province"),
    "home": ("venue", "depot"),
    "lead": ("organisation", "organisation"),
}
VENUES = {"museum": ("county", "organisation"), "depot": ("province", None)}
GIVEN = {"post_membership_list": "museum_editor", "post_end_membership": "host_contact"}
"""The role that each operation gives or ends, always for the museum."""


@dataclass(frozen=True)
class Row:
    operation: str
    over: str
    states: frozenset[str]
    roles: frozenset[str]


def rights() -> list[Row]:
    found = []
    for cells in _rows(after="| operation | over | states | roles | what it is |"):
        operation, over, states, roles, _ = cells
        found.append(
            Row(
                operation.strip("`"),
                over,
                frozenset() if states == "any" else frozenset(states.split(", ")),
                frozenset(roles.split(", ")),
            )
        )
    return found


def grants() -> dict[str, set[str]]:
    """Role → roles it may give."""
    return {
        who: set(given.split(", "))
        for who, given in _rows(after="| who holds | may give and take |")
    }


def addresses() -> dict[str, str]:
    """Operation of the interface → who gets an answer."""
    return {
        name: who
        for who, operations in _rows(after="| who | operations |")
        for name in re.findall(r"`(\w+)`", operations)
    }


def _rows(*, after: str) -> Iterator[list[str]]:
    lines = PAGE.read_text().splitlines()
    start = lines.index(after) + 2
    for line in lines[start:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def covers(role: str, scope: str, kind: str, place: str) -> bool:
    """Whether ``role`` held for ``scope`` counts at the region or venue called ``place``."""
    if kind == "region":
        return scope in _up(place, ABOVE)
    region, organisation = VENUES.get(place, (REGION_OF_ORGANISATION, "organisation"))
    if scope == place or scope in _up(region, ABOVE):
        return True
    if organisation is None:
        return False
    above = _up(organisation, ORGANISATION_ABOVE)
    return scope == organisation or (role in ALONG and scope in above)


def _up(place: str | None, tree: dict) -> list[str]:
    found = []
    while place is not None:
        found.append(place)
        place = tree.get(place)
    return found


def may(role: str, scope: str, right: str, state: str, table: list[Row]) -> bool:
    """Whether a member with ``role`` for ``scope`` has ``right`` over the matrix's object."""
    rows = [row for row in table if row.operation == right]
    assert rows, f"the page has no right called {right}"
    return any(
        role in row.roles
        and (not row.states or state in row.states)
        and row.over in PLACES
        and covers(role, scope, *PLACES[row.over])
        for row in rows
    )


def answered(role: str, scope: str, operation: str, who: str, state: str, table: list[Row]) -> bool:
    """Whether that member gets an answer from ``operation``, where the page says ``who`` does."""
    if who in ("everybody", "everybody signed in"):
        return True
    if who == "the owner":
        return False
    if who == "giving the role":
        return any(
            role == giver and GIVEN[operation] in given and covers(role, scope, "venue", "museum")
            for giver, given in grants().items()
        )
    return any(
        all(may(role, scope, right, state, table) for right in re.findall(r"`([\w.-]+)`", group))
        for group in who.split(" or ")
    )
