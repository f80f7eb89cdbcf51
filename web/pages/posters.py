"""What can be taken from a page on paper: its poster, and the programme of a month."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.feeds import saved, subjects
from events.feeds.feed import Feed
from events.feeds.subjects import Moved
from events.models import Event, Occurrence
from events.queries import occurrences
from events.recurrence.zones import zone
from web.feeds import feed_of
from web.pages.month import Item, Month, MonthPlan
from web.pages.page import language, page
from web.pages.shown import items_of
from web.pages.times import clock, day, day_and_weekday, month_name, short_day, when
from web.pages.whats_on import title_of
from web.paper import Chapter, Poster, poster_pdf, poster_png, programme_pdf

MOST_ITEMS = 400
_KEPT_SECONDS = 24 * 3600
_MAKERS: dict[str, tuple[Callable[[Poster], bytes], str]] = {
    "png": (poster_png, "image/png"),
    "pdf": (poster_pdf, "application/pdf"),
}


@page
def poster(request: HttpRequest, kind: str, subject: str, form: str) -> HttpResponse | Moved:  # noqa: ARG001  # a view's signature
    """The poster of a calendar page: its name and where it is followed."""
    feed = feed_of(kind, subject)
    if isinstance(feed, Moved):
        return feed
    told = Poster(
        title=feed.name.in_language(language()),
        lines=(_("What's on, day by day"),),
        told=_("Scan to see and to follow"),
        address=_permanent(reverse("calendar", kwargs={"kind": kind, "subject": feed.subject})),
    )
    return _poster(told, form)


@page
def search_poster(request: HttpRequest, form: str, code: str = "") -> HttpResponse:  # noqa: ARG001  # a view's signature
    """The poster of a search that was kept, or of all that is on."""
    title, address = "", reverse("whats-on")
    if code:
        title = title_of(saved.saved_filter(code, today=timezone.localdate()))
        address = reverse("saved-search", kwargs={"code": code})
    told = Poster(
        title=title or _("What's on"),
        lines=(_("What's on, day by day"),),
        told=_("Scan to see and to follow"),
        address=_permanent(address),
    )
    return _poster(told, form)


@page
def event_poster(request: HttpRequest, uid: str, form: str) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """The poster of one event: title, next date, place."""
    feed = subjects.event_feed(uid)
    found = Event.objects.get(pk=feed.event_id)
    dates = Occurrence.objects.filter(event=found)
    if feed.occurrence_key:
        dates = dates.filter(key=feed.occurrence_key)
    coming = dates.filter(ends_at__gt=timezone.now()).order_by("starts_at")
    shown = items_of(coming[:1]) or items_of(dates.order_by("-starts_at")[:1])
    lines = [when(item) for item in shown]
    lines += [item.entry.location.in_language(language()) for item in shown]
    told = Poster(
        title=found.text("title", language()),
        lines=tuple(line for line in lines if line),
        told=_("Scan to see and to follow"),
        address=_permanent(reverse("event", kwargs={"uid": uid})),
    )
    return _poster(told, form)


@page
def programme(request: HttpRequest, kind: str, subject: str) -> HttpResponse | Moved:
    """A month to print, plain and without navigation."""
    feed = feed_of(kind, subject)
    if isinstance(feed, Moved):
        return feed
    context = {
        "kind": kind,
        "feed": feed,
        "name": feed.name.in_language(language()),
        "plan": _plan(request, feed),
        "address": _permanent(reverse("calendar", kwargs={"kind": kind, "subject": feed.subject})),
    }
    return render(request, "web/programme.html", context)


@page
def programme_sheet(request: HttpRequest, kind: str, subject: str) -> HttpResponse | Moved:
    """The same month as PDF."""
    feed = feed_of(kind, subject)
    if isinstance(feed, Moved):
        return feed
    plan = _plan(request, feed)
    name = feed.name.in_language(language())
    title = f"{name} · {month_name(plan.month.first)}"
    address = _permanent(reverse("calendar", kwargs={"kind": kind, "subject": feed.subject}))
    chapters = _chapters(plan)
    told = _("Subject to change; the newest programme:")

    def make() -> bytes:
        return programme_pdf(title, chapters, told, address)

    content = _kept(repr((title, chapters, told, address)), make)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{plan.month}.pdf"'
    return response


def _chapters(plan: MonthPlan) -> list[Chapter]:
    """First what lasts longer, then the days."""
    runs = tuple(
        (f"{short_day(item.first_day)}–{short_day(item.last_day)}", *_words(item))
        for item in plan.runs
    )
    chapters = [Chapter(_("Exhibitions and longer events"), runs)] if runs else []
    for one in plan.agenda:
        listed = tuple((clock(item) or _("all day"), *_words(item)) for item in one.items)
        chapters.append(Chapter(_day_title(one.day), listed))
    return chapters or [Chapter(_("Nothing is announced for this month."), ())]


def _day_title(value: date) -> str:
    return f"{day(value)} {day_and_weekday(value).split()[-1 if language() == 'zh' else 0]}"


def _words(item: Item) -> tuple[str, str]:
    title = item.entry.title.in_language(language())
    if item.is_cancelled:
        title = f"[{_('Cancelled')}] {title}"
    return title, item.entry.location.in_language(language())


def _plan(request: HttpRequest, feed: Feed) -> MonthPlan:
    today = timezone.now().astimezone(zone(feed.timezone)).date()
    month = Month.parse(request.GET["month"]) if "month" in request.GET else Month.of(today)
    found = occurrences(feed.asked, window=month.window, scope=feed.scope)
    return MonthPlan.of(month, items_of(found[:MOST_ITEMS]), today=today)


def _poster(told: Poster, form: str) -> HttpResponse:
    make, content_type = _MAKERS[form]
    content = _kept(repr((form, told)), lambda: make(told))
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'inline; filename="poster.{form}"'
    return response


def _kept(key: str, make: Callable[[], bytes]) -> bytes:
    """What was made of the same words before, for a day: making takes a second."""
    name = f"paper-{hashlib.sha256(key.encode()).hexdigest()}"
    content: bytes | None = cache.get(name)
    if content is None:
        content = make()
        cache.set(name, content, _KEPT_SECONDS)
    return content


def _permanent(path: str) -> str:
    return settings.SITE_URL + path
