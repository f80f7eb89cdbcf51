"""Taking in a file of tour requests: look first, then write everything or nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidRequest
from touring.imports.requests_sheet import RequestRow, read_requests
from touring.imports.words import OF_SHEETS
from touring.models import Exhibition, RequestState, Season, TourRequest
from touring.permissions import can_ask_for
from touring.services.requests import (
    WantedWindow,
    Wish,
    change_request,
    problems_of,
    submit_request,
)
from venues.imports.workbook import RowProblem, Table
from venues.models import Space, Venue
from venues.permissions import Actor

_OVER = (
    RequestState.REJECTED,
    RequestState.WITHDRAWN,
    RequestState.EXPIRED,
    RequestState.FULFILLED,
)


@dataclass(frozen=True)
class RequestsPreview:
    """What a file would do: new requests, codes of changed ones. With any problem, nothing."""

    created: int
    changed: tuple[str, ...]
    unchanged: int
    problems: tuple[RowProblem, ...]


def preview_requests(
    content: bytes | Table, *, season: Season, by: Actor, now: datetime
) -> RequestsPreview:
    """What :func:`import_requests` would do now, with all problems of all rows; writes nothing.

    A row means the request with its code; without a code the venue's request of the season that
    asks for exactly the same, and otherwise a new one.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    return _Intake(season, by, now).read(content).preview()


@transaction.atomic
def import_requests(
    content: bytes | Table, *, season: Season, by: Actor, now: datetime
) -> RequestsPreview:
    """Hand in a file of requests, all of it; the same file a second time changes nothing.

    Raises:
        UnreadableFile: it is not a table at all.
        InvalidRequest: there are problems; ``detail["problems"]`` has them all, nothing was
            written.
    """
    Season.objects.select_for_update().get(pk=season.pk)
    intake = _Intake(season, by, now).read(content)
    outcome = intake.preview()
    if outcome.problems:
        raise InvalidRequest(
            f"The file has {len(outcome.problems)} problems; nothing was written.",
            problems=[problem.told(OF_SHEETS) for problem in outcome.problems],
        )
    for code, wish in intake.new:
        submit_request(season=season, wish=wish, code=code, by=by, now=now)
    for request, wish in intake.changed:
        change_request(
            request_id=request.pk, seen_version=request.version, wish=wish, by=by, now=now
        )
    return outcome


