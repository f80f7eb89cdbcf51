"""The public pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format

from events.errors import FeedNotFound
from events.feeds import subjects
from events.feeds.about import about_events
from events.feeds.described import described
from events.feeds.feed import Feed
from events.feeds.jsonld import embedded
from events.feeds.particulars import lines_of
from events.feeds.subjects import Moved
from events.models import Event, EventImage, Occurrence
from events.queries import Window, occurrences
from events.recurrence.zones import zone
from venues.models import Region, RegionLevel, Venue
from web.feeds import feed_of
from web.pages.framing import with_pictures_of
from web.pages.marks import marks_of
from web.pages.month import Item, Month, MonthPlan
from web.pages.page import language, page
from web.pages.shown import items_of
from web.pages.subscribing import subscription_to
from web.pages.tour import tour_of

MOST_ITEMS = 400
_VIEWS = ("list", "month")


@page
def home(request: HttpRequest) -> HttpResponse:
    """The network's provinces, and its museums."""
    provinces = Region.objects.filter(level=RegionLevel.PROVINCE, valid_to__isnull=True).order_by(
        "country", "code"
    )
    return render(request, "web/home.html", {"provinces": provinces})


@page
def calendar(request: HttpRequest, kind: str, subject: str) -> HttpResponse | Moved:
    """A month of what a feed shows, as a list or as a grid."""
    feed = feed_of(kind, subject)
    if isinstance(feed, Moved):
        return feed
    feed = subjects.in_language(feed, language())
    today = timezone.now().astimezone(zone(feed.timezone)).date()
    month = Month.parse(request.GET["month"]) if "month" in request.GET else Month.of(today)
    found = _items(feed, month.window)
    view = request.GET.get("view", "")
    about = _about(kind, feed.subject)
    plan = MonthPlan.of(month, found[:MOST_ITEMS], today=today)
    marks = marks_of(
        [day.day for day in plan.days],
        language=language(),
        region=about.get("region"),
        venue=about.get("venue"),
    )
    context = {
        "kind": kind,
        "feed": feed,
        "name": feed.name.in_language(language()),
        "subscription": subscription_to(feed),
        "plan": plan.with_marks(marks),
        "view": view if view in _VIEWS else "list",
        "is_cut": len(found) > MOST_ITEMS,
        "most_items": MOST_ITEMS,
        "weekdays": [date_format(day, "D") for day in month.weeks[0]],
        "next_month": None if found else _next_month(feed, month),
        **about,
    }
    return render(request, "web/calendar.html", context)


@page
def event(request: HttpRequest, uid: str) -> HttpResponse:
    """One event with its dates to come, or one of its dates."""
    feed = subjects.in_language(subjects.event_feed(uid), language())
    found = Event.objects.select_related("venue__region").get(pk=feed.event_id)
    dates = Occurrence.objects.filter(event=found).order_by("starts_at")
    if feed.occurrence_key:
        dates = dates.filter(key=feed.occurrence_key)
    coming = dates.filter(ends_at__gt=timezone.now())
    shown = items_of(coming[:MOST_ITEMS]) or items_of(dates.reverse()[:1])
    if not shown:
        raise FeedNotFound("The event has no date.")
    about = about_events([found.pk])[found.pk]
    pictures = list(EventImage.objects.filter(event=found))
    context = {
        "feed": feed,
        "event": found,
        "item": shown[0],
        "more": shown[1:13],
        "more_count": max(0, len(shown) - 13),
        "subscription": subscription_to(feed),
        "facts": lines_of(found, about),
        "pictures": pictures,
        "document": embedded(
            described(dates, about, language=language(), now=timezone.now()) or {}
        ),
    }
    response = render(request, "web/event.html", context)
    return with_pictures_of((each.url for each in pictures), request, response)


def _items(feed: Feed, window: Window) -> list[Item]:
    found = occurrences(feed.asked, window=window, scope=feed.scope)
    return items_of(found[: MOST_ITEMS + 1])


def _next_month(feed: Feed, month: Month) -> Month | None:
    """Where the next thing after an empty month is."""
    later = occurrences(
        feed.asked, window=Window(month.end, date(2100, 1, 1)), scope=feed.scope
    ).first()
    return Month.of(later.start_date) if later else None


def _about(kind: str, subject: str) -> dict[str, Any]:
    """What a page says about its subject beside the calendar."""
    if kind == "regions":
        region = Region.objects.get(code=subject)
        above = Region.objects.filter(descendant_paths__descendant=region).exclude(pk=region.pk)
        return {
            "region": region,
            "above": above.order_by("level"),
            "below": region.children.filter(valid_to__isnull=True).order_by("code"),
            "museums": Venue.objects.in_region(region).open().order_by("slug")[:60],
        }
    if kind == "venues":
        venue = Venue.objects.select_related("region__parent", "organisation").get(slug=subject)
        return {"venue": venue}
    if kind == "exhibitions":
        return {"tour": tour_of(subject, today=timezone.localdate())}
    return {}
