"""Stored VEVENTs: written once when somebody first needs them, joined ever after.

A stored fragment is never out of date: the database deletes it when a row it was made of changes
(:mod:`events.triggers`), and ``made_by`` tells those of another release. What an entry shows is
decided in :mod:`events.feeds.entries`, which this module knows nothing of.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat
from typing import NamedTuple

from django.db import connection, transaction

from events.feeds.entries import ends_of, entry_of
from events.feeds.feed import ENDS, WHOLE
from events.feeds.labels import LABELS
from events.feeds.release import release
from events.feeds.rows import Row, read
from events.ical.entry import Entry
from events.ical.write import write_event
from events.models import Event, Fragment, Occurrence

CHUNK = 500
_COLUMNS = ("digest", "head", "data")

_BETWEEN = "\t"

log = logging.getLogger(__name__)


class Head(NamedTuple):
    """What a calendar asks of its VEVENTs before it shows them."""

    order: str
    """Wall-clock start (ISO, 19 characters), a blank, the UID without tabs."""
    over_on: str
    """The first day it no longer touches, ISO."""
    ends_year: str
    """Four digits."""
    timezone: str
    """Empty where it needs no VTIMEZONE."""
    changed_at: str
    """ISO in UTC; empty: not known."""

    @classmethod
    def of(cls, text: str) -> Head:
        return cls(*text.split(_BETWEEN))

    @classmethod
    def columns(cls, texts: Iterable[str]) -> tuple[list[str], ...]:
        """The fields of many heads, one list per field: cut at once, which a head each is not."""
        cut = _BETWEEN.join(texts).split(_BETWEEN)
        size = len(cls._fields)
        return tuple(cut[n::size] for n in range(size)) if len(cut) >= size else ([],) * size

    def __str__(self) -> str:
        return _BETWEEN.join(self)


class Piece(NamedTuple):
    """A date as bytes, mostly one VEVENT. Pieces are made by the thousand: what is to be told of one is a text."""

    occurrence: int
    digest: str
    head: str
    """A :class:`Head`, which sorts as its order does; empty: no calendar can show it."""
    data: bytes

    @classmethod
    def many(cls, rows: Iterable[tuple[int, str, str, bytes]]) -> list[Piece]:
        """Of whole rows; what ``_make`` does for one, without calling Python for each."""
        return list(map(tuple.__new__, repeat(cls), rows))


def stored(ids: Sequence[int], language: str, runs: str = WHOLE) -> dict[int, Piece]:
    """The stored pieces of these dates; one query."""
    if not ids:
        return {}
    columns = ", ".join(connection.ops.quote_name(name) for name in ("occurrence_id", *_COLUMNS))
    # Plain SQL: building the query for a thousand ids costs Django more than asking it.
    asked = (
        f"SELECT {columns} FROM {Fragment._meta.db_table} "  # noqa: S608  # our own names, integers
        "WHERE language = %s AND runs = %s AND made_by = %s "
        f"AND occurrence_id IN ({', '.join(map(str, ids))})"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [language, runs, release()])
        return {piece.occurrence: piece for piece in Piece.many(cursor.fetchall())}


def written(ids: Iterable[int], language: str, runs: str = WHOLE) -> dict[int, Piece]:
    """The pieces of these dates, made now and stored for the next who asks.

    A date whose event another transaction is changing is made of what the database shows now,
    and not stored.
    """
    wanted = sorted(ids)
    pieces: dict[int, Piece] = {}
    for first in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            chunk = wanted[first : first + CHUNK]
            held = _held(chunk)
            made = {row.occurrence.pk: (row, _piece(row, language, runs)) for row in read(chunk)}
            _store({pk: each for pk, each in made.items() if pk in held}, language, runs)
        pieces |= {pk: piece for pk, (_, piece) in made.items()}
    return pieces


def _held(ids: Sequence[int]) -> set[int]:
    """Those of the dates whose events nobody changes until this transaction ends."""
    events = Event.objects.filter(occurrences__in=ids).order_by("pk")
    rows = Event.objects.filter(pk__in=events.values("pk")).order_by("pk")
    locked = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    dates = Occurrence.objects.filter(pk__in=ids, event__in=locked)
    return set(dates.values_list("pk", flat=True))


def _store(made: Mapping[int, tuple[Row, Piece]], language: str, runs: str) -> None:
    made_by = release()
    Fragment.objects.bulk_create(
        [
            Fragment(
                occurrence_id=pk,
                event_id=row.occurrence.event_id,
                language=language,
                runs=runs,
                made_by=made_by,
                **{name: getattr(piece, name) for name in _COLUMNS},
            )
            for pk, (row, piece) in made.items()
        ],
        update_conflicts=True,
        unique_fields=["occurrence", "language", "runs"],
        update_fields=["event_id", "made_by", *_COLUMNS],
    )


def _piece(row: Row, language: str, runs: str) -> Piece:
    try:
        entry = entry_of(row.occurrence, row.about)
        parts = ends_of(entry) if runs == ENDS else [entry]
        data = b"".join(
            write_event(part, language=language, labels=LABELS[language]) for part in parts
        )
    except (ValueError, TypeError):
        # One row that no calendar can show must not take a region's calendar with it.
        log.exception("occurrence %s is missing from feeds: cannot be written", row.occurrence.pk)
        return Piece(row.occurrence.pk, "", "", b"")
    head = Head(
        order=f"{_wall(entry.start).isoformat()} {entry.uid.replace(_BETWEEN, ' ')}",
        over_on=_over_on(entry).isoformat(),
        ends_year=f"{entry.end.year:04}",
        timezone="" if entry.is_all_day else entry.timezone,
        changed_at=entry.changed_at.astimezone(UTC).isoformat()[:19] if entry.changed_at else "",
    )
    digest = hashlib.sha256(data).hexdigest()[:32]
    return Piece(row.occurrence.pk, digest, str(head), data)


def _wall(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _over_on(entry: Entry) -> date:
    """The first day the entry no longer touches; one that ends at midnight ended the day before."""
    if entry.is_all_day:
        return entry.end
    last = max(_wall(entry.start), _wall(entry.end) - timedelta(seconds=1))
    return last.date() + timedelta(days=1)