@dataclass
class _Intake:
    """One pass over a file against the network as it is in memory."""

    season: Season
    by: Actor
    now: datetime
    new: list[tuple[str | None, Wish]] = field(default_factory=list)
    changed: list[tuple[TourRequest, Wish]] = field(default_factory=list)
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def read(self, content: bytes | Table) -> _Intake:
        rows, self.problems = read_requests(content)
        self._venues = _venues_by_name()
        self._exhibitions = _exhibitions_by_name()
        self._known = _requests_by_code()
        self._may: dict[int, bool] = {}
        self._asked = {
            _asks(one): one
            for one in self._known.values()
            if one.season_id == self.season.pk and one.state not in _OVER
        }
        wrong = {one.row for one in self.problems}
        seen: dict[str, int] = {}
        for row in rows:
            before = len(self.problems)
            code = row.text("code")
            if code and (first := seen.setdefault(code, row.row.number)) < row.row.number:
                self._refuse(row, "code", f"Stands in row {first} already. Delete one of them.")
            wish = self._wish(row)
            if wish and len(self.problems) == before and row.row.number not in wrong:
                self._file(row, code, wish)
        return self

    def preview(self) -> RequestsPreview:
        return RequestsPreview(
            created=len(self.new),
            changed=tuple(request.code for request, _ in self.changed),
            unchanged=self.unchanged,
            problems=tuple(sorted(self.problems, key=lambda one: (one.row, one.cell))),
        )

    def _wish(self, row: RequestRow) -> Wish | None:
        """The row's wish, or ``None`` where it has no venue or no stay to judge it by."""
        venue = self._venue(row)
        space = self._space(row, venue) if venue else None
        exhibitions = self._wanted(row)
        stay_days = row.row.values.get("stay_days")
        if venue is None or stay_days is None:
            return None
        wish = Wish(
            venue=venue,
            space=space,
            stay_days=stay_days,
            windows=[
                WantedWindow(window.first_date, window.end_date, window.preference)
                for window in row.windows
            ],
            exhibitions=exhibitions,
            expected_visits=row.row.values.get("expected_visits"),
            contact_email=row.text("contact_email"),
            note=row.text("note"),
        )
        before = len(self.problems)
        for problem in problems_of(wish, self.season):
            self._refuse_wish(row, problem["field"], problem["message"])
        return wish if len(self.problems) == before else None

    def _file(self, row: RequestRow, code: str, wish: Wish) -> None:
        known = self._known.get(code) if code else self._asked.get(_asks_of(wish))
        if known is None:
            self.new.append((code or None, wish))
        elif known.season_id != self.season.pk:
            self._refuse(row, "code", f"{code} belongs to season {known.season.slug}. Change it.")
        elif known.state in _OVER:
            self._refuse(row, "code", f"{code} is {known.state}. Leave the code empty to ask anew.")
        elif _asks(known) == _asks_of(wish):
            self.unchanged += 1
        else:
            self.changed.append((known, wish))

    def _venue(self, row: RequestRow) -> Venue | None:
        name = row.text("venue")
        found = self._venues.get(name, [])
        if not name:
            return None  # reported with the cell
        if len(found) != 1:
            self._refuse(
                row,
                "venue",
                f"There are {len(found)} venues “{name}”. Write the one's address name (slug).",
            )
            return None
        return found[0] if self._is_allowed(row, found[0]) else None

    def _is_allowed(self, row: RequestRow, venue: Venue) -> bool:
        if venue.pk not in self._may:
            today = timezone.localdate(self.now)
            self._may[venue.pk] = can_ask_for(self.by, venue, self.season, today)
        if not self._may[venue.pk]:
            self._refuse(row, "venue", f"You may not ask for tours on behalf of {venue}.")
        return self._may[venue.pk]

    def _space(self, row: RequestRow, venue: Venue) -> Space | None:
        name = row.text("space")
        if not name:
            return None
        spaces = {key: one for one in venue.spaces.all() for key in (one.name_zh, one.code)}
        if name not in spaces:
            known = "、".join(one.name_zh for one in venue.spaces.all()) or "none is registered"
            self._refuse(row, "space", f"{venue} has no space “{name}”; use one of: {known}.")
        return spaces.get(name)

    def _wanted(self, row: RequestRow) -> list[Exhibition]:
        names = row.row.values.get("exhibitions") or ()
        for name in names:
            if name not in self._exhibitions:
                known = "、".join(sorted({one.title_zh for one in self._exhibitions.values()})[:20])
                self._refuse(
                    row, "exhibitions", f"There is no exhibition “{name}”; use one of: {known}."
                )
        return [self._exhibitions[name] for name in names if name in self._exhibitions]

    def _refuse_wish(self, row: RequestRow, name: str, message: str) -> None:
        if name.startswith("windows["):
            position = int(name.removeprefix("windows[").removesuffix("]"))
            name = f"first_{row.windows[position - 1].rank}"
        if name != "windows":  # a missing first window is reported with its cell
            self._refuse(row, name, f"{message[:1].upper()}{message[1:]}.")

    def _refuse(self, row: RequestRow, name: str, message: str) -> None:
        self.problems.append(row.row.problem(name, message))


def _asks(request: TourRequest) -> tuple:
    return (
        request.venue_id,
        request.space_id,
        request.stay_days,
        tuple((one.first_date, one.end_date, one.preference) for one in request.windows.all()),
        frozenset(one.pk for one in request.exhibitions.all()),
        request.expected_visits,
        request.contact_email,
        request.note,
    )


def _asks_of(wish: Wish) -> tuple:
    return (
        wish.venue.pk,
        wish.space.pk if wish.space else None,
        wish.stay_days,
        tuple((one.first_date, one.end_date, one.preference) for one in wish.windows),
        frozenset(one.pk for one in wish.exhibitions),
        wish.expected_visits,
        wish.contact_email,
        wish.note,
    )


def _venues_by_name() -> dict[str, list[Venue]]:
    found: dict[str, list[Venue]] = defaultdict(list)
    for venue in Venue.objects.select_related("region").prefetch_related("spaces"):
        for name in {venue.slug, venue.name_zh, venue.name_en} - {""}:
            found[name].append(venue)
    return found


def _exhibitions_by_name() -> dict[str, Exhibition]:
    return {
        name: one
        for one in Exhibition.objects.all()
        for name in (one.title_en, one.title_zh, one.slug)
        if name
    }


def _requests_by_code() -> dict[str, TourRequest]:
    requests = TourRequest.objects.select_related("season").prefetch_related(
        "windows", "exhibitions"
    )
    return {request.code: request for request in requests}
