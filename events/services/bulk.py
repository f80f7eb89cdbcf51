"""Many events of one sender at once: what each would do, or did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from events.services.pushing import push_event
from events.services.values import EventValues
from venues.errors import DomainError
from venues.permissions import Actor


@dataclass(frozen=True)
class Pushed:
    """``outcome``: created, changed, unchanged or refused; then ``code`` and ``message`` say why."""

    uid: str
    outcome: str
    id: str = ""
    code: str = ""
    message: str = ""
    problems: list[dict[str, str]] = field(default_factory=list)


class _UndoneError(Exception):
    """Leaves a transaction without a trace."""


def push_events(
    *,
    source_slug: str,
    rows: Sequence[tuple[str, EventValues]],
    by: Actor,
    now: datetime,
    is_dry_run: bool = False,
    is_atomic: bool = False,
) -> list[Pushed]:
    """:func:`~events.services.pushing.push_event` for each row, in their order.

    A refused row costs only itself; with ``is_atomic`` it takes all others along, and their
    outcome says what they would have done. ``is_dry_run`` writes nothing.
    """
    results: list[Pushed] = []
    try:
        with transaction.atomic():
            results = [_pushed(source_slug, uid, values, by, now) for uid, values in rows]
            if is_dry_run or (is_atomic and any(row.outcome == "refused" for row in results)):
                raise _UndoneError
    except _UndoneError:
        pass
    return results


def _pushed(source_slug: str, uid: str, values: EventValues, by: Actor, now: datetime) -> Pushed:
    try:
        with transaction.atomic():
            event, is_new = push_event(
                source_slug=source_slug, uid=uid, values=values, by=by, now=now
            )
    except DomainError as refusal:
        problems = refusal.detail.get("problems", [])
        return Pushed(uid, "refused", "", refusal.code, refusal.message, problems)
    outcome = "created" if is_new else "changed" if event.changed_at == now else "unchanged"
    return Pushed(uid, outcome, event.public_uid)
