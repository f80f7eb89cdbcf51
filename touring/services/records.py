"""Recording what a stop has to show: each function is one form, filled in by its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Model, Sum
from django.utils import timezone

from touring.errors import InvalidRecord
from touring.models import (
    Agreement,
    ConditionItem,
    ConditionPhoto,
    ConditionReport,
    DailyCount,
    FacilityReport,
    Handover,
    ItemState,
    Stop,
    StopSummary,
    Training,
)
from touring.permissions import (
    can_approve_facilities,
    can_operate,
    can_plan_in,
    can_report,
    can_state_facilities,
)
from touring.services.clocks import today_at
from touring.services.gates import CONDITION_WITHIN, summary_due_on
from touring.services.papers import PICTURES, keep_paper
from venues.errors import field_problem
from venues.models import Space, Venue
from venues.permissions import Actor, require
from venues.services import audit

AUDIENCES = ("youth", "farmer", "worker", "elderly", "official", "ungrouped")
"""The five priority groups, and those who were not asked."""


@dataclass(frozen=True)
class Terms:
    """An agreement's terms; amounts in whole yuan. ``signed_on`` empty: a draft."""

    terms_version: str = ""
    fee_yuan: int = 0
    deposit_yuan: int = 0
    insurance: str = ""
    cancel_terms: str = ""
    signed_on: date | None = None
    signed_for_host_by: str = ""


@dataclass(frozen=True)
class SeenItem:
    exhibit: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class DayCount:
    """Visits of one day; ``by_audience`` holds parts of them by :data:`AUDIENCES`."""

    day: date
    visits: int
    by_audience: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def record_agreement(*, stop: Stop, terms: Terms, by: Actor, now: datetime) -> Agreement:
    """Draft the agreement, or record its signature. Raises: NotAllowed, InvalidRecord."""
    require(can_plan_in(by, stop.venue.region, _today(now)), "Only planners record agreements.")
    if terms.signed_on is not None and terms.signed_on > today_at(stop.venue, now):
        _refuse("signed_on", f"{terms.signed_on} has not come yet: leave it out until then.")
    agreement, _ = Agreement.objects.update_or_create(
        stop=stop,
        defaults={**vars(terms), "recorded_by_id": by.pk, "recorded_at": now},
    )
    return _recorded(agreement, stop, "agreement", by, now)


@transaction.atomic
def record_training(
    *,
    stop: Stop,
    first_date: date,
    end_date: date,
    trained_guides: int,
    by: Actor,
    now: datetime,
    trainer: str = "",
    note: str = "",
) -> Training:
    """Guides trained on ``[first_date, end_date)``. Raises: NotAllowed, InvalidRecord."""
    _require_operator(by, stop, now)
    if end_date <= first_date:
        _refuse("end_date", f"{end_date} is not after {first_date}: correct the dates.")
    training = Training.objects.create(
        stop=stop,
        first_date=first_date,
        end_date=end_date,
        trained_guides=trained_guides,
        trainer=trainer,
        note=note,
        recorded_by_id=by.pk,
        recorded_at=now,
    )
    return _recorded(training, stop, "training", by, now)


@transaction.atomic
def report_condition(
    *,
    stop: Stop,
    moment: str,
    unpacked_at: datetime,
    items: Sequence[SeenItem],
    by: Actor,
    now: datetime,
    note: str = "",
    photos: Sequence[tuple[str, str, bytes]] = (),
) -> ConditionReport:
    """The exhibits' state at unpacking or repacking; later than 48 hours it counts as late.

    ``photos`` are exhibit (or empty), file name and content. What is damaged or missing needs a
    note of its own.

    Raises: NotAllowed, InvalidRecord, InvalidPaper.
    """
    _require_operator(by, stop, now)
    problems = []
    if unpacked_at > now:
        problems.append(field_problem("unpacked_at", "It lies in the future: correct it."))
    if not items:
        problems.append(field_problem("items", "Name at least one exhibit."))
    names = [item.exhibit for item in items]
    if len(set(names)) < len(names):
        problems.append(field_problem("items", "An exhibit stands twice: name each once."))
    problems += [
        field_problem("items", f"{item.exhibit} is {item.state}: say what happened.")
        for item in items
        if item.state in (ItemState.DAMAGED, ItemState.MISSING) and not item.note.strip()
    ]
    if problems:
        raise InvalidRecord("The condition report cannot be taken.", problems=problems)
    report = ConditionReport.objects.create(
        stop=stop,
        moment=moment,
        unpacked_at=unpacked_at,
        reported_at=now,
        is_late=now - unpacked_at > CONDITION_WITHIN,
        note=note,
        reported_by_id=by.pk,
    )
    ConditionItem.objects.bulk_create(ConditionItem(report=report, **vars(item)) for item in items)
    for exhibit, name, content in photos:
        photo = ConditionPhoto(report=report, exhibit=exhibit)
        keep_paper(photo, name=name, content=content, by=by, now=now, types=PICTURES)
    return _recorded(report, stop, f"condition_on_{moment}", by, now)


@transaction.atomic
def record_handover(
    *,
    stop: Stop,
    handed_by: str,
    taken_by: str,
    crates: int,
    by: Actor,
    now: datetime,
    missing: str = "",
    handed_at: datetime | None = None,
) -> Handover:
    """Who gave the unit to whom; ``handed_at`` is now unless said. Raises: NotAllowed."""
    _require_operator(by, stop, now)
    handover, _ = Handover.objects.update_or_create(
        stop=stop,
        defaults={
            "handed_by": handed_by,
            "taken_by": taken_by,
            "crates": crates,
            "missing": missing,
            "handed_at": handed_at or now,
            "recorded_by_id": by.pk,
            "recorded_at": now,
        },
    )
    return _recorded(handover, stop, "handover", by, now)


