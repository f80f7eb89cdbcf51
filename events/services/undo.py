"""Taking back what a reading did."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from events.enums import Moderation, Status
from events.errors import NothingToUndo
from events.models import (
    Event,
    EventReference,
    ImportRun,
    LocalEdit,
    RunOutcome,
    Source,
    SourceKind,
)
from events.permissions import can_edit_at
from events.services.journal import Journal, columns_then
from events.services.occurrences import refresh_many
from events.services.policies import field_of
from venues.permissions import Actor, may, require
from venues.services.audit import record

UNDO_HOURS = 24


def undoable_run(*, source: Source, now: datetime) -> ImportRun | None:
    """The run that :func:`undo_run` would take back: the source's last that changed events.

    None when it is older than a day. After an undo it is the one before.
    """
    runs = ImportRun.objects.filter(source=source, outcome=RunOutcome.CHANGED)
    last = runs.order_by("-started_at", "-pk").first()
    if last is None or not last.journal or last.finished_at is None:
        return None
    return last if now - last.finished_at <= timedelta(hours=UNDO_HOURS) else None


@transaction.atomic
def undo_run(*, run_id: int, by: Actor, now: datetime) -> int:
    """Make the source's events what they were before the run; how many were changed.

    Events that the run made are cancelled, for somebody may have them in a calendar; all others
    get back what they said. Sequences rise, as for every change. What people changed since stays.
    The file that the run read is not believed again until it changes, or somebody confirms it.

    Raises:
        NotAllowed: ``by`` may not publish for the source's venue. Uploads are taken back by
            those who edit there, too, as long as none of the events is published.
        NothingToUndo: not the last run that changed events, older than a day, or undone already.
    """
    run = ImportRun.objects.select_related("source__venue").get(pk=run_id)
    source = Source.objects.select_for_update(of=("self",)).get(pk=run.source_id)
    require(
        _may_undo(by, run, now),
        "You may not decide about events of this source.",
        source=source.slug,
    )
    last = undoable_run(source=source, now=now)
    if last is None or last.pk != run.pk:
        raise NothingToUndo(
            "Only the last reading that changed something can be taken back, within "
            f"{UNDO_HOURS} hours; take back the later ones first.",
            source=source.slug,
        )
    assert last.journal is not None  # undoable_run() gives no other
    changed = _restored(source, Journal.unpacked(bytes(last.journal)), now)
    refresh_many(changed, now=now)
    last.outcome, last.undone_at, last.undone_by_id = RunOutcome.UNDONE, now, by.pk
    last.save(update_fields=["outcome", "undone_at", "undone_by"])
    if hasattr(run.source, "subscription"):
        subscription = run.source.subscription
        subscription.undone_hash = last.content_hash
        subscription.content_hash = subscription.etag = subscription.last_modified = ""
        subscription.save(update_fields=["undone_hash", "content_hash", "etag", "last_modified"])
    counts = {"changed": len(changed), "run": last.pk}
    record(by=by, action="source.undo", subject=run.source, now=now, after=counts)
    return len(changed)


def _may_undo(by: Actor, run: ImportRun, now: datetime) -> bool:
    source, on = run.source, localdate(now)
    if may(by, "subscription.change", on=on, venue=source.venue):
        return True
    if source.kind != SourceKind.UPLOAD or not run.journal:
        return False
    journal = Journal.unpacked(bytes(run.journal))
    touched = Event.objects.filter(source=source, pk__in={*journal.created, *journal.before})
    is_shown = touched.filter(moderation=Moderation.PUBLISHED).exists()
    return not is_shown and can_edit_at(by, None, source, on)


def undo_last(*, source: Source, by: Actor, now: datetime) -> int:
    """:func:`undo_run` of the only run that can be taken back. Raises like it."""
    last = undoable_run(source=source, now=now)
    if last is None:
        raise NothingToUndo(
            f"Nothing of the last {UNDO_HOURS} hours can be taken back.", source=source.slug
        )
    return undo_run(run_id=last.pk, by=by, now=now)


def _restored(source: Source, journal: Journal, now: datetime) -> list[Event]:
    """The changed events, written, without their dates."""
    ids = {*journal.created, *journal.before}
    events = Event.objects.select_for_update(of=("self",)).filter(source=source, pk__in=ids)
    edited: dict[int, set[str]] = {}
    for event_id, name in LocalEdit.objects.filter(event__source=source).values_list(
        "event_id", "field"
    ):
        edited.setdefault(event_id, set()).add(name)
    changed = []
    for event in events.order_by("pk"):
        kept = edited.get(event.pk, set())
        if event.pk in journal.before:
            _put_back(event, journal.before[event.pk], kept)
        elif event.status == Status.CANCELLED or "status" in kept:
            continue
        else:
            event.status, event.cancelled_from = Status.CANCELLED, now
        event.sequence += 1
        event.changed_at = now
        event.save(force_update=True)
        changed.append(event)
    return changed


def _put_back(event: Event, values: dict, kept: set[str]) -> None:
    for column, value in columns_then(values).items():
        name = "status" if column == "cancelled_from" else field_of(column)
        if name not in kept:
            setattr(event, column, value)
    if "topics" not in kept:
        event.topics.set(values["topics"])
    event.references.exclude(refid__in=values["refids"]).delete()
    EventReference.objects.bulk_create(
        [EventReference(event=event, refid=refid) for refid in values["refids"]],
        ignore_conflicts=True,
    )
