"""What an editor says about an event, always whole, in a form that compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from events.enums import ClosedDays, EventKind, ImageLicence, OrganiserRole, Visibility
from events.ical.entry import Text
from events.models import Event
from events.models.event import BILINGUAL
from venues.models import Organisation, Venue

_NONE = Text("")
_PLAIN = (
    *("venue", "kind", "url", "visibility", "is_free", "timezone", "rrule", "access_url"),
    *("lunar_rule", "lunar_until", "on_closed_days"),
    *("registration_url", "age_min", "age_max", "price_amount", "price_currency"),
)
LISTS = ("audiences", "sectors", "languages", "grades", "accessibility")


@dataclass(frozen=True)
class Organiser:
    """One organisation in one role; what is named first comes first."""

    organisation: Organisation
    role: str = OrganiserRole.HOST.value


@dataclass(frozen=True)
class Picture:
    """A picture on the web, what is to be seen on it, and what others may do with it."""

    url: str
    alt: Text = _NONE
    credit: str = ""
    licence: str = ImageLicence.UNKNOWN.value


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
    organisers: tuple[Organiser, ...] = ()
    kind: str = EventKind.OTHER.value
    description: Text = _NONE
    location: Text = _NONE
    url: str = ""
    visibility: str = Visibility.PUBLIC.value
    audiences: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    is_free: bool | None = None
    """None: not known. A price makes it False."""
    price_amount: Decimal | None = None
    price_currency: str = ""
    price: Text = _NONE
    accessibility: tuple[str, ...] = ()
    attendance: str = ""
    """Empty: as place and ``access_url`` say."""
    access_url: str = ""
    registration_url: str = ""
    contact: Text = _NONE
    images: tuple[Picture, ...] = ()
    rrule: str = ""
    lunar_rule: str = ""
    """Every year on a day of the Chinese calendar (``腊月廿三``), instead of ``rrule``."""
    lunar_until: date | None = None
    on_closed_days: str = ClosedDays.KEEP.value
    rdates: tuple[date | datetime, ...] = ()
    exdates: tuple[date | datetime, ...] = ()


def values_of(event: Event) -> EventValues:
    """The event as it is now; what a partial change starts from."""
    read = date.fromisoformat if event.is_all_day else datetime.fromisoformat
    facts: dict[str, Any] = (
        {name: Text(*(getattr(event, f"{name}_{t}") for t in ("zh", "en"))) for name in BILINGUAL}
        | {name: getattr(event, name) for name in _PLAIN}
        | {name: tuple(getattr(event, name)) for name in LISTS}
    )
    return EventValues(
        start=event.start_date if event.is_all_day else event.wall_start,
        end=event.end_date if event.is_all_day else event.wall_end,
        topics=tuple(sorted(topic.slug for topic in event.topics.all())),
        organisers=tuple(
            Organiser(each.organisation, each.role)
            for each in event.organisers.select_related("organisation")
        ),
        images=tuple(
            Picture(each.url, Text(each.alt_zh, each.alt_en), each.credit, each.licence)
            for each in event.images.all()
        ),
        attendance=event.attendance,
        rdates=tuple(read(each) for each in event.rdates),
        exdates=tuple(read(each) for each in event.exdates),
        **facts,
    )


def columns_of(values: EventValues) -> dict[str, Any]:
    """Values by column name; what has rows of its own is not among them."""
    start, end = values.start, values.end
    return {
        "start_date": start.date() if isinstance(start, datetime) else start,
        "start_time": start.time() if isinstance(start, datetime) else None,
        "end_date": end.date() if isinstance(end, datetime) else end,
        "end_time": end.time() if isinstance(end, datetime) else None,
        "rdates": [each.isoformat() for each in values.rdates],
        "exdates": [each.isoformat() for each in values.exdates],
        "attendance": values.attendance,
        **{name: getattr(values, name) for name in _PLAIN},
        **{name: list(getattr(values, name)) for name in LISTS},
        **_texts(values),
    }


def _texts(values: EventValues) -> Mapping[str, str]:
    return {
        f"{name}_{language}": words
        for name in BILINGUAL
        for language, words in zip(
            ("zh", "en"), (getattr(values, name).zh, getattr(values, name).en), strict=True
        )
    }
