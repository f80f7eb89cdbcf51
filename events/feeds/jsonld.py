"""Events as schema.org describes them (JSON-LD), for pages, search engines and data feeds.

A date is an ``Event`` of the fitting kind, an event that is repeated an ``EventSeries`` with its
schedule and its coming dates. What is not known is left out; an unknown price makes no offer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from events.enums import Attendance, EventKind, Status
from events.feeds.about import About, Maker
from events.feeds.entries import entry_of, page_url
from events.feeds.labels import AUDIENCES
from events.ical.entry import Entry
from events.models import Event, Occurrence
from events.recurrence.rule import Rule, UnsupportedRule, parse_rule
from events.recurrence.zones import zone
from venues.models import Venue

Document = dict[str, Any]

CONTEXT = "https://schema.org"
MOST_DATES = 20
_TYPES = {
    EventKind.EXHIBITION: "ExhibitionEvent",
    EventKind.LECTURE: "EducationEvent",
    EventKind.WORKSHOP: "EducationEvent",
    EventKind.COURSE: "EducationEvent",
}
_STATUSES = {
    Status.CANCELLED: "EventCancelled",
    Status.POSTPONED: "EventPostponed",
    Status.RESCHEDULED: "EventRescheduled",
    Status.MOVED_ONLINE: "EventMovedOnline",
}
_MODES = {
    Attendance.ON_SITE: "OfflineEventAttendanceMode",
    Attendance.ONLINE: "OnlineEventAttendanceMode",
    Attendance.HYBRID: "MixedEventAttendanceMode",
}
_DAYS = dict(
    zip(
        ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
_UNITS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}


def event_document(
    event: Event, dates: Sequence[Occurrence], about: About, *, language: str
) -> Document:
    """The whole event; ``dates`` are those to be shown, each with ``event`` and its venue."""
    if not event.is_repeated:
        return {"@context": CONTEXT} | date_document(dates[0], about, language=language)
    document: Document = {"@context": CONTEXT, "@type": "EventSeries"}
    document |= date_document(dates[0], about, language=language)
    document |= {
        "@type": "EventSeries",
        "@id": page_url(event),
        "url": page_url(event),
        "startDate": _moment(dates[0], "start"),
        "endDate": _moment(dates[-1], "end"),
        "eventStatus": _iri(_STATUSES.get(Status(event.status), "EventScheduled")),
        "eventSchedule": _schedule(event),
        "subEvent": [
            _without(date_document(row, about, language=language), "organizer", "superEvent")
            for row in dates[:MOST_DATES]
        ],
    }
    return _present(document)


def date_document(row: Occurrence, about: About, *, language: str) -> Document:
    """One date, without ``@context``."""
    event, entry = row.event, entry_of(row)
    return _present(
        {
            "@type": _TYPES.get(EventKind(event.kind), "Event"),
            "@id": page_url(event, row),
            "identifier": row.public_uid,
            "name": entry.title.in_language(language),
            "description": entry.description.in_language(language),
            "url": page_url(event, row),
            "sameAs": event.url,
            "startDate": _moment(row, "start"),
            "endDate": _moment(row, "end"),
            "previousStartDate": _previous_start(row),
            "eventStatus": _iri(_status(row)),
            "eventAttendanceMode": _iri(_mode(event)),
            "location": _locations(event, entry, language),
            "isAccessibleForFree": event.is_free,
            "offers": _offers(event),
            "organizer": [_organisation(maker, language) for maker in about.organisers],
            "image": [image.url for image in about.images],
            "inLanguage": list(event.languages),
            "typicalAgeRange": _ages(event),
            "audience": [
                {"@type": "Audience", "audienceType": AUDIENCES[each].in_language(language)}
                for each in event.audiences
                if each in AUDIENCES
            ],
            "keywords": [label.name.in_language(language) for label in about.topics],
            "superEvent": [
                {"@type": "EventSeries", "name": label.name.in_language(language)}
                for label in about.campaigns
            ],
        }
    )


def embedded(document: Document) -> str:
    """The document as it may stand inside a ``script`` element: nothing in it ends the element."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _present(document: Document) -> Document:
    """Without what is not known: None, empty texts and lists."""
    return {name: value for name, value in document.items() if value not in (None, "", [])}


def _without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def _iri(name: str) -> str:
    return f"{CONTEXT}/{name}"


def _moment(row: Occurrence, side: str) -> str:
    """With the zone's offset; for whole days a day, the last one for the end."""
    event = row.event
    if event.is_all_day:
        day = row.start_date if side == "start" else _last_day(row)
        return day.isoformat()
    moment = row.starts_at if side == "start" else row.ends_at
    return moment.astimezone(zone(event.timezone)).isoformat()


def _last_day(row: Occurrence) -> date:
    return date.fromordinal(row.end_date.toordinal() - 1)


