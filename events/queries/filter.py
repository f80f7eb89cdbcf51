"""The one event filter: what may be asked, read from query parameters, as one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from events.enums import LAST_GRADE, OLDEST, Audience, EventKind, Sector
from events.errors import InvalidFilter
from events.queries import parameters as read
from events.queries.near import MAX_KM, Near

DEFAULT_KM = 25.0
ORDERINGS = ("start", "-start", "changed_at", "-changed_at")
LANGUAGES = ("zh", "en")
MAX_CANONICAL = 2000  # what SavedSearch.query holds

_KINDS = [kind.value for kind in EventKind if kind is not EventKind.LOGISTICS]
_AUDIENCES = [audience.value for audience in Audience]
_SECTORS = [sector.value for sector in Sector]
_SATURDAY = 5


class Box(NamedTuple):
    """West, south, east, north in degrees, as GeoJSON orders them; west > east spans 180°."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class EventFilter:
    """Which events are meant. Several values of one field mean any of them, several fields all.

    ``start`` and ``end`` bound the time events take place in, half-open: days are the events'
    own calendar days, moments are UTC. ``on`` is relative to the day of asking and stays so in
    :meth:`canonical`. ``language`` and ``ordering`` say how to answer, not which events.
    """

    regions: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    """Events that name one of these; an event for everyone is found under ``everyone``."""
    topics: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    exhibitions: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()
    """School years; 0 is kindergarten. Events that name one of these."""
    spoken: tuple[str, ...] = ()
    """Language tags; ``zh`` finds ``zh-yue``, too. Not ``language``, which is that of the answer."""
    age: int | None = None
    """In years: events that do not say somebody is too young or too old."""
    words: tuple[str, ...] = ()
    """Each must occur in a title or description, in any language."""
    start: date | datetime | None = None
    end: date | datetime | None = None
    on: str | None = None
    bbox: Box | None = None
    near: Near | None = None
    free: bool | None = None
    """``False``: known to cost something. Events of unknown price are in neither."""
    online: bool | None = None
    """Can be joined online; ``False``: can be visited. A hybrid event is in both."""
    language: str | None = None
    ordering: str | None = None
    today: date | None = field(default=None, compare=False)
    """The day of asking; needed where ``on`` is used."""

    @classmethod
    def parse(cls, params: Mapping[str, Sequence[str]], *, today: date) -> EventFilter:
        """Read the parameters of a query string, each with the list of its values.

        Raises:
            InvalidFilter: ``detail["problems"]`` names every wrong parameter at once as
                ``{"parameter", "message"}``.
        """
        values: dict[str, Any] = {}
        problems: list[dict[str, str]] = []
        for name in sorted(params):
            try:
                values |= _read_parameter(name, params[name])
            except read.UnreadableError as refusal:
                problems.append(_problem(name, str(refusal)))
        problems += _contradictions(values)
        km = values.pop("km", None)
        if not problems and "near" in values:
            latitude, longitude = values["near"]
            values["near"] = Near.around(latitude, longitude, km or DEFAULT_KM)
        if not problems:
            asked = cls(**values, today=today)
            if len(asked.canonical()) <= MAX_CANONICAL:
                return asked
            problems.append(_problem("query", f"is longer than {MAX_CANONICAL} characters"))
        raise invalid_filter(problems)

    @property
    def days(self) -> tuple[date, date] | None:
        """The days ``[first, end)`` that ``on`` means on the day of asking."""
        if self.on is None:
            return None
        if self.today is None:
            raise ValueError("`on` means nothing without the day of asking")
        if self.on == "today":
            return self.today, self.today + timedelta(days=1)
        monday = self.today - timedelta(days=self.today.weekday())
        saturday = monday + timedelta(days=_SATURDAY)
        return max(self.today, saturday), monday + timedelta(days=7)

    def canonical(self) -> str:
        """The set as a query string; equal sets have equal text, which :meth:`parse` reads.

        Sorted by parameter, values sorted and joined by commas, ``near`` on its grid, moments
        in UTC. ``lang`` and ``ordering`` are not part of the set.
        """
        pairs = {
            "region": ",".join(self.regions),
            "venue": ",".join(self.venues),
            "audience": ",".join(self.audiences),
            "topic": ",".join(self.topics),
            "campaign": ",".join(self.campaigns),
            "sector": ",".join(self.sectors),
            "exhibition": ",".join(self.exhibitions),
            "unit": ",".join(self.units),
            "kind": ",".join(self.kinds),
            "grade": ",".join(map(str, self.grades)),
            "spoken": ",".join(self.spoken),
            "age": "" if self.age is None else str(self.age),
            "q": " ".join(self.words),
            "start": _time_text(self.start),
            "end": _time_text(self.end),
            "on": self.on or "",
            "bbox": ",".join(f"{side:.4f}" for side in self.bbox or ()),
            "near": f"{self.near.lat:.2f},{self.near.lon:.2f}" if self.near else "",
            "km": str(self.near.km) if self.near else "",
            "free": _bool_text(self.free),
            "online": _bool_text(self.online),
        }
        present = sorted((name, text) for name, text in pairs.items() if text)
        return urlencode(present, quote_via=quote, safe=",:")


