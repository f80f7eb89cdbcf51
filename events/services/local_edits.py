"""Fields of imported events that people change here, and how long that holds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.timezone import localdate

from events.enums import Moderation, Status
from events.errors import KeptElsewhere
from events.models import Event, LocalEdit, SourceKind, Subscription
from events.permissions import can_edit, can_publish
from events.services.comparison import Stored, Wanted
from events.services.facts import status_of
from events.services.policies import COLUMNS, FIELDS, Policy, Wins, field_of, policy_of
from venues.permissions import Actor, require
from venues.services.audit import record

_READ_AGAIN = (SourceKind.SUBSCRIPTION, SourceKind.TOURING)


def remember_edits(
    event: Event, columns: Iterable[str], *, before: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    """Note that ``columns`` of an imported event are changed here; nothing for other events.

    ``before`` holds what the columns were, for the first edit of a field the source's own word.

    Raises:
        KeptElsewhere: the source's word counts for one of them.
    """
    fields = sorted({field_of(column) for column in columns} & set(FIELDS))
    if event.source.kind not in _READ_AGAIN or not fields:
        return
    _check(event, fields)
    LocalEdit.objects.bulk_create(
        [
            LocalEdit(
                event=event,
                field=name,
                source_value=_plain({c: before[c] for c in _columns_of(name) if c in before}),
                edited_at=now,
                edited_by_id=by.pk,
            )
            for name in fields
        ],
        ignore_conflicts=True,  # an earlier edit of the field knows the source's own word
    )


def remember_change(
    event: Event, wanted: Mapping[str, Any], *, topics: Collection[str], by: Actor, now: datetime
) -> None:
    """:func:`remember_edits` for a change of the whole event; ``topics`` are slugs."""
    if event.source.kind not in _READ_AGAIN:
        return
    changed = [name for name, value in wanted.items() if getattr(event, name) != value]
    before = {column.attname: getattr(event, column.attname) for column in Event._meta.fields}
    current = list(event.topics.all())
    before["topics"] = sorted(topic.pk for topic in current)
    if {topic.slug for topic in current} != set(topics):
        changed.append("topics")
    remember_edits(event, changed, before=before, by=by, now=now)


@transaction.atomic
def forget_edits(*, event_id: int, fields: Collection[str], by: Actor, now: datetime) -> None:
    """Leave the fields to the source again, from its next reading on; its file is read anew.

    Raises:
        NotAllowed: ``by`` may not change the event.
    """
    event = Event.objects.select_related("venue", "source__venue").get(pk=event_id)
    may_change = can_publish if event.moderation == Moderation.PUBLISHED else can_edit
    require(
        may_change(by, event, localdate(now)), "You may not change this event.", event=event.uid
    )
    edits = LocalEdit.objects.filter(event=event, field__in=fields)
    forgotten = {edit.field: edit.source_value for edit in edits.order_by("field")}
    if not forgotten:
        return
    edits.delete()
    Subscription.objects.filter(source=event.source_id).update(
        content_hash="", etag="", last_modified=""
    )
    record(by=by, action="event.leave-to-source", subject=event, now=now, after=forgotten)


def hold_firmly(event: Event, field: str, *, before: Mapping[str, Any], now: datetime) -> None:
    """Keep an imported event's field as it is here, whatever its source says, until forgotten.

    For what the network decides above museums and their systems; nothing for other events.
    """
    if event.source.kind in _READ_AGAIN:
        LocalEdit.objects.bulk_create(
            [
                LocalEdit(
                    event=event,
                    field=field,
                    source_value=_plain(before),
                    edited_at=now,
                    is_firm=True,
                )
            ],
            ignore_conflicts=True,  # an edit by people of the museum is kept by its own policy
        )


def forget_firm_edits(*, event_ids: Collection[int]) -> None:
    LocalEdit.objects.filter(event_id__in=event_ids, is_firm=True).delete()


def kept_fields(
    stored: Mapping[str, Stored], wanted: Mapping[str, Wanted], policy: Policy
) -> dict[str, Stored]:
    """``stored`` with the fields that stay as people here made them; edits that lose are dropped.

    One query, two where an edit loses. The caller holds the events' locks.
    """
    uid_of = {each.event.pk: uid for uid, each in stored.items()}
    kept: dict[str, set[str]] = defaultdict(set)
    lost = []
    sources = {each.event.source_id for each in stored.values()}
    for edit in LocalEdit.objects.filter(event__source__in=sources):
        uid = uid_of[edit.event_id]
        wins = policy.wins(edit.field)
        if (
            edit.is_firm
            or wins == Wins.LOCAL
            or (wins == Wins.NEWEST and not _says_more(edit, stored, wanted))
        ):
            kept[uid].add(edit.field)
        else:
            lost.append(edit.pk)
    if lost:
        LocalEdit.objects.filter(pk__in=lost).delete()
    return {
        uid: replace(each, kept=frozenset(kept[uid])) if uid in kept else each
        for uid, each in stored.items()
    }


def _check(event: Event, fields: Iterable[str]) -> None:
    subscription = Subscription.objects.filter(source=event.source_id).first()
    policy = policy_of(subscription)
    is_touring = event.source.kind == SourceKind.TOURING
    fixed = [name for name in fields if is_touring or policy.wins(name) == Wins.SOURCE]
    if fixed:
        raise KeptElsewhere(
            f"This event is kept in “{event.source}” and {', '.join(fixed)} would be overwritten "
            "from there; change it where it comes from, or let the source's policy keep what is "
            "changed here.",
            source=event.source.slug,
            fields=fixed,
        )


def _says_more(edit: LocalEdit, stored: Mapping[str, Stored], wanted: Mapping[str, Wanted]) -> bool:
    """Whether the source now says something else than when the field was edited."""
    uid = next(uid for uid, each in stored.items() if each.event.pk == edit.event_id)
    said = wanted.get(uid)
    if said is None:
        return False
    was = edit.source_value
    now = _plain(_said(said, was))
    return any(now[column] != was[column] for column in was if column in now)


def _said(wanted: Wanted, was: Mapping[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {
        **wanted.facts.columns,
        "venue_id": wanted.venue_id,
        "topics": sorted(wanted.topic_ids),
    }
    if "status" in was:
        known["status"] = status_of(wanted.facts.status, current=Status(was["status"])).value
    return {column: known[column] for column in was if column in known}


def _columns_of(name: str) -> tuple[str, ...]:
    return COLUMNS.get(name, ("venue_id",) if name == "venue" else (name,))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON gives them back, so that they can be compared with what is stored."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
    return plain
