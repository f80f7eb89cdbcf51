"""The table of rights: which role may do what, over which place, in which state. Data only.

``venues.permissions`` answers from it, ``docs/permissions.md`` is rendered from it. Operations of
all storeys stand here as words, so that one page shows everything; a new operation is a new row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from venues.models import RegionLevel, Role

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
OFFICERS = frozenset(
    {
        Role.NATION_OFFICER,
        Role.PROVINCE_OFFICER,
        Role.PREFECTURE_OFFICER,
        Role.COUNTY_OFFICER,
    }
)
PUBLISHERS = ADMINISTRATORS | {Role.MUSEUM_PUBLISHER}
EDITORS = PUBLISHERS | {Role.MUSEUM_EDITOR}
HOSTS = EDITORS | {Role.HOST_CONTACT}
PLANNERS = ADMINISTRATORS | {Role.TOUR_PLANNER}
KEEPERS = PLANNERS | {Role.HUB_KEEPER}
OVERSEERS = frozenset({Role.AUDITOR, Role.READER})
STAFF = HOSTS | KEEPERS | OFFICERS | OVERSEERS | {Role.OPERATOR, Role.INFORMATION_OFFICER}
"""Everybody who works for the place; not those who recommend it or are paired with it."""

ALONG_ORGANISATIONS = OFFICERS | {Role.AUDITOR}
"""Roles that, held for an organisation, count for all that it administers, and what those do."""

LEVELS = {
    Role.NATION_OFFICER: RegionLevel.NATION,
    Role.PROVINCE_OFFICER: RegionLevel.PROVINCE,
    Role.PREFECTURE_OFFICER: RegionLevel.PREFECTURE,
    Role.COUNTY_OFFICER: RegionLevel.COUNTY,
}
"""The level of the region, or of the association, an officer's role is held for."""


@dataclass(frozen=True)
class Right:
    """Whoever holds one of ``roles`` over the object's ``over`` may do ``operation``.

    ``over`` names one place of the object (:data:`PLACES`); a venue is covered by a role for it,
    its organisation, its region or what lies above, an organisation by a role for it or its
    region, a region by a role for it or what lies above. ``states`` are those of the object in
    which the row holds; none: every state. Several rows of one operation add up.
    """

    operation: str
    roles: frozenset[Role]
    over: str
    meaning: str
    states: tuple[str, ...] = ()


PLACES = {
    "venue": "venue",
    "home": "venue",  # where a unit rests
    "organisation": "organisation",
    "owner": "organisation",  # whose exhibition it is
    "region": "region",
    "lead": "organisation",  # the campaign's
    "season": "region",  # the season's
}
"""What the words in ``over`` stand for."""

_UNPUBLISHED = ("draft", "submitted", "returned", "archived")
_PUBLISHED = ("published",)