@transaction.atomic
def record_counts(
    *, stop: Stop, counts: Sequence[DayCount], by: Actor, now: datetime
) -> list[DailyCount]:
    """Visits by day; a day said again replaces what was said. Raises: NotAllowed, InvalidRecord."""
    _require_reporter(by, stop, now)
    problems = [problem for count in counts for problem in _count_problems(stop, count, now)]
    if problems:
        raise InvalidRecord("The counts cannot be taken.", problems=problems)
    rows = [
        DailyCount(
            stop=stop,
            day=count.day,
            visits=count.visits,
            by_audience=dict(count.by_audience),
            recorded_by_id=by.pk,
            recorded_at=now,
        )
        for count in counts
    ]
    DailyCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["stop", "day"],
        update_fields=["visits", "by_audience", "recorded_by", "recorded_at"],
    )
    audit.record(by=by, action="stop.counts", subject=stop, now=now, after={"days": len(rows)})
    return rows


@transaction.atomic
def hand_in_summary(*, stop: Stop, text: str, by: Actor, now: datetime) -> StopSummary:
    """The host's summary; later than 15 days after closing it counts as late.

    Raises: NotAllowed, InvalidRecord (no counts, no words).
    """
    _require_reporter(by, stop, now)
    counted = stop.counts.aggregate(visits=Sum("visits"))
    problems = []
    if counted["visits"] is None:
        problems.append(field_problem("counts", "Record the visits by day first."))
    if not text.strip():
        problems.append(field_problem("text", "Say how it went."))
    if problems:
        raise InvalidRecord("The summary cannot be taken.", problems=problems)
    summary, _ = StopSummary.objects.update_or_create(
        stop=stop,
        defaults={
            "text": text.strip(),
            "visits": counted["visits"],
            "open_days": stop.counts.filter(visits__gt=0).count(),
            "submitted_at": now,
            "submitted_by_id": by.pk,
            "is_late": today_at(stop.venue, now) > summary_due_on(stop),
        },
    )
    return _recorded(summary, stop, "summary", by, now)


@transaction.atomic
def state_facilities(
    *,
    venue: Venue,
    by: Actor,
    now: datetime,
    space: Space | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
) -> FacilityReport:
    """A new facility report of the venue, to be approved. Raises: NotAllowed."""
    require(can_state_facilities(by, venue, _today(now)), f"You do not report for {venue}.")
    Venue.objects.select_for_update(no_key=True).get(pk=venue.pk)  # one number at a time
    last = venue.facility_reports.aggregate(last=Max("number"))["last"] or 0
    report = FacilityReport.objects.create(
        venue=venue,
        space=space,
        number=last + 1,
        facts=dict(facts or {}),
        note=note,
        submitted_by_id=by.pk,
        submitted_at=now,
    )
    audit.record(by=by, action="facility_report.submit", subject=report, now=now)
    return report


@transaction.atomic
def approve_facilities(
    *, report: FacilityReport, valid_until: date, by: Actor, now: datetime
) -> FacilityReport:
    """Approve a report up to the day before ``valid_until``. Raises: NotAllowed, InvalidRecord."""
    allowed = can_approve_facilities(by, report.venue, _today(now))
    require(allowed, f"You do not approve facility reports of {report.venue}.")
    if valid_until <= _today(now):
        _refuse("valid_until", f"{valid_until} is over: give a day to come.")
    report.approved_by_id, report.approved_at, report.valid_until = by.pk, now, valid_until
    report.save(update_fields=["approved_by", "approved_at", "valid_until"])
    audit.record(by=by, action="facility_report.approve", subject=report, now=now)
    return report


def _count_problems(stop: Stop, count: DayCount, now: datetime) -> list[dict[str, str]]:
    found = []
    if not stop.opens_on <= count.day < stop.closes_on or count.day > today_at(stop.venue, now):
        found.append(f"{count.day} is no open day up to today: leave it out.")
    if unknown := sorted(set(count.by_audience) - set(AUDIENCES)):
        found.append(f"{', '.join(unknown)} are unknown: choose out of {', '.join(AUDIENCES)}.")
    if min([count.visits, *count.by_audience.values()]) < 0:
        found.append(f"{count.day}: visits are counted from 0.")
    if sum(count.by_audience.values()) > count.visits:
        found.append(f"{count.day}: the groups are more than all visits; correct one.")
    return [field_problem("counts", message) for message in found]


def _recorded(row: Any, stop: Stop, what: str, by: Actor, now: datetime) -> Any:
    assert isinstance(row, Model)
    audit.record(by=by, action=f"stop.{what}", subject=stop, now=now, after={"row": row.pk})
    return row


def _require_operator(by: Actor, stop: Stop, now: datetime) -> None:
    require(can_operate(by, stop, _today(now)), f"You do not operate {stop.unit.code}.")


def _require_reporter(by: Actor, stop: Stop, now: datetime) -> None:
    require(can_report(by, stop, _today(now)), f"You do not report for {stop.venue}.")


def _refuse(name: str, message: str) -> None:
    raise InvalidRecord(message, problems=[field_problem(name, message)])


def _today(now: datetime) -> date:
    return timezone.localdate(now)
