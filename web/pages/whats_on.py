"""What's on: a search with filters and counts, as a list or a map, that can be followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.errors import InvalidFilter
from events.feeds import saved
from events.feeds.feed import OWN_LANGUAGE
from events.feeds.labels import AUDIENCES, KINDS
from events.ical.entry import Text
from events.models import Topic
from events.queries import EventFilter, Window, events, occurrences, scope_of
from events.queries.facets import facets
from venues.models import Region, RegionLevel
from web.pages.map import PlaceMap, place_map
from web.pages.page import language, page
from web.pages.shown import by_day, items_of
from web.pages.subscribing import subscription_at

MOST_ITEMS = 120
DAYS_AHEAD = 60
MOST_CHOICES = 12
_OURS = frozenset({"view"})
_VIEWS = ("list", "map")


@dataclass(frozen=True)
class Choice:
    """One value of a filter: how many events it leads to, and the address that takes or drops it."""

    label: str
    count: int | None
    is_chosen: bool
    address: str


@dataclass(frozen=True)
class Group:
    name: str
    choices: tuple[Choice, ...]


@page
def whats_on(request: HttpRequest) -> HttpResponse:
    """Events that the query describes, from today on unless it says otherwise."""
    today = timezone.localdate()
    try:
        asked = EventFilter.parse(_parameters(request), today=today)
        scope = scope_of(asked)
    except InvalidFilter as refusal:
        problems = refusal.detail["problems"]
        return render(request, "web/bad_search.html", {"problems": problems}, status=400)
    window = _window(asked, today)
    found = items_of(occurrences(asked, window=window, scope=scope)[: MOST_ITEMS + 1])
    view = request.GET.get("view", "")
    context = {
        "asked": asked,
        "words": " ".join(asked.words),
        "regions": _regions(asked),
        "days": by_day(found[:MOST_ITEMS], window.first),
        "is_cut": len(found) > MOST_ITEMS,
        "most_items": MOST_ITEMS,
        "groups": _groups(request, asked, window),
        "window": window,
        "last_day": window.end - timedelta(days=1),
        "view": view if view in _VIEWS else "list",
        "map": _map(asked, window) if view == "map" else None,
        "follow": f"{reverse('follow')}?{asked.canonical()}",
        "hidden": _carried(request),
        "title": title_of(asked),
    }
    return render(request, "web/whats_on.html", context)


@page
def follow(request: HttpRequest) -> HttpResponse:
    """The short permanent address of a search; made on first use, the same for equal searches."""
    try:
        asked = EventFilter.parse(_parameters(request), today=timezone.localdate())
        scope_of(asked)
    except InvalidFilter as refusal:
        problems = refusal.detail["problems"]
        return render(request, "web/bad_search.html", {"problems": problems}, status=400)
    search = saved.save_search(asked, now=timezone.now())
    address = reverse("saved-search", kwargs={"code": search.code})
    kept = {"lang": request.GET["lang"]} if request.GET.get("lang") else {}
    return HttpResponseRedirect(f"{address}?{urlencode(kept)}" if kept else address)


@page
def saved_search(request: HttpRequest, code: str) -> HttpResponse:
    """How to follow a search, and what it shows next."""
    today = timezone.localdate()
    asked = saved.saved_filter(code, today=today)
    window = _window(asked, today)
    found = items_of(occurrences(asked, window=window)[:MOST_ITEMS])
    tongue = "" if language() == OWN_LANGUAGE else f"?lang={language()}"
    title = title_of(asked)
    context = {
        "title": title,
        "code": code,
        "subscription": subscription_at(f"/feeds/s/{code}.ics{tongue}", title or _("What's on")),
        "days": by_day(found, window.first),
        "change": f"{reverse('whats-on')}?{asked.canonical()}",
    }
    return render(request, "web/saved_search.html", context)


def _parameters(request: HttpRequest) -> dict[str, Sequence[str]]:
    """What was asked, without empty fields of the form and what only concerns the page."""
    given = {name: request.GET.getlist(name) for name in request.GET if name not in _OURS}
    filled = {name: [one for one in values if one.strip()] for name, values in given.items()}
    return {name: values for name, values in filled.items() if values and name != "lang"}


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """What the form must not lose: chosen filters that it has no field for."""
    fields = {"q", "region", "start", "end", "on"}
    return [
        (name, value)
        for name in request.GET
        for value in request.GET.getlist(name)
        if name not in fields and value
    ]


def _window(asked: EventFilter, today: date) -> Window:
    """The days shown: what was asked for, else the next weeks."""
    if asked.days:
        return Window(*asked.days)
    first = _day(asked.start) or today
    return Window(first, _day(asked.end) or first + timedelta(days=DAYS_AHEAD))


def _day(value: date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


# ---- filters with counts -------------------------------------------------------------------------


def _groups(request: HttpRequest, asked: EventFilter, window: Window) -> list[Group]:
    """The filters as links. Each group is counted as if nothing of its own were chosen."""
    counts = facets(events(asked, window=window))
    names = {
        "kind": {value: text for value, text in KINDS.items() if value != "logistics"},
        "audience": dict(AUDIENCES),
        "topic": _topics(),
    }
    titles = {"kind": _("Kind"), "audience": _("For whom"), "topic": _("Topic")}
    groups = [_when(request, asked)]
    for parameter, labels in names.items():
        field = f"{parameter}s"
        chosen = getattr(asked, field)
        own = counts
        if chosen:
            without: dict[str, Any] = {field: ()}
            own = facets(events(replace(asked, **without), window=window))
        groups.append(
            Group(titles[parameter], _choices(request, parameter, chosen, own[parameter], labels))
        )
    groups.append(_yes_or_no(request, asked))
    return [group for group in groups if group.choices]


def _choices(
    request: HttpRequest,
    parameter: str,
    chosen: Sequence[str],
    counts: Mapping[str, int],
    labels: Mapping[str, Text],
) -> tuple[Choice, ...]:
    values = [*chosen, *(value for value in counts if value not in chosen)]
    known = [value for value in values if value in labels][:MOST_CHOICES]
    return tuple(
        Choice(
            labels[value].in_language(language()),
            counts.get(value, 0),
            value in chosen,
            _address(request, parameter, None if value in chosen else value),
        )
        for value in known
    )


def _when(request: HttpRequest, asked: EventFilter) -> Group:
    names = {"today": _("Today"), "weekend": _("This weekend")}
    return Group(
        _("When"),
        tuple(
            Choice(
                label,
                None,
                asked.on == value,
                _address(request, "on", None if asked.on == value else value),
            )
            for value, label in names.items()
        ),
    )


def _yes_or_no(request: HttpRequest, asked: EventFilter) -> Group:
    names = {"free": _("Free of charge"), "online": _("Online")}
    return Group(
        _("Also"),
        tuple(
            Choice(
                label,
                None,
                bool(getattr(asked, name)),
                _address(request, name, None if getattr(asked, name) else "true"),
            )
            for name, label in names.items()
        ),
    )


def _address(request: HttpRequest, parameter: str, value: str | None) -> str:
    """This page with one parameter set or dropped."""
    query = request.GET.copy()
    query.pop(parameter, None)
    if value is not None:
        query[parameter] = value
    return f"{request.path}?{query.urlencode()}"


def _topics() -> dict[str, Text]:
    rows = Topic.objects.filter(replaced_by__isnull=True).values_list("slug", "name_zh", "name_en")
    return {slug: Text(zh, en) for slug, zh, en in rows}


def _map(asked: EventFilter, window: Window) -> PlaceMap:
    found = events(asked, window=window).filter(venue__lat__isnull=False).order_by()
    return place_map(found)


def _regions(asked: EventFilter) -> list[tuple[str, str, bool]]:
    """Regions to choose from, as (code, name, chosen): the provinces, and what is chosen now."""
    offered = Q(level=RegionLevel.PROVINCE, valid_to__isnull=True) | Q(code__in=asked.regions)
    rows = Region.objects.filter(offered).order_by("level", "country", "code")
    return [(row.code, row.name(language()), row.code in asked.regions) for row in rows]


def title_of(asked: EventFilter) -> str:
    """The search in a few words."""
    parts: list[Any] = []
    if asked.regions:
        rows = Region.objects.filter(code__in=asked.regions).order_by("code")
        parts += [row.name(language()) for row in rows]
    parts += [KINDS[kind].in_language(language()) for kind in asked.kinds]
    parts += [AUDIENCES[one].in_language(language()) for one in asked.audiences]
    parts += [f"“{word}”" for word in asked.words]
    if asked.near:
        parts.append(_("within %(km)s km") % {"km": asked.near.km})
    if asked.on:
        parts.append(_("Today") if asked.on == "today" else _("This weekend"))
    return " · ".join(parts)
