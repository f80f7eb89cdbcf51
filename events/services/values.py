"""What an editor says about an event, and every reason why it may not be so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from events.enums import Audience, EventKind, Visibility
from events.errors import InvalidEvent
from events.ical.entry import FIRST_YEAR, LAST_YEAR, Text
from events.models import Event, Topic
from events.recurrence.rule import UnsupportedRule, parse_rule
from events.recurrence.zones import is_known_timezone
from events.services.cleaning import many_lines, one_line, shown_url
from venues.models import Organisation, Venue

MAX_DATES = 2_000
_NONE = Text("")


@dataclass(frozen=True)
class EventValues:
    """An event as an editor states it, always whole: change one with ``dataclasses.replace``.

    Times are wall clock in ``timezone``: naive datetimes, or dates when it lasts whole days.
    ``[start, end)`` is half-open. Without a venue it takes place online.
    """

    title: Text
    start: date | datetime
    end: date | datetime
    timezone: str
    venue: Venue | None = None
    organiser: Organisation | None = None
    kind: str = EventKind.OTHER.value
    description: Text = _NONE
    location: Text = _NONE
    url: str = ""
    visibility: str = Visibility.PUBLIC.value
    audiences: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    is_free: bool | None = None
    rrule: str = ""
    rdates: tuple[date | datetime, ...] = ()
    exdates: tuple[date | datetime, ...] = ()


def values_of(event: Event) -> EventValues:
    """The event as it is now; what a partial change starts from."""
    read = date.fromisoformat if event.is_all_day else datetime.fromisoformat
    return EventValues(
        title=Text(event.title_zh, event.title_en),
        start=event.start_date if event.is_all_day else event.wall_start,
        end=event.end_date if event.is_all_day else event.wall_end,
        timezone=event.timezone,
        venue=event.venue,
        organiser=event.organiser,
        kind=event.kind,
        description=Text(event.description_zh, event.description_en),
        location=Text(event.location_zh, event.location_en),
        url=event.url,
        visibility=event.visibility,
        audiences=tuple(event.audiences),
        topics=tuple(sorted(topic.slug for topic in event.topics.all())),
        is_free=event.is_free,
        rrule=event.rrule,
        rdates=tuple(read(each) for each in event.rdates),
        exdates=tuple(read(each) for each in event.exdates),
    )


def checked(values: EventValues) -> EventValues:
    """``values`` with clean texts, in a form that is equal when they mean the same.

    Raises:
        InvalidEvent: with every problem at once, each under the name of its field.
    """
    clean = replace(
        values,
        title=_lines(values.title),
        description=Text(many_lines(values.description.zh), many_lines(values.description.en)),
        location=_lines(values.location),
        url=one_line(values.url),
        rrule=one_line(values.rrule),
        audiences=tuple(sorted(set(values.audiences))),
        topics=tuple(sorted(set(values.topics))),
        rdates=tuple(sorted(set(values.rdates), key=str)),
        exdates=tuple(sorted(set(values.exdates), key=str)),
    )
    problems = [{"field": field, "message": message} for field, message in _problems(clean)]
    if problems:
        raise InvalidEvent(
            "The event cannot be stored as it is: "
            + " ".join(f"{problem['field']}: {problem['message']}" for problem in problems),
            problems=problems,
        )
    return clean


def columns_of(values: EventValues) -> dict[str, Any]:
    """Values by column name; topics are not among them."""
    start, end = values.start, values.end
    return {
        "title_zh": values.title.zh,
        "title_en": values.title.en,
        "description_zh": values.description.zh,
        "description_en": values.description.en,
        "location_zh": values.location.zh,
        "location_en": values.location.en,
        "start_date": start.date() if isinstance(start, datetime) else start,
        "start_time": start.time() if isinstance(start, datetime) else None,
        "end_date": end.date() if isinstance(end, datetime) else end,
        "end_time": end.time() if isinstance(end, datetime) else None,
        "rdates": [each.isoformat() for each in values.rdates],
        "exdates": [each.isoformat() for each in values.exdates],
        "audiences": list(values.audiences),
    } | {
        name: getattr(values, name)
        for name in (
            *("venue", "organiser", "kind", "url", "visibility", "is_free"),
            *("timezone", "rrule"),
        )
    }


def _lines(text: Text) -> Text:
    return Text(one_line(text.zh), one_line(text.en))


def _problems(values: EventValues) -> Iterator[tuple[str, str]]:
    if not values.title:
        yield "title", "say what takes place."
    for field, text, length in (("title", values.title, 300), ("location", values.location, 300)):
        if max(len(text.zh), len(text.en)) > length:
            yield field, f"use at most {length} characters."
    if values.url and (shown_url(values.url) != values.url or len(values.url) > 500):
        yield "url", "give an address that starts with https:// and has at most 500 characters."
    if not is_known_timezone(values.timezone):
        yield "timezone", f"{values.timezone!r} is not an IANA name such as Asia/Shanghai."
    yield from _wrong_times(values)
    yield from _wrong_rule(values)
    yield from _unknown("kind", (values.kind,), EventKind)
    yield from _unknown("visibility", (values.visibility,), Visibility)
    yield from _unknown("audiences", values.audiences, Audience)
    topics = set(Topic.objects.filter(slug__in=values.topics).values_list("slug", flat=True))
    for slug in sorted(set(values.topics) - topics):
        yield "topics", f"there is no topic {slug!r}."


def _wrong_times(values: EventValues) -> Iterator[tuple[str, str]]:
    named = [("start", values.start), ("end", values.end)]
    named += [("rdates", each) for each in values.rdates]
    named += [("exdates", each) for each in values.exdates]
    for field, value in named:
        if type(value) is not type(values.start):
            yield field, f"{value} must be a day or a wall clock, as the start is."
        elif not FIRST_YEAR <= value.year <= LAST_YEAR:
            yield field, f"{value} lies outside the years {FIRST_YEAR} to {LAST_YEAR}."
        elif isinstance(value, datetime) and (value.tzinfo or value.microsecond):
            yield field, f"{value} must be a wall clock in whole seconds, without an offset."
    if type(values.start) is type(values.end) and _is_naive(values.start, values.end):
        if values.end < values.start:
            yield "end", f"{values.end} is before the start, {values.start}."
        elif values.end == values.start and not isinstance(values.start, datetime):
            yield "end", f"{values.end} is not included; a one-day event ends on the next day."
    if max(len(values.rdates), len(values.exdates)) > MAX_DATES:
        yield "rdates", f"give at most {MAX_DATES} single dates."


def _is_naive(*values: date | datetime) -> bool:
    return all(getattr(value, "tzinfo", None) is None for value in values)


def _wrong_rule(values: EventValues) -> Iterator[tuple[str, str]]:
    if not values.rrule:
        return
    try:
        parse_rule(values.rrule)
    except UnsupportedRule as refusal:
        yield "rrule", str(refusal)


def _unknown(field: str, values: Iterable[str], enum: Any) -> Iterator[tuple[str, str]]:
    known = [member.value for member in enum]
    for value in values:
        if value not in known:
            yield field, f"{value!r} is not one of {', '.join(known)}."
