"""Filters become querysets. Subqueries instead of joins, so that no row comes twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.db.models.lookups import Contains, IContains

from events.enums import Attendance, EventKind, Moderation, ParticipationState, Status, Visibility
from events.models import Change, Event, EventReference, Occurrence, Participation
from events.queries.filter import Box, EventFilter
from events.queries.index import TEXTS, EventsWithWords
from events.queries.scope import Scope, scope_of
from events.queries.words import phrases_of
from venues.models import RegionPath, Venue

_OCCURRENCE_ORDER = {"start": "starts_at", "changed_at": "event__changed_at"}
_EVENT_ORDER = {"start": "start_date", "changed_at": "changed_at"}


@dataclass(frozen=True)
class Window:
    """The calendar days ``[first, end)``, each event's in its own zone."""

    first: date
    end: date


def occurrences(
    asked: EventFilter, *, window: Window | None = None, scope: Scope | None = None
) -> QuerySet[Occurrence]:
    """What the public may see of the filter, one row per date, ordered by ``ordering``.

    Cancelled ones are included. ``scope`` saves looking the filter's codes up again.

    Raises:
        InvalidFilter: the filter names a region, venue or topic that does not exist.
    """
    scope = scope or scope_of(asked)
    return (
        Occurrence.objects.filter(
            _shown_to_all("event__"), _conditions(asked, scope, "event__"), _span(asked, window)
        )
        .select_related("event", "event__venue")
        .order_by(*_ordering(asked, _OCCURRENCE_ORDER))
    )


def events(
    asked: EventFilter, *, window: Window | None = None, scope: Scope | None = None
) -> QuerySet[Event]:
    """Events the public may see with a date that the filter and ``window`` admit.

    Without any bound in time every matching event is there. Raises like :func:`occurrences`.
    """
    scope = scope or scope_of(asked)
    found = Event.objects.filter(_shown_to_all(""), _conditions(asked, scope, ""))
    if span := _span(asked, window):
        found = found.filter(Exists(Occurrence.objects.filter(span, event=OuterRef("pk"))))
    return found.select_related("venue").order_by(*_ordering(asked, _EVENT_ORDER))


def hosted_occurrences(venue: Venue, *, window: Window) -> QuerySet[Occurrence]:
    """Everything published that happens at ``venue``, moves and installation included."""
    return (
        Occurrence.objects.filter(
            _span(EventFilter(), window), event__venue=venue, event__moderation=Moderation.PUBLISHED
        )
        .select_related("event", "event__venue")
        .order_by("starts_at", "pk")
    )


def _shown_to_all(prefix: str) -> Q:
    return _q(prefix, moderation=Moderation.PUBLISHED, visibility=Visibility.PUBLIC)


def _conditions(asked: EventFilter, scope: Scope, prefix: str) -> Q:
    """What the filter says about an event; ``prefix`` leads to it."""
    found = Q()
    venues = _places(asked, scope)
    if venues is not None:
        found &= _q(prefix, venue__in=venues)
    if scope.venue_ids is not None:
        found &= _q(prefix, venue__in=scope.venue_ids)
    if scope.topic_ids is not None:
        tagged = Event.topics.through.objects.filter(topic_id__in=scope.topic_ids)
        found &= _q(prefix, pk__in=tagged.values("event_id"))
    if scope.campaign_ids is not None:
        joined = Participation.objects.filter(
            campaign_id__in=scope.campaign_ids, state=ParticipationState.ACCEPTED
        )
        found &= _q(prefix, pk__in=joined.values("event_id"))
    for refids in (scope.exhibition_refids, scope.unit_refids):
        if refids is not None:
            about = EventReference.objects.filter(refid__in=refids)
            found &= _q(prefix, pk__in=about.values("event_id"))
    if asked.kinds:
        found &= _q(prefix, kind__in=asked.kinds)
    for column, words in (("audiences", asked.audiences), ("sectors", asked.sectors)):
        if words:
            found &= _names_any(words, f"{prefix}{column}")
    if asked.grades:
        found &= _names_number(asked.grades, f"{prefix}grades")
    if asked.spoken:
        found &= _names_language(asked.spoken, f"{prefix}languages")
    if asked.age is not None:
        found &= _any(
            _q(prefix, **{f"age_min{how}": value})
            for how, value in (("__isnull", True), ("__lte", asked.age))
        )
        found &= _any(
            _q(prefix, **{f"age_max{how}": value})
            for how, value in (("__isnull", True), ("__gte", asked.age))
        )
    if asked.free is not None:
        found &= _q(prefix, is_free=asked.free)
    if asked.online is not None:
        found &= _is_online(prefix) if asked.online else ~_is_only_online(prefix)
    if asked.words:
        found &= _has_words(asked.words, prefix)
    return found