def _status(row: Occurrence) -> str:
    if row.is_cancelled:
        return "EventCancelled"
    if "start" in row.override:
        return "EventRescheduled"
    status = Status(row.event.status)
    if status == Status.CANCELLED or (status == Status.RESCHEDULED and row.event.is_repeated):
        return "EventScheduled"  # it took place; or the series moved, and this date is new
    return _STATUSES.get(status, "EventScheduled")


def _previous_start(row: Occurrence) -> str | None:
    """When the date was announced for before: this date's own move, else the whole event's."""
    event = row.event
    if "start" in row.override:
        if event.is_all_day:
            return row.original_start
        wall_clock = datetime.fromisoformat(row.original_start)
        return event.moment_of(wall_clock).astimezone(zone(event.timezone)).isoformat()
    if not event.previous_starts or event.is_repeated:
        return None
    former = datetime.fromisoformat(event.previous_starts[-1]).astimezone(zone(event.timezone))
    return former.date().isoformat() if event.is_all_day else former.isoformat()


def _mode(event: Event) -> str:
    if event.status == Status.MOVED_ONLINE:
        return _MODES[Attendance.ONLINE]
    return _MODES[Attendance(event.attendance)]


def _locations(event: Event, entry: Entry, language: str) -> Any:
    found: list[Document] = []
    if event.attendance != Attendance.ONLINE and event.status != Status.MOVED_ONLINE:
        place = _place(event.venue, entry, language)
        found += [place] if place else []
    if event.access_url:
        found.append({"@type": "VirtualLocation", "url": event.access_url})
    if not found:  # search engines refuse events that are nowhere
        found.append({"@type": "VirtualLocation", "url": entry.url or page_url(event)})
    return found[0] if len(found) == 1 else found


def _place(venue: Venue | None, entry: Entry, language: str) -> Document | None:
    words = entry.location.in_language(language)
    if venue is None or (entry.geo is None and words and venue.lat is not None):
        return {"@type": "Place", "name": words, "address": words} if words else None
    address = _present(
        {
            "@type": "PostalAddress",
            "streetAddress": venue.text("address", language),
            "addressRegion": venue.region.name(language),
            "addressCountry": venue.region.country,
        }
    )
    geo = entry.geo and {
        "@type": "GeoCoordinates",
        "latitude": entry.geo[0],
        "longitude": entry.geo[1],
    }
    features = [
        {"@type": "LocationFeatureSpecification", "name": "step-free access", "value": True}
    ]
    return _present(
        {
            "@type": "Place",
            "name": venue.name(language),
            "address": address,
            "geo": geo,
            "telephone": venue.phone,
            "amenityFeature": features if venue.is_accessible else [],
        }
    )


def _offers(event: Event) -> Document | None:
    """Free or with its price; what is not known is not offered, and least of all for nothing."""
    if event.is_free is None or (not event.is_free and event.price_amount is None):
        return None
    sold_out = "SoldOut" if event.status == Status.FULL else "InStock"
    return _present(
        {
            "@type": "Offer",
            "price": "0" if event.is_free else f"{event.price_amount:.2f}",
            "priceCurrency": event.price_currency or "CNY",
            "availability": _iri(sold_out),
            "url": event.registration_url or page_url(event),
        }
    )


def _organisation(maker: Maker, language: str) -> Document:
    return _present(
        {"@type": "Organization", "name": maker.name.in_language(language), "url": maker.website}
    )


def _ages(event: Event) -> str:
    if event.age_min is None and event.age_max is None:
        return ""
    return f"{event.age_min or 0}-{'' if event.age_max is None else event.age_max}"


def _schedule(event: Event) -> Document | None:
    """The rule, where schema.org can say it; dates given one by one are in ``subEvent`` alone."""
    try:
        rule = parse_rule(event.rrule) if event.rrule else None
    except UnsupportedRule:
        rule = None
    if rule is None:
        return None
    until = rule.last_wall_clock(
        event.start_date if event.is_all_day else event.wall_start, event.timezone
    )
    return _present(
        {
            "@type": "Schedule",
            "repeatFrequency": f"P{rule.interval}{_UNITS[rule.freq]}",
            "repeatCount": rule.count,
            "byDay": _by_day(rule),
            "byMonth": list(rule.by_month),
            "byMonthDay": list(rule.by_month_day),
            "startDate": event.start_date.isoformat(),
            "endDate": until.isoformat()[:10] if until else None,
            "startTime": event.start_time and event.start_time.isoformat(),
            "endTime": event.end_time and event.end_time.isoformat(),
            "scheduleTimezone": event.timezone,
            "exceptDate": [each[:10] for each in event.exdates],
        }
    )


def _by_day(rule: Rule) -> list[str]:
    if any(number for number, _ in rule.by_day):
        return [f"{number or ''}{day}" for number, day in rule.by_day]
    return [_iri(_DAYS[day]) for _, day in rule.by_day]