RIGHTS: tuple[Right, ...] = (
    # the network
    Right("region.change", ADMINISTRATORS, "region", "add, rename, move and close regions below"),
    Right(
        "calendar.keep",
        ADMINISTRATORS,
        "region",
        "put holiday tables and school terms in force; a country's for its nation",
    ),
    Right("organisation.register", ADMINISTRATORS, "region", "add an organisation"),
    Right("organisation.change", ADMINISTRATORS, "organisation", "change an organisation"),
    Right("venue.register", ADMINISTRATORS, "region", "add a venue"),
    Right("venue.edit", EDITORS, "venue", "change facts, spaces and closures"),
    Right("venue.administer", ADMINISTRATORS, "venue", "change slug, region, organisation, status"),
    Right("membership.read", ADMINISTRATORS | OFFICERS | {Role.AUDITOR}, "region", "see who acts"),
    Right(
        "membership.read",
        ADMINISTRATORS | OFFICERS | {Role.AUDITOR},
        "organisation",
        "see who acts",
    ),
    Right("membership.read", PUBLISHERS | OFFICERS | {Role.AUDITOR}, "venue", "see who acts"),
    Right("audit.read", ADMINISTRATORS | {Role.AUDITOR}, "region", "see who changed what"),
    Right("audit.read", ADMINISTRATORS | {Role.AUDITOR}, "organisation", "see who changed what"),
    Right("audit.read", ADMINISTRATORS | {Role.AUDITOR}, "venue", "see who changed what"),
    # what happens
    Right("event.read", EDITORS | {Role.AUDITOR}, "venue", "see drafts and all the rest"),
    Right("event.read", STAFF, "venue", "see set-up, strike and moves", _PUBLISHED),
    Right("event.edit", EDITORS, "venue", "write and change", _UNPUBLISHED),
    Right("event.edit", PUBLISHERS, "venue", "change, cancel, reinstate", _PUBLISHED),
    Right("event.publish", PUBLISHERS, "venue", "publish, return, archive"),
    Right("subscription.change", PUBLISHERS, "venue", "have a calendar read and its events shown"),
    Right("private-feed.make", STAFF, "venue", "get a calendar address of one's own"),
    Right("private-feed.revoke", ADMINISTRATORS, "venue", "end somebody else's address"),
    Right(
        "campaign.lead",
        PUBLISHERS | OFFICERS,
        "lead",
        "open, change, announce and close a campaign; decide which events it takes",
    ),
    Right("campaign.partner", PUBLISHERS | OFFICERS, "organisation", "withdraw from a campaign"),
    # tours
    Right("exhibition.change", PLANNERS, "owner", "change an exhibition"),
    Right("unit.change", KEEPERS, "home", "change a unit, its repairs and absences"),
    Right("unit.send", PLANNERS, "home", "promise a unit to a host"),
    Right("unit.send", PLANNERS, "season", "promise a unit of the season to a host"),
    Right(
        "season.read",
        KEEPERS | OFFICERS | OVERSEERS,
        "season",
        "see plans, versions, runs and publications",
    ),
    Right("season.plan", PLANNERS, "season", "open a season; plan, decide and publish in it"),
    Right("request.read", HOSTS | PLANNERS | OFFICERS | OVERSEERS, "venue", "see tour requests"),
    Right("request.read", PLANNERS, "season", "see the season's tour requests"),
    Right(
        "request.write",
        HOSTS | {Role.COUNTY_OFFICER},
        "venue",
        "hand in, change and withdraw a tour request",
    ),
    Right("request.write", PLANNERS, "season", "hand in, change and withdraw for others"),
    Right(
        "call.open",
        PLANNERS | {Role.PROVINCE_OFFICER, Role.NATION_OFFICER},
        "season",
        "call for requests and set quotas",
    ),
    Right(
        "request.endorse",
        ADMINISTRATORS | {Role.COUNTY_OFFICER},
        "region",
        "endorse or return for the county",
    ),
    Right(
        "request.consolidate",
        ADMINISTRATORS | {Role.PREFECTURE_OFFICER},
        "region",
        "hand up or return for the prefecture",
    ),
    Right(
        "request.decide",
        ADMINISTRATORS | {Role.PROVINCE_OFFICER},
        "region",
        "accept, let wait, reject or return for the province",
    ),
    Right(
        "request.decide-for-nation",
        ADMINISTRATORS | {Role.NATION_OFFICER},
        "region",
        "the same where the call asks the nation",
    ),
    Right("stop.read", STAFF, "venue", "see set-up, moves and reasons"),
    Right("stop.operate", KEEPERS | {Role.OPERATOR}, "home", "prepare, open, strike, hand over"),
    Right("stop.operate", frozenset({Role.OPERATOR}), "venue", "the same at a host of theirs"),
    Right("stop.report", HOSTS, "venue", "count visits and sum up"),
    Right("stop.report", KEEPERS | {Role.OPERATOR}, "home", "the same for the host"),
    Right("unit.dispatch", KEEPERS, "home", "send a unit on its way, record its moves"),
    Right("facility-report.write", HOSTS, "venue", "say what the place offers"),
    Right(
        "facility-report.approve",
        PLANNERS | OFFICERS,
        "region",
        "approve what places say they offer",
    ),
    Right("visit.write", HOSTS | PLANNERS, "venue", "ask for a vehicle, say how it was"),
    Right("hold.write", HOSTS | PLANNERS, "venue", "stand in line for a unit", ("unit",)),
    Right("hold.write", KEEPERS, "home", "stand in line for a place", ("place",)),
    Right("hold.read", HOSTS | PLANNERS | OFFICERS, "venue", "see who stands in line"),
    Right("hold.read", KEEPERS, "home", "see who stands in line"),
    Right(
        "pairing.read",
        PLANNERS | OFFICERS | OVERSEERS,
        "region",
        "see what was promised to the region and what came of it",
    ),
    Right(
        "pairing.read",
        frozenset({Role.PAIRED_DONOR}),
        "organisation",
        "see what the donor promised",
    ),
    Right(
        "pairing.change",
        PLANNERS | {Role.PROVINCE_OFFICER, Role.NATION_OFFICER},
        "region",
        "pair a donor with a region",
    ),
    Right(
        "suspension.declare",
        ADMINISTRATORS | {Role.PROVINCE_OFFICER, Role.PREFECTURE_OFFICER},
        "region",
        "suspend and resume what is shown in the region",
    ),
    Right("stop.plan", PLANNERS, "region", "place, move, contract and cancel stops"),
)


GRANTS: dict[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.NATION_OFFICER: frozenset(
        {Role.PROVINCE_OFFICER, Role.PREFECTURE_OFFICER, Role.COUNTY_OFFICER, Role.READER}
    ),
    Role.PROVINCE_OFFICER: frozenset(
        {Role.PREFECTURE_OFFICER, Role.COUNTY_OFFICER, Role.RECOMMENDER, Role.READER}
    ),
    Role.PREFECTURE_OFFICER: frozenset({Role.COUNTY_OFFICER, Role.RECOMMENDER, Role.READER}),
    Role.COUNTY_OFFICER: frozenset({Role.HOST_CONTACT, Role.INFORMATION_OFFICER, Role.READER}),
    Role.HUB_KEEPER: frozenset({Role.OPERATOR}),
    Role.MUSEUM_PUBLISHER: frozenset({Role.MUSEUM_EDITOR, Role.HOST_CONTACT, Role.READER}),
}
"""Which roles the holder of a role may give and take, at or below the place it is held for."""


def rights_to(operation: str) -> tuple[Right, ...]:
    """The rows of ``operation``.

    Raises:
        ValueError: no row names it; a misspelt operation must not pass for a forbidden one.
    """
    rows = tuple(right for right in RIGHTS if right.operation == operation)
    if not rows:
        raise ValueError(f"the table of rights does not know {operation!r}")
    return rows


def as_markdown() -> str:
    """The tables as they stand in ``docs/permissions.md``."""
    return "\n".join([*_rights(), "", *_grants(), ""])


def _rights() -> Iterator[str]:
    yield "| operation | over | states | roles | what it is |"
    yield "|---|---|---|---|---|"
    for right in RIGHTS:
        states = ", ".join(right.states) or "any"
        roles = _words(right.roles)
        yield f"| `{right.operation}` | {right.over} | {states} | {roles} | {right.meaning} |"


def _grants() -> Iterator[str]:
    yield "| who holds | may give and take |"
    yield "|---|---|"
    for giver, given in GRANTS.items():
        yield f"| {giver.value} | {_words(given)} |"


def _words(roles: frozenset[Role]) -> str:
    return ", ".join(role.value for role in Role if role in roles)
