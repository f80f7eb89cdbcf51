"""Handing in files of every kind: what one would do, doing it, and taking it back.

What a file would do is found by doing it and rolling back, or, as events come in thousands, by
doing all of it but the writing. :func:`commit` compares: what the preview says is what happens.
Above the storeys whose rows the files fill; each kind's own rules are theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import ProtectedError

from events.errors import NothingToUndo
from events.ical.read import Reading
from events.imports import events_sheet
from events.services.undo import undo_run
from events.services.uploads import EventsTaken, read_upload, take_calendar, take_sheet
from touring.errors import StaleUpload, UploadHasProblems, WrongState
from touring.imports import requests_sheet, units_sheet
from touring.imports.words import OF_SHEETS
from touring.models import Exhibition, Season, TourRequest, Unit
from touring.services.intake import import_requests, preview_requests
from touring.services.requests import (
    WantedWindow,
    Wish,
    change_request,
    wish_document,
    withdraw_request,
)
from touring.services.units_intake import set_facts, take_units
from venues.errors import DomainError, Invalid, field_problem
from venues.imports import venues_sheet
from venues.imports.columns import Column, mapped
from venues.imports.isolated import read_table_isolated
from venues.imports.workbook import RowProblem, Table
from venues.models import Space, Upload, UploadKind, UploadState, Venue
from venues.permissions import Actor
from venues.services.audit import record
from venues.services.intake import VenuesPreview, import_venues, preview_venues
from venues.services.venues import change_venue

UNDO_HOURS = 24
SHOWN_ROWS = 2_000
SHEETS: Mapping[str, tuple[Column, ...]] = {
    UploadKind.VENUES: venues_sheet.COLUMNS,
    UploadKind.UNITS: units_sheet.COLUMNS,
    UploadKind.TOUR_REQUESTS: requests_sheet.COLUMNS,
    UploadKind.EVENTS: events_sheet.COLUMNS,
}
_VENUE_FIELDS = tuple(
    column.field
    for column in venues_sheet.COLUMNS
    if column.field not in ("region", "organisation", "crs", "slug")
)


@dataclass(frozen=True)
class _Outcome:
    """``changed``: subject → field → (before, after). ``journal``: what taking back needs."""

    created: tuple[str, ...] = ()
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unchanged: int = 0
    problems: tuple[RowProblem, ...] = ()
    journal: dict[str, Any] = field(default_factory=dict)


def hand_in(
    *,
    kind: str,
    content: bytes,
    by: Actor,
    now: datetime,
    name: str = "",
    place: str = "",
    mapping: Mapping[str, str] | None = None,
) -> Upload:
    """Keep the file and look at it: the row's ``report`` says what :func:`commit` will do.

    ``place`` is the slug of the season (tour requests) or venue (events, calendar).

    Raises:
        UnreadableFile: it is no such file at all; nothing is kept.
        NotAllowed: ``by`` may not write such rows there.
        Invalid: there is no such place, or the mapping names what is not there.
    """
    upload = Upload(
        kind=UploadKind(kind), place=place, name=name[:200], content=content,
        mapping=dict(mapping or {}), owner_id=by.pk, created_at=now,
    )  # fmt: skip
    outcome = _rolled_back(upload, _content(upload, now), by, now)
    upload.report = _report(outcome)
    upload.save()
    return upload


def commit(*, upload_id: int, by: Actor, now: datetime) -> Upload:
    """Do what the report says, all of it; a second time changes nothing.

    Raises:
        UploadHasProblems: the file has problems; nothing is written.
        StaleUpload: it would do something else by now; the report is renewed, look again.
        WrongState: it has been taken back.
    """
    content = _content(Upload.objects.get(pk=upload_id, owner_id=by.pk), now)
    with transaction.atomic():
        upload = _locked(upload_id, by)
        if upload.state == UploadState.COMMITTED:
            return upload
        if upload.state == UploadState.UNDONE:
            raise WrongState("This file was taken back; hand it in again.", state=upload.state)
        if problems := upload.report["problems"]:
            raise UploadHasProblems(
                f"The file has {len(problems)} problems; correct it and hand it in again.",
                problems=problems,
            )
        outcome = _APPLY[upload.kind](upload, content, by, now)
        if _report(outcome) != upload.report:
            raise StaleUpload("Something changed since the preview; hand the file in again.")
        upload.state, upload.committed_at = UploadState.COMMITTED, now
        upload.journal = outcome.journal
        upload.save()
        record(by=by, action="upload.commit", subject=upload, now=now, note=upload.name)
    return upload


@transaction.atomic
def undo(*, upload_id: int, by: Actor, now: datetime) -> Upload:
    """Take back what the file did, all of it or nothing; within 24 hours.

    New events are cancelled, new requests withdrawn, new venues removed; what was changed says
    again what it said before.

    Raises:
        WrongState: it was not committed, or more than 24 hours ago.
        DomainError: somebody changed one of the rows since, or uses it.
    """
    upload = _locked(upload_id, by)
    if upload.state == UploadState.UNDONE:
        return upload
    if upload.committed_at is None:
        raise WrongState("This file was never committed.", state=upload.state)
    if now - upload.committed_at > timedelta(hours=UNDO_HOURS):
        raise WrongState(f"It can be taken back within {UNDO_HOURS} hours; change the rows.")
    _UNDO[upload.kind](upload, by, now)
    upload.state, upload.undone_at = UploadState.UNDONE, now
    upload.save(update_fields=["state", "undone_at"])
    record(by=by, action="upload.undo", subject=upload, now=now, note=upload.name)
    return upload


def _content(upload: Upload, now: datetime) -> Table | Reading:
    """The file, read in a process of its own, with its columns mapped. In no transaction: it may
    take its time.

    Raises: UnreadableFile, Invalid.
    """
    if upload.kind == UploadKind.CALENDAR:
        return read_upload(bytes(upload.content), venue=_venue(upload), now=now)
    table = read_table_isolated(bytes(upload.content))
    return mapped(table, upload.mapping, SHEETS[upload.kind])


def _venue(upload: Upload) -> Venue:
    venue = Venue.objects.filter(slug=upload.place).first()
    if venue is None:
        raise _no_place("There is no such venue.")
    return venue


def _locked(upload_id: int, by: Actor) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).get(pk=upload_id, owner_id=by.pk)


class _RolledBackError(Exception):
    """Leaves a transaction without a trace."""


def _rolled_back(upload: Upload, content: Table | Reading, by: Actor, now: datetime) -> _Outcome:
    outcome = _Outcome()
    try:
        with transaction.atomic():
            outcome = _TRY.get(upload.kind, _APPLY[upload.kind])(upload, content, by, now)
            raise _RolledBackError
    except _RolledBackError:
        return outcome


def _report(outcome: _Outcome) -> dict[str, Any]:
    """As JSON; of very many rows the first are shown, the counts are of all."""
    changed = [
        {
            "subject": subject,
            "fields": [{"field": n, "old": o, "new": w} for n, (o, w) in f.items()],
        }
        for subject, f in outcome.changed.items()
    ]
    report = {
        "counts": {
            "created": len(outcome.created),
            "changed": len(changed),
            "unchanged": outcome.unchanged,
            "problems": len(outcome.problems),
        },
        "created": list(outcome.created[:SHOWN_ROWS]),
        "changed": changed[:SHOWN_ROWS],
        "problems": [problem.told(OF_SHEETS) for problem in outcome.problems[:SHOWN_ROWS]],
    }
    as_kept: dict[str, Any] = json.loads(json.dumps(report, cls=DjangoJSONEncoder))
    return as_kept


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {n: (before.get(n), after[n]) for n in after if before.get(n) != after[n]}


# ---- venues --------------------------------------------------------------------------------------


def _try_venues(_upload: Upload, table: Any, by: Actor, now: datetime) -> _Outcome:
    """New venues, which come in thousands, need not be written to be told of."""
    planned = preview_venues(table, by=by, now=now)
    if planned.changed and not planned.problems:
        return _taken_venues(planned, table, by, now)
    return _Outcome(planned.created, {}, planned.unchanged, planned.problems)


def _apply_venues(_upload: Upload, table: Any, by: Actor, now: datetime) -> _Outcome:
    planned = preview_venues(table, by=by, now=now)
    if planned.problems:
        return _Outcome(planned.created, {}, planned.unchanged, planned.problems)
    return _taken_venues(planned, table, by, now)


def _taken_venues(planned: VenuesPreview, table: Any, by: Actor, now: datetime) -> _Outcome:
    before = _venue_facts(planned.changed)
    import_venues(table, by=by, now=now)
    after = _venue_facts(planned.changed)
    made = Venue.objects.filter(slug__in=planned.created)
    return _Outcome(
        created=planned.created,
        changed={slug: _differences(before[slug], after[slug]) for slug in planned.changed},
        unchanged=planned.unchanged,
        journal={
            "created": dict(made.values_list("pk", "version")),
            "changed": {slug: before[slug] for slug in planned.changed},
            "versions": dict(
                Venue.objects.filter(slug__in=planned.changed).values_list("slug", "version")
            ),
        },
    )


def _venue_facts(slugs: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    rows = Venue.objects.filter(slug__in=slugs).values("slug", *_VENUE_FIELDS)
    return {row["slug"]: {n: _plain(row[n]) for n in _VENUE_FIELDS} for row in rows}


def _undo_venues(upload: Upload, by: Actor, now: datetime) -> None:
    for slug, facts in upload.journal["changed"].items():
        venue = Venue.objects.get(slug=slug)
        change_venue(
            venue_id=venue.pk, seen_version=upload.journal["versions"][slug],
            changes=_venue_changes(venue, facts), by=by, now=now,
        )  # fmt: skip
    for pk, version in upload.journal["created"].items():
        made = Venue.objects.filter(pk=pk, version=version).first()
        if made is None:
            raise WrongState("A venue of this file was changed since; remove it by hand.")
        try:
            made.delete()
        except ProtectedError as used:
            raise WrongState(f"{made.slug} is used by now and stays.", venue=made.slug) from used


def _venue_changes(venue: Venue, facts: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column.name: column for column in Venue._meta.concrete_fields}
    found = {}
    for name, value in facts.items():
        python = columns[name].to_python(value)
        if getattr(venue, name) != python:
            found[name] = python
    return found


# ---- units ---------------------------------------------------------------------------------------


def _apply_units(_upload: Upload, table: Any, by: Actor, now: datetime) -> _Outcome:
    taken = take_units(table, by=by, now=now)
    return _Outcome(
        created=taken.created,
        changed={code: _differences(*facts) for code, facts in taken.changed.items()},
        unchanged=taken.unchanged,
        problems=taken.problems,
        journal={
            "created": list(taken.created),
            "changed": {code: before for code, (before, _) in taken.changed.items()},
            "at": now.isoformat(),
        },
    )


def _undo_units(upload: Upload, by: Actor, now: datetime) -> None:
    at = datetime.fromisoformat(upload.journal["at"])
    codes = [*upload.journal["created"], *upload.journal["changed"]]
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes, changed_at=at)}
    if changed := [code for code in codes if code not in units]:
        raise WrongState(f"{changed[0]} was changed since; correct it by hand.", unit=changed[0])
    for code, facts in upload.journal["changed"].items():
        set_facts(units[code], facts, by=by, now=now)
    for code in upload.journal["created"]:
        try:
            units[code].delete()
        except ProtectedError as used:
            raise WrongState(f"{code} is used by now and stays.", unit=code) from used


# ---- tour requests -------------------------------------------------------------------------------


def _apply_requests(upload: Upload, table: Any, by: Actor, now: datetime) -> _Outcome:
    season = Season.objects.filter(slug=upload.place).first()
    if season is None:
        raise _no_place("There is no such season.")
    planned = preview_requests(table, season=season, by=by, now=now)
    if planned.problems:
        return _Outcome((), {}, planned.unchanged, planned.problems)
    known = set(season.requests.values_list("pk", flat=True))
    before = _wishes(planned.changed)
    import_requests(table, season=season, by=by, now=now)
    after = _wishes(planned.changed)
    made = season.requests.exclude(pk__in=known).order_by("code")
    versions = TourRequest.objects.filter(code__in=planned.changed)
    return _Outcome(
        created=tuple(made.values_list("code", flat=True)),
        changed={code: _differences(before[code], after[code]) for code in planned.changed},
        unchanged=planned.unchanged,
        journal={
            "created": dict(made.values_list("pk", "version")),
            "changed": before,
            "versions": dict(versions.values_list("code", "version")),
        },
    )


def _wishes(codes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    rows = TourRequest.objects.filter(code__in=codes).select_related("venue", "space")
    return {row.code: wish_document(row) for row in rows.prefetch_related("windows", "exhibitions")}


def _undo_requests(upload: Upload, by: Actor, now: datetime) -> None:
    for pk, version in upload.journal["created"].items():
        withdraw_request(request_id=int(pk), seen_version=version, by=by, now=now)
    for code, wish in upload.journal["changed"].items():
        change_request(
            request_id=TourRequest.objects.get(code=code).pk,
            seen_version=upload.journal["versions"][code],
            wish=_wish_of(wish), by=by, now=now,
        )  # fmt: skip


def _wish_of(document: Mapping[str, Any]) -> Wish:
    """The wish of :func:`~touring.services.requests.wish_document`."""
    venue = Venue.objects.get(slug=document["venue"])
    code = document["space"]
    return Wish(
        venue=venue,
        stay_days=document["stay_days"],
        windows=[
            WantedWindow(
                date.fromisoformat(each["first_date"]),
                date.fromisoformat(each["end_date"]),
                each["preference"],
            )
            for each in document["windows"]
        ],
        space=Space.objects.get(venue=venue, code=code) if code else None,
        exhibitions=list(Exhibition.objects.filter(slug__in=document["exhibitions"])),
        expected_visits=document["expected_visits"],
        contact_email=document["contact_email"],
        note=document["note"],
    )


# ---- events --------------------------------------------------------------------------------------


def _apply_events(
    upload: Upload, content: Any, by: Actor, now: datetime, is_trial: bool = False
) -> _Outcome:
    take = take_calendar if upload.kind == UploadKind.CALENDAR else take_sheet
    return _of_events(take(content, venue=_venue(upload), by=by, now=now, is_trial=is_trial))


def _try_events(upload: Upload, content: Any, by: Actor, now: datetime) -> _Outcome:
    return _apply_events(upload, content, by, now, is_trial=True)


def _of_events(taken: EventsTaken) -> _Outcome:
    return _Outcome(
        taken.created, taken.changed, taken.unchanged, taken.problems, {"run": taken.run}
    )


def _undo_events(upload: Upload, by: Actor, now: datetime) -> None:
    if upload.journal["run"] is None:
        raise NothingToUndo("The file changed nothing.")
    undo_run(run_id=upload.journal["run"], by=by, now=now)


def _no_place(message: str) -> DomainError:
    return Invalid(message, problems=[field_problem("place", message)])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


_APPLY: Mapping[str, Callable[[Upload, Any, Actor, datetime], _Outcome]] = {
    UploadKind.VENUES: _apply_venues,
    UploadKind.UNITS: _apply_units,
    UploadKind.TOUR_REQUESTS: _apply_requests,
    UploadKind.EVENTS: _apply_events,
    UploadKind.CALENDAR: _apply_events,
}
_TRY: Mapping[str, Callable[[Upload, Any, Actor, datetime], _Outcome]] = {
    UploadKind.VENUES: _try_venues,
    UploadKind.EVENTS: _try_events,
    UploadKind.CALENDAR: _try_events,
}
_UNDO: Mapping[str, Callable[[Upload, Actor, datetime], None]] = {
    UploadKind.VENUES: _undo_venues,
    UploadKind.UNITS: _undo_units,
    UploadKind.TOUR_REQUESTS: _undo_requests,
    UploadKind.EVENTS: _undo_events,
    UploadKind.CALENDAR: _undo_events,
}
