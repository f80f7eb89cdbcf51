"""Occurrence rows become entries: one VEVENT per date, so that no client needs our rules.

SEQUENCE and LAST-MODIFIED have to rise with everything an entry shows, its venue's name and
address included, and may never fall, also when the event moves to a venue that has changed
less often. So LAST-MODIFIED is the latest of all changes, and SEQUENCE counts the event's own
changes in ten thousands and those of what it shows in ones: a move raises the event's own
count, which outweighs anything the venues can differ by.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings

from events.enums import ICALENDAR_STATUS, Status, Visibility
from events.feeds.about import NOTHING, About
from events.feeds.particulars import particulars
from events.ical.entry import Entry, Text
from events.models import Event, Occurrence
from events.recurrence.zones import zone

SEQUENCE_STEP = 10_000
LONG_RUN_DAYS = 7
MAX_SEQUENCE = 2**31 - 1  # RFC 5545 3.3.8


def entry_of(occurrence: Occurrence, about: About | None = None) -> Entry:
    """One date as calendars show it; without ``about`` only what the event itself says."""
    event = occurrence.event
    start, end = _wall_clock(occurrence)
    return Entry(
        uid=occurrence.public_uid,
        title=_words(occurrence, "title"),
        description=_description(occurrence, about),
        start=start,
        end=end,
        timezone=event.timezone,
        location=_location(occurrence),
        geo=_geo(occurrence),
        venue=event.venue.slug if event.venue else None,
        url=_url(occurrence),
        kind=event.kind,
        status=_status(occurrence),
        visibility=event.visibility,
        audiences=tuple(event.audiences),
        **_labels(about or NOTHING),
        contact=Text(event.contact_zh, event.contact_en),
        access_url=event.access_url,
        sequence=sequence_of(event),
        changed_at=changed_at_of(event),
        created_at=event.created_at,
    )


def ends_of(entry: Entry) -> list[Entry]:
    """The first and the last day of what lasts longer than ``LONG_RUN_DAYS``; else ``entry``.

    Both have UIDs of their own, as stable as the entry's.
    """
    if not entry.is_all_day or entry.end <= entry.start + timedelta(days=LONG_RUN_DAYS):
        return [entry]
    zh, en = (entry.title.in_language(t) for t in ("zh", "en"))
    day = timedelta(days=1)
    return [
        replace(
            entry,
            uid=f"opens.{entry.uid}",
            title=Text(f"开展：{zh}", f"Opens: {en}"),
            end=entry.start + day,
        ),
        replace(
            entry,
            uid=f"closes.{entry.uid}",
            title=Text(f"最后一天：{zh}", f"Last day: {en}"),
            start=entry.end - day,
        ),
    ]


def sequence_of(event: Event) -> int:
    """Rises with every change of what the event's entries show; see the module."""
    shown = min(event.venue.version, SEQUENCE_STEP - 1) if event.venue else 0
    return min(event.sequence * SEQUENCE_STEP + shown, MAX_SEQUENCE)


def changed_at_of(event: Event) -> datetime:
    return max(event.changed_at, event.venue.changed_at) if event.venue else event.changed_at


def _wall_clock(occurrence: Occurrence) -> tuple[date, date]:
    """Start and end in the event's zone: days when it is all-day, else naive datetimes."""
    if occurrence.event.is_all_day:
        return occurrence.start_date, occurrence.end_date
    here = zone(occurrence.event.timezone)
    start, end = (
        moment.astimezone(here).replace(tzinfo=None, microsecond=0)
        for moment in (occurrence.starts_at, occurrence.ends_at)
    )
    return start, max(start, end)


def _words(occurrence: Occurrence, field: str) -> Text:
    event, changed = occurrence.event, occurrence.override
    return Text(
        *(changed.get(f"{field}_{t}", getattr(event, f"{field}_{t}")) for t in ("zh", "en"))
    )


def _description(occurrence: Occurrence, about: About | None) -> Text:
    """The museum's words and, for calendars, what they have no field for below them."""
    own = _with_reason(occurrence, _words(occurrence, "description"))
    if about is None or not (lines := particulars(occurrence.event, about)):
        return own
    return Text(*(f"{own.in_language(t)}\n\n{lines.in_language(t)}".strip() for t in ("zh", "en")))


def _with_reason(occurrence: Occurrence, own: Text) -> Text:
    """Why the date does not take place comes first."""
    reason = Text(occurrence.reason_zh, occurrence.reason_en)
    if not (occurrence.is_cancelled and reason):
        return own
    zh, en = (f"{reason.in_language(t)}\n\n{own.in_language(t)}".strip() for t in ("zh", "en"))
    return Text(zh, en)


def _labels(about: About) -> dict[str, Any]:
    return {
        "topics": tuple(topic.slug for topic in about.topics),
        "categories": tuple(label.name for label in (*about.topics, *about.campaigns)),
        "refids": (*(f"campaign:{label.slug}" for label in about.campaigns), *about.refids),
        "image_url": about.images[0].url if about.images else "",
    }


def _url(occurrence: Occurrence) -> str:
    """Where the museum tells more, else our own page; what only hosts see has none."""
    event = occurrence.event
    own = occurrence.override.get("url", event.url)
    if own or event.visibility != Visibility.PUBLIC:
        return own
    return page_url(event)


def page_url(event: Event, occurrence: Occurrence | None = None) -> str:
    """Our own page of the event, or of one of its dates."""
    uid = event.public_uid if occurrence is None else occurrence.public_uid
    return f"{settings.SITE_URL}/events/{quote(uid, safe='@')}/"


def _location(occurrence: Occurrence) -> Text:
    """The venue's name and address, or what the event says instead."""
    own = _words(occurrence, "location")
    venue = occurrence.event.venue
    if own or venue is None:
        return own
    chinese = "，".join(part for part in (venue.name_zh, venue.address_zh) if part)
    if not (venue.name_en or venue.address_en):
        return Text(chinese)
    address = venue.text("address", "en")
    return Text(chinese, ", ".join(part for part in (venue.name("en"), address) if part))


def _geo(occurrence: Occurrence) -> tuple[float, float] | None:
    """The venue's coordinates, unless the event says it takes place somewhere else."""
    venue = occurrence.event.venue
    if venue is None or venue.lat is None or venue.lon is None or _words(occurrence, "location"):
        return None
    return venue.lat, venue.lon


def _status(occurrence: Occurrence) -> str:
    if occurrence.is_cancelled:
        return "CANCELLED"
    shown = ICALENDAR_STATUS[Status(occurrence.event.status)]
    # Dates of a cancelled event that took place before it was cancelled.
    return "CONFIRMED" if shown == "CANCELLED" else shown
