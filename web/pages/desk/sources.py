"""Calendars that are read from elsewhere: how they are, what they brought, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from events.models import ImportRun, Subscription
from events.permissions import sources_edited_by
from events.services import subscriptions
from events.services.health import health_of
from events.services.journal import told_of
from events.services.undo import undo_last
from web.pages.desk.events import venues_edited
from web.pages.desk.page import desk_page, done

MOST_RUNS = 30


@require_safe
@desk_page
def source_list(request: HttpRequest) -> HttpResponse:
    """Each calendar with its last reading, what is wrong in words, and what can be done."""
    now = timezone.now()
    rows = _subscriptions(request).order_by("source__venue__slug", "pk")
    sources = [(row, health_of(row, now=now)) for row in rows[:100]]
    context = {"sources": sources, "venues": venues_edited(request), "now": now}
    return render(request, "desk/sources.html", context)


@require_safe
@desk_page
def source_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One calendar: its readings, what the last changed by field, what was not taken over."""
    row = _subscriptions(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    health = health_of(row, now=timezone.now())
    runs = ImportRun.objects.filter(source=row.source).defer("journal", "problems", "quarantine")
    context = {
        "one": row,
        "health": health,
        "told": told_of(health.undoable),
        "runs": runs.order_by("-started_at", "-pk")[:MOST_RUNS],
    }
    return render(request, "desk/source.html", context)


@require_POST
@desk_page
def subscribe(request: HttpRequest) -> HttpResponse:
    """Begin to read a calendar address for one of one's venues."""
    venue = venues_edited(request).filter(pk=_number(request.POST.get("venue", ""))).first()
    if venue is None:
        raise Http404
    act = partial(
        subscriptions.subscribe,
        url=request.POST.get("url", "").strip(),
        venue=venue,
        by=request.user,
        now=timezone.now(),
    )
    said = _("The calendar will be read within a few minutes.")
    return done(request, act, said, back=reverse("desk-sources"))


@require_POST
@desk_page
def source_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Read it now, believe that many events are gone, or take the last reading back."""
    row = _subscriptions(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    by, now = request.user, timezone.now()
    acts: dict[str, Callable[[], object]] = {
        "read": partial(subscriptions.read_soon, subscription_id=row.pk, by=by, now=now),
        "confirm": partial(subscriptions.confirm_missing, subscription_id=row.pk, by=by, now=now),
        "undo": partial(undo_last, source=row.source, by=by, now=now),
    }
    if step not in acts:
        raise Http404
    said = {
        "read": _("It will be read within a few minutes."),
        "confirm": _("The missing events will be cancelled at the next reading."),
        "undo": _("The last reading was taken back."),
    }[step]
    back = reverse("desk-source", kwargs={"pk": pk})
    return done(request, acts[step], said, back=back)


def _subscriptions(request: HttpRequest):  # type: ignore[no-untyped-def]  # a queryset with joins
    mine = sources_edited_by(request.user, timezone.localdate())
    return Subscription.objects.filter(source__in=mine).select_related("source__venue")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
