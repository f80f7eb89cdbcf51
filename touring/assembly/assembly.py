"""The whole season, read and checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from touring import lifecycles
from touring.assembly.days import Calendar
from touring.assembly.need import needs_of, scale_of
from touring.assembly.places import Place, closed_spans, offers_of, place_of, without_coordinates
from touring.assembly.problems import RowProblem, invalid_season, row_problem
from touring.assembly.regions import RegionTree, region_tree
from touring.assembly.rules import Rules
from touring.assembly.units import unit_document, unit_problems
from touring.errors import InvalidSeason
from touring.models import Pairing, Plan, Season, Stop, StopLock, StopState, TourRequest, Unit
from touring.models.stop import PUBLIC_STATES
from touring.planning import result
from touring.planning.formats import INSTANCE_FORMAT, parse_instance
from touring.planning.problem import InvalidProblem, Issue, Problem
from touring.queries import (
    earlier_stops,
    pairings_of_season,
    requests_to_plan,
    stops_of_season,
    stops_outside_season,
    units_to_plan,
)
from venues.models import Closure, RegionLevel

STANDING_STATES = tuple(StopState(name) for name in lifecycles.STANDING_STOPS)
"""What is on show, or has been, cannot be planned otherwise any more."""


@dataclass(frozen=True)
class Assembly:
    """A season as a problem, with the rows behind its ids.

    ``previous`` are the stops published so far, all confirmed; a contracted one weighs more.
    ``lock_problems``: locks that today's other rows contradict, left out of ``problem``
    (only where :func:`assemble` was told to tolerate them).
    """

    calendar: Calendar
    problem: Problem
    previous: result.Plan | None
    units: dict[str, Unit]
    requests: dict[str, TourRequest]
    places: dict[str, Place]
    lock_problems: tuple[RowProblem, ...] = ()

    def refusal_of(self, paths: Iterable[str], message: str) -> InvalidSeason:
        """What the engine says about members of the instance, said of their rows."""
        names = {"locked": [f"lock {one.request} on {one.unit}" for one in self.problem.locked]}
        season = f"season {self.problem.name}"
        issues = [Issue(path, "cannot_stand", message) for path in paths]
        return invalid_season(
            self.problem.name, [row_problem(issue, names, season) for issue in issues]
        )


def assemble(plan: Plan, *, tolerate_locks: bool = False) -> Assembly:
    """The plan's season from today's rows.

    Raises:
        InvalidSeason: with every problem of the rows at once, each naming row, field and remedy.
    """
    season = _Reading(plan.season, plan)
    document = season.document()
    try:
        problem = season.checked(document)
        lock_problems: tuple[RowProblem, ...] = ()
    except InvalidProblem as refusal:
        problems = season.named(refusal)
        lock_problems = tuple(one for one in problems if one.row.startswith("lock "))
        if not tolerate_locks or len(lock_problems) < len(problems):
            raise invalid_season(plan.season.slug, problems) from refusal
        problem = parse_instance({**document, "locked": []})
    return Assembly(
        calendar=season.calendar,
        problem=problem,
        previous=season.previous(),
        units={unit.code: unit for unit in season.units},
        requests={request.code: request for request in season.requests},
        places=season.places,
        lock_problems=lock_problems,
    )


def instance_of(season: Season, plan: Plan | None = None) -> dict[str, Any]:
    """The season in the format ``orrery-tour/1``, with the locks of ``plan`` if one is given.

    Raises:
        InvalidSeason: as :func:`assemble`.
    """
    reading = _Reading(season, plan)
    document = reading.document()
    try:
        reading.checked(document)
    except InvalidProblem as refusal:
        raise invalid_season(season.slug, reading.named(refusal)) from refusal
    return document


class _Reading:
    """Everything a season's instance is made of, read once."""

    def __init__(self, season: Season, plan: Plan | None) -> None:
        self.season = season
        self.calendar = Calendar(season.first_date, (season.end_date - season.first_date).days)
        self.rules = Rules(season, self.calendar)
        self.units = list(units_to_plan(season))
        self.requests = list(requests_to_plan(season))
        self.published = list(stops_of_season(season))
        self.places: dict[str, Place] = {}
        self._place_of_request: dict[str, Place] = {}
        for request in self.requests:
            place = place_of(request)
            self._place_of_request[request.code] = self.places.setdefault(place.id, place)
        self.places = dict(sorted(self.places.items()))
        self._locks = list(plan.locks.select_related("unit", "request")) if plan else []
        self._busy = list(stops_outside_season(season))
        scale = 0.0 if self.rules.problems else scale_of(season)
        self._extra = {one.region: scale * one.index for one in needs_of(season)} if scale else {}
        self._tree: RegionTree = region_tree(
            [place.venue.region for place in self.places.values()],
            [region for unit in self.units for region in unit.regions.all()],
            self.rules.floors,
        )
        self._locked = sorted(
            [self._lock(lock) for lock in self._locks]
            + [self._standing(stop) for stop in self.published if stop.state in STANDING_STATES],
            key=lambda one: (one["unit"], one["open"], one["request"]),
        )

    def document(self) -> dict[str, Any]:
        return {
            "format": INSTANCE_FORMAT,
            "name": self.season.slug,
            "start": self.season.first_date.isoformat(),
            "days": self.calendar.days,
            **self.rules.document(),
            **self._pairings(),
            "regions": self._tree.documents(self.rules.floors),
            "hosts": self._hosts(),
            "units": self._units(),
            "requests": [self._request(request) for request in self.requests],
            "locked": self._locked,
            "history": self._history(),
            "objective": self.rules.objective,
        }

    def checked(self, document: dict[str, Any]) -> Problem:
        """The problem; raises ``InvalidProblem`` also for what only the rows tell."""
        problem = parse_instance(document)
        if self.row_problems():
            raise InvalidProblem([])
        return problem

    def named(self, refusal: InvalidProblem) -> list[RowProblem]:
        names = {
            "hosts": [f"venue {place.venue.slug}" for place in self.places.values()],
            "units": [f"unit {unit.code}" for unit in self.units],
            "requests": [f"request {request.code}" for request in self.requests],
            "regions": [f"region {code}" for code in self._tree.codes],
            "locked": [f"lock {one['request']} on {one['unit']}" for one in self._locked],
        }
        season = f"season {self.season.slug}"
        own = self.row_problems()
        said = {one.row for one in own if one.row.startswith("unit ")}  # in words of the rows
        found = [row_problem(issue, names, season) for issue in refusal.issues]
        return own + [one for one in found if one.row not in said]

    def row_problems(self) -> list[RowProblem]:
        season = f"season {self.season.slug}"
        found = list(self.rules.problems)
        if not self.units:
            found.append(RowProblem(season, "units", "has no active unit: add at least one"))
        for unit in self.units:
            found += unit_problems(unit, self.calendar)
        asked_by = {place.id: code for code, place in self._place_of_request.items()}
        found += [
            without_coordinates(place.venue, f"request {asked_by[place.id]}")
            for place in self.places.values()
            if place.venue.lat is None or place.venue.lon is None
        ]
        return found

    def previous(self) -> result.Plan | None:
        if not self.published:
            return None
        units = {unit.code for unit in self.units}
        requests = {request.code for request in self.requests}
        return result.Plan(
            stops=tuple(
                sorted(
                    result.Stop(
                        unit=stop.unit.code,
                        open=self.calendar.day(stop.opens_on),
                        request=stop.uid,
                        confirmed=True,
                        weight=self._weight(stop),
                    )
                    for stop in self.published
                    if stop.unit.code in units and stop.uid in requests
                )
            ),
            instance=self.season.slug,
        )

    def _weight(self, stop: Stop) -> float:
        return self.rules.contracted_weight if stop.state in PUBLIC_STATES else 1.0

    def _pairings(self) -> dict[str, Any]:
        """Those of the season's rules, and the rows that last at some time of the season.

        A promise counts for each year that the pairing and the season have in common; a region
        where nobody asks is none of the problem's.
        """
        rows = pairings_of_season(self.season)
        found = [
            {
                "id": row.code,
                "region": row.recipient.code,
                "units": sorted(one.code for one in row.units.all()) or None,
                "min_stops": row.yearly_stops * self._years(row),
            }
            for row in rows
            if row.recipient.code in self._tree.codes
        ]
        given = self.rules.document().get("pairings", [])
        return {"pairings": [*given, *found]} if found else {}

    def _years(self, pairing: Pairing) -> int:
        """Whole years in common, at least one."""
        first = max(pairing.first_date, self.season.first_date)
        end = min(pairing.end_date, self.season.end_date)
        return max(1, (end - first).days // 365)

    def _hosts(self) -> list[dict[str, Any]]:
        closures = defaultdict(list)
        venues = [place.venue.pk for place in self.places.values()]
        for closure in Closure.objects.filter(venue__in=venues).order_by("first_date", "pk"):
            closures[closure.venue_id].append(closure)
        taken = defaultdict(list)
        for stop in self._busy:
            span = self.calendar.span(stop.arrives_on, stop.leaves_on)
            taken[(stop.venue_id, stop.space_id)].append(span)
        return [
            {
                "id": place.id,
                "region": place.venue.region.code,
                "place_group": self._tree.county_of(place.venue.region),
                "lat": place.venue.lat or 0.0,
                "lon": place.venue.lon or 0.0,
                "parallel": 1,
                "offers": offers_of(place),
                "blackouts": sorted(
                    closed_spans(place, closures[place.venue.pk], self.calendar) + taken[place.key]
                ),
            }
            for place in self.places.values()
        ]

    def _units(self) -> list[dict[str, Any]]:
        crews = self.rules.crew_of_unit
        busy: dict[int, list[Stop]] = defaultdict(list)
        for stop in self._busy:
            busy[stop.unit_id].append(stop)
        return [
            unit_document(unit, self.calendar, busy[unit.pk], crews.get(unit.code))
            for unit in self.units
        ]

    def _request(self, request: TourRequest) -> dict[str, Any]:
        wanted = sorted(exhibition.slug for exhibition in request.exhibitions.all())
        return {
            "id": request.code,
            "host": self._place_of_request[request.code].id,
            "exhibitions": wanted or None,
            "stay_days": request.stay_days,
            "value": request.value
            + self._extra.get(self._tree.county_of(request.venue.region), 0.0),
            "must": request.must,
            "township": request.venue.region.level == RegionLevel.TOWNSHIP,
            "windows": [
                {
                    "first": self.calendar.day(window.first_date),
                    "end": self.calendar.day(window.end_date),
                    "preference": window.preference,
                }
                for window in request.windows.all()
            ],
        }

    def _history(self) -> list[dict[str, Any]]:
        gaps = self.season.rules.get("gaps") if isinstance(self.season.rules, dict) else None
        figures = [one for one in (gaps or {}).values() if isinstance(one, int)]
        groups = {self._tree.county_of(place.venue.region) for place in self.places.values()}
        return sorted(
            (
                {"place_group": group, "exhibition": shown, "close": self.calendar.day(closed)}
                for group, shown, closed in self._closes(earlier_stops(self.season))
                if group in groups and -self.calendar.day(closed) < max(figures, default=0)
            ),
            key=lambda one: (one["place_group"], one["close"], one["exhibition"]),
        )

    def _closes(self, stops: Iterable[Stop]) -> Iterable[tuple[str, str, Any]]:
        for stop in stops:
            group = self._tree.county_of(stop.venue.region)
            yield group, stop.unit.exhibition.slug, stop.closes_on

    def _lock(self, lock: StopLock) -> dict[str, Any]:
        return {
            "unit": lock.unit.code,
            "request": lock.request.code,
            "open": self.calendar.day(lock.opens_on),
        }

    def _standing(self, stop: Stop) -> dict[str, Any]:
        return {
            "unit": stop.unit.code,
            "request": stop.uid,
            "open": self.calendar.day(stop.opens_on),
        }
