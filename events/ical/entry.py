"""The calendar entry in transit. Not in here: how it is stored, written or read.

Importers make it, touring makes it, feeds write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from events.recurrence.zones import is_known_timezone

STATUSES = ("TENTATIVE", "CONFIRMED", "CANCELLED")
VISIBILITIES = ("public", "hosts")
LANGUAGES = ("zh", "en")
FIRST_YEAR = 1900
LAST_YEAR = 2199


@dataclass(frozen=True)
class Text:
    """The same words in Chinese and, where somebody translated them, in English.

    ``zh`` is the leading text: words of an unknown language belong there.
    """

    zh: str
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def in_language(self, language: str) -> str:
        """The words in ``"zh"`` or ``"en"``; the other language when there are none."""
        if language not in LANGUAGES:
            raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)


NO_TEXT = Text("")


@dataclass(frozen=True)
class Entry:
    """One VEVENT's worth of facts; an ``Entry`` that exists can be written.

    Times are wall clock: naive datetimes in ``timezone``, whole seconds, or dates when
    the entry lasts whole days. ``[start, end)`` is half-open. A wall clock that occurs
    twice (clocks set back) means the first, one that does not occur means the moment
    the offset before the gap gives (RFC 5545 3.3.5).

    ``start == end`` is a moment without length; entries of whole days have at least one.

    Raises:
        ValueError: a value that no calendar could show; the message names the field.
        TypeError: ``start``, ``end`` or a recurrence value is neither date nor datetime,
            or they do not agree.
    """

    uid: str
    """Identity within its source; for ever the same, whatever changes."""
    title: Text
    start: date | datetime
    end: date | datetime
    timezone: str
    """IANA name; for entries of whole days it says whose days they are."""
    description: Text = NO_TEXT
    location: Text = NO_TEXT
    """Address, as a person would write it on a letter."""
    geo: tuple[float, float] | None = None
    """Latitude and longitude in degrees, WGS 84."""
    venue: str | None = None
    """Slug of a venue of the network; none: the source's own venue, or online."""
    url: str = ""
    kind: str = "other"
    """One of the kinds in ``events.enums`` (not checked here)."""
    status: str = "CONFIRMED"
    """RFC 5545 3.8.1.11."""
    visibility: str = "public"
    """``"hosts"``: only in the private feeds of those who host it."""
    audiences: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """Slugs."""
    categories: tuple[Text, ...] = ()
    """Names of topics and campaigns, for people (CATEGORIES)."""
    contact: Text = NO_TEXT
    """Whom to ask, in words (RFC 5545 3.8.4.2)."""
    access_url: str = ""
    """Where to join online (RFC 7986 5.11)."""
    image_url: str = ""
    """A picture that may be shown elsewhere (RFC 7986 5.10)."""
    refids: tuple[str, ...] = ()
    """What it belongs to (RFC 9253 8.3), such as ``exhibition:light`` or ``unit:AH-03``."""
    rrule: str = ""
    """Value of one RRULE without its name; bounded by ``events.recurrence``, not here."""
    rdates: tuple[date | datetime, ...] = ()
    exdates: tuple[date | datetime, ...] = ()
    recurrence_id: date | datetime | None = None
    """This entry replaces the occurrence of ``uid`` that was to start at this wall clock.

    In the type of the series' start, which need not be this entry's."""
    sequence: int = 0
    changed_at: datetime | None = None
    """Aware; written as DTSTAMP and LAST-MODIFIED, to the second."""
    created_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.uid:
            raise ValueError("uid is empty")
        if not self.title:
            raise ValueError(f"title of {self.uid!r} is empty in every language")
        self._check_times()
        if not is_known_timezone(self.timezone):
            raise ValueError(f"timezone {self.timezone!r} is not an IANA name")
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r} is not one of {', '.join(STATUSES)}")
        if self.visibility not in VISIBILITIES:
            raise ValueError(
                f"visibility {self.visibility!r} is not one of {', '.join(VISIBILITIES)}"
            )
        if self.geo is not None and not _is_on_earth(*self.geo):
            raise ValueError(f"geo {self.geo!r} is not a latitude and longitude in degrees")
        if self.sequence < 0:
            raise ValueError(f"sequence {self.sequence} is negative")
        for name in ("changed_at", "created_at"):
            moment = getattr(self, name)
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"{name} has no time zone")

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    def _check_times(self) -> None:
        own = (self.start, self.end, *self.rdates, *self.exdates)
        if len({type(value) for value in own}) > 1:
            raise TypeError(f"times of {self.uid!r} are not all dates or all datetimes")
        overridden = () if self.recurrence_id is None else (self.recurrence_id,)
        for value in (*own, *overridden):
            if type(value) not in (date, datetime):
                raise TypeError(f"{value!r} of {self.uid!r} is neither date nor datetime")
            if not FIRST_YEAR <= value.year <= LAST_YEAR:
                raise ValueError(f"{value} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
            if isinstance(value, datetime):
                if value.tzinfo is not None:
                    raise ValueError(f"{value!r} is not a wall clock: it carries a time zone")
                if value.microsecond:
                    raise ValueError(f"{value!r} is not in whole seconds")
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        if self.end == self.start and self.is_all_day:
            raise ValueError(f"an entry of whole days needs one: end is start, {self.start}")


def _is_on_earth(latitude: float, longitude: float) -> bool:
    return -90 <= latitude <= 90 and -180 <= longitude <= 180