def _places(asked: EventFilter, scope: Scope) -> QuerySet | None:
    """The venues inside regions, box and circle, or None when places do not matter."""
    if scope.region_ids is None and asked.bbox is None and asked.near is None:
        return None
    venues = Venue.objects.all() if asked.near is None else asked.near.venues()
    if scope.region_ids is not None:
        below = RegionPath.objects.filter(ancestor_id__in=scope.region_ids)
        venues = venues.filter(region__in=below.values("descendant_id"))
    if asked.bbox is not None:
        venues = venues.filter(_inside(asked.bbox))
    return venues.order_by().values("pk")


def _inside(box: Box) -> Q:
    latitudes = Q(lat__range=(box.south, box.north))
    if box.west <= box.east:
        return latitudes & Q(lon__range=(box.west, box.east))
    return latitudes & (Q(lon__gte=box.west) | Q(lon__lte=box.east))


def _span(asked: EventFilter, window: Window | None) -> Q:
    """What filter and window say about the time of an occurrence.

    An occurrence without length happens in the span that contains its moment; ``end_date`` is
    the last day touched plus one, so days need no such care.
    """
    found = Q()
    starts = [asked.start, asked.days and asked.days[0], window and window.first]
    ends = [asked.end, asked.days and asked.days[1], window and window.end]
    for start in starts:
        if isinstance(start, datetime):
            found &= Q(ends_at__gt=start) | Q(starts_at__gte=start)
        elif start:
            found &= Q(end_date__gt=start)
    for end in ends:
        if isinstance(end, datetime):
            found &= Q(starts_at__lt=end)
        elif end:
            found &= Q(start_date__lt=end)
    return found


def _names_any(words: tuple[str, ...], column: str) -> Q:
    """The list is JSON; quoted, no word is part of another, on either database."""
    names = Cast(F(column), TextField())
    return _any(Q(Contains(names, f'"{word}"')) for word in words)


def _names_number(numbers: tuple[int, ...], column: str) -> Q:
    """As JSON writes lists on either database: ``[1, 12]``."""
    text = Cast(F(column), TextField())
    forms = (form for n in numbers for form in (f"[{n}]", f"[{n},", f" {n},", f" {n}]"))
    return _any(Q(Contains(text, form)) for form in forms)


def _names_language(tags: tuple[str, ...], column: str) -> Q:
    """A tag, or one that begins with it: who speaks Cantonese speaks Chinese."""
    text = Cast(F(column), TextField())
    forms = (form for tag in tags for form in (f'"{tag}"', f'"{tag}-'))
    return _any(Q(IContains(text, form)) for form in forms)


def _has_words(asked: tuple[str, ...], prefix: str) -> Q:
    """By the index where it is up to date, by the texts where an event has changed since."""
    plain = _all(_any(_q(prefix, **{f"{text}__icontains": w}) for text in TEXTS) for w in asked)
    if not any(phrases_of(word) for word in asked):
        return plain
    lookable = [word for word in asked if phrases_of(word)]
    changed = Change.objects.filter(event_id__isnull=False).values("event_id")
    is_changed = _q(prefix, pk__in=changed)
    return (_q(prefix, pk__in=EventsWithWords(lookable)) & ~is_changed) | (is_changed & plain)


def _is_online(prefix: str) -> Q:
    return _is_only_online(prefix) | _q(prefix, attendance=Attendance.HYBRID)


def _is_only_online(prefix: str) -> Q:
    return (
        _q(prefix, attendance=Attendance.ONLINE)
        | _q(
            prefix,
            venue__isnull=True,
            attendance=Attendance.ON_SITE,
            location_zh="",
            location_en="",
        )
        | _q(prefix, status=Status.MOVED_ONLINE)
        | _q(prefix, kind=EventKind.ONLINE)
    )


def _ordering(asked: EventFilter, columns: dict[str, str]) -> tuple[str, str]:
    wanted = asked.ordering or "start"
    sign = "-" if wanted.startswith("-") else ""
    return f"{sign}{columns[wanted.removeprefix('-')]}", f"{sign}pk"


def _q(prefix: str, **conditions: object) -> Q:
    return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _all(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found &= condition
    return found