def invalid_filter(problems: list[dict[str, str]]) -> InvalidFilter:
    """The refusal that tells every problem (``{"parameter", "message"}``) at once."""
    return InvalidFilter(
        "The query cannot be understood: "
        + "; ".join(f"{p['parameter']}: {p['message']}" for p in problems[:20])
        + ".",
        problems=problems,
    )


def _read_bbox(value: str) -> Box:
    west, south, east, north = read.read_numbers(value, Box._fields)
    read.check_on_earth(south, west)
    read.check_on_earth(north, east)
    if south > north:
        raise read.UnreadableError("its south is north of its north; give west,south,east,north")
    return Box(*(round(side, 4) + 0.0 for side in (west, south, east, north)))


def _read_near(value: str) -> tuple[float, float]:
    latitude, longitude = read.read_numbers(value, ("LAT", "LON"))
    read.check_on_earth(latitude, longitude)
    return latitude, longitude


def _read_km(value: str) -> float:
    (km,) = read.read_numbers(value, ("KM",))
    if not 0 < km <= MAX_KM:
        raise read.UnreadableError(f"is not more than 0 and at most {MAX_KM}")
    return km


_MANY: dict[str, tuple[str, Callable[[Sequence[str]], Any]]] = {
    "region": ("regions", read.read_codes),
    "venue": ("venues", read.read_codes),
    "audience": ("audiences", lambda values: read.read_choices(values, _AUDIENCES)),
    "topic": ("topics", read.read_codes),
    "campaign": ("campaigns", read.read_codes),
    "sector": ("sectors", lambda values: read.read_choices(values, _SECTORS)),
    "exhibition": ("exhibitions", read.read_codes),
    "unit": ("units", read.read_codes),
    "kind": ("kinds", lambda values: read.read_choices(values, _KINDS)),
    "grade": ("grades", lambda values: read.read_whole_numbers(values, LAST_GRADE)),
    "spoken": ("spoken", read.read_language_tags),
}
_ONE: dict[str, tuple[str, Callable[[str], Any]]] = {
    "q": ("words", read.read_words),
    "age": ("age", lambda value: read.read_whole_number(value, OLDEST)),
    "start": ("start", read.read_day_or_moment),
    "end": ("end", read.read_day_or_moment),
    "on": ("on", lambda value: read.read_choice(value, ("today", "weekend"))),
    "bbox": ("bbox", _read_bbox),
    "near": ("near", _read_near),
    "km": ("km", _read_km),
    "free": ("free", read.read_bool),
    "online": ("online", read.read_bool),
    "lang": ("language", lambda value: read.read_choice(value, LANGUAGES)),
    "ordering": ("ordering", lambda value: read.read_choice(value, ORDERINGS)),
}
PARAMETERS = (*_MANY, *_ONE)


def _read_parameter(name: str, values: Sequence[str]) -> dict[str, Any]:
    if name in _MANY:
        attribute, reader = _MANY[name]
        return {attribute: reader(values)}
    if name not in _ONE:
        raise read.UnreadableError(f"is not a parameter here; known are {', '.join(PARAMETERS)}")
    if len(values) != 1:
        raise read.UnreadableError(f"is given {len(values)} times; give it once")
    attribute, read_value = _ONE[name]
    return {attribute: read_value(values[0])}


def _contradictions(values: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    start, end = values.get("start"), values.get("end")
    if start and end and _as_moment(start) >= _as_moment(end):
        found.append(_problem("end", "is not after start; the span includes start, not end"))
    if "on" in values and (start or end):
        found.append(_problem("on", "cannot be combined with start or end"))
    if "km" in values and "near" not in values:
        found.append(_problem("km", "says how far from near=LAT,LON, which is missing"))
    return found


def _problem(parameter: str, message: str) -> dict[str, str]:
    return {"parameter": read.quoted(parameter)[1:-1], "message": message}


def _as_moment(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


def _time_text(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if value else ""


def _bool_text(value: bool | None) -> str:
    return "" if value is None else str(value).lower()
