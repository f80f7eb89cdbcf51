"""The audit log: one row per change, in the change's own transaction.

Where somebody acts from is no argument of every service: the doors (middleware, tasks, mail)
say it once around their work with :func:`acting_from`, and :func:`record` reads it.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from venues.models import AuditEntry, Organisation, Region, Venue, Via
from venues.permissions import Actor


@dataclass(frozen=True)
class Origin:
    """The door somebody came through, as far as it is known."""

    via: Via = Via.COMMAND
    address: str | None = None
    request_id: str = ""
    key_prefix: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    """Everything recorded inside the block came from ``origin``."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def acting_with_key(prefix: str) -> None:
    """From here on the request at hand is known to act by the key ``prefix``."""
    _origin.set(replace(_origin.get(), via=Via.KEY, key_prefix=prefix))


def acting_in_task(task_id: str) -> None:
    """From here on this worker's process acts in the task of that number."""
    if _origin.get().via in (Via.COMMAND, Via.TASK):  # not when a request runs the task itself
        _origin.set(Origin(via=Via.TASK, request_id=task_id))


def record(
    *,
    by: Actor | None,
    action: str,
    subject: Model,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Write down that ``by`` did ``action`` (``stop.confirm``) to ``subject``.

    Call it inside the change's transaction, after the change (a new subject has its number
    then). ``before`` and ``after`` map field names to values; equal fields are left out.
    """
    entry = _entry(by, action, Change(subject, before, after, note), now)
    entry.save(force_insert=True)
    return entry


@dataclass(frozen=True)
class Change:
    """What was done to one of many rows; the fields are those of :func:`record`."""

    subject: Model
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    note: str = ""


def record_all(*, by: Actor | None, action: str, changes: Iterable[Change], now: datetime) -> None:
    """:func:`record` for many rows in few statements."""
    entries = (_entry(by, action, change, now) for change in changes)
    AuditEntry.objects.bulk_create(entries, batch_size=200)


def _entry(by: Actor | None, action: str, change: Change, now: datetime) -> AuditEntry:
    old, new = _json(change.before or {}), _json(change.after or {})
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    origin = _origin.get()
    return AuditEntry(
        at=now,
        actor_id=getattr(by, "pk", None),
        actor_name=str(by or "")[:150],
        via=origin.via,
        key_prefix=origin.key_prefix,
        address=_address(origin.address),
        request_id=origin.request_id[:64],
        action=action,
        subject_type=change.subject._meta.label_lower,
        subject_id=str(change.subject.pk),
        subject_label=str(change.subject)[:200],
        **_place_of(change.subject),
        before={name: value for name, value in old.items() if name not in same},
        after={name: value for name, value in new.items() if name not in same},
        note=change.note,
    )


_PLACES: dict[type[Model], str] = {
    Venue: "venue_id",
    Organisation: "organisation_id",
    Region: "region_id",
}


def _place_of(subject: Model) -> dict[str, Any]:
    """Whose people may read the entry: the first place that ``subject`` leads to.

    A model says the way in ``audited_at`` (``("season.region",)``); without it the way is the
    row itself, or its venue, organisation or region.
    """
    if (column := _PLACES.get(type(subject))) is not None:
        return {column: subject.pk}
    own = {field.name for field in subject._meta.concrete_fields}
    usual = [name for name in ("venue", "organisation", "region") if name in own]
    for path in getattr(subject, "audited_at", usual):
        *way, last = path.split(".")
        row: Any = subject
        for name in way:
            row = row and getattr(row, name)
        if row is not None and (number := getattr(row, f"{last}_id")) is not None:
            return {_PLACES[row._meta.get_field(last).related_model]: number}
    return {}


def fields_of(row: Model, *names: str) -> dict[str, Any]:
    """The named fields of ``row`` for ``before`` and ``after``; foreign keys by their number."""
    fields = {field.name: field for field in row._meta.concrete_fields}
    return {name: getattr(row, fields[name].attname) for name in names}


def entries_about(subject: Model) -> QuerySet[AuditEntry]:
    """What was done to ``subject``, newest first."""
    return AuditEntry.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    )


def _json(values: dict[str, Any]) -> dict[str, Any]:
    """As the column will give it back, so that comparing before storing is exact."""
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder, default=str))


def _address(text: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address(text)) if text else None
    except ValueError:
        return None  # a proxy wrote something else; the entry matters more
