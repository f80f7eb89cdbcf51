"""Events at the desk: listed, written, repeated, cancelled for one date, reviewed, published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.enums import Moderation
from events.errors import InvalidEvent
from events.feeds import subjects
from events.feeds.store import feed_bytes
from events.feeds.version import feed_version
from events.models import Event, Occurrence
from events.permissions import can_publish, day_of, edited_by
from events.queries.edits import edits_since_decision
from events.recurrence.expand import expand
from events.services import editing, publishing
from events.services.checking import checked
from events.services.values import EventValues, values_of
from venues.errors import DomainError
from venues.models import Venue
from venues.permissions import where
from web.pages.desk.forms import EventForm, initial_of
from web.pages.desk.page import desk_page, done
from web.pages.desk.refusals import refusal_lines

MOST_EVENTS = 200
MOST_DATES = 40
PREVIEWED = 12
DAYS_PREVIEWED = 3 * 366


def venues_edited(request: HttpRequest) -> QuerySet[Venue]:
    today = timezone.localdate()
    return Venue.objects.filter(where(request.user, "venue.edit", on=today, venue="")).order_by(
        "slug"
    )


@require_safe
@desk_page
def event_list(request: HttpRequest) -> HttpResponse:
    """The events one edits, those that were changed last on top."""
    found = edited_by(request.user, timezone.localdate()).select_related("venue")
    state = request.GET.get("state", "")
    if state in set(Moderation):
        found = found.filter(moderation=state)
    words = request.GET.get("q", "").strip()[:100]
    if words.isprintable() and words:
        found = found.filter(title_zh__icontains=words) | found.filter(title_en__icontains=words)
    context = {
        "events": found.order_by("-changed_at")[:MOST_EVENTS],
        "state": state,
        "words": words,
        "states": [one.value for one in Moderation],
    }
    return render(request, "desk/events.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new_event(request: HttpRequest) -> HttpResponse:
    """An empty form, or one filled from the event in ``?copy=``."""
    venues = venues_edited(request)
    if request.method != "POST":
        first = venues.first()
        filled = {"venue": first, "start_date": timezone.localdate() + timedelta(days=7)}
        if copied := request.GET.get("copy"):
            filled = initial_of(_event(request, copied))
        return _form(request, EventForm(venues=venues, initial=filled))
    form = EventForm(request.POST, venues=venues)
    if not form.is_valid() or "preview" in request.POST:
        return _form(request, form)
    made: list[Event] = []

    def create() -> None:
        now = timezone.now()
        event = editing.create_event(values=form.values(), by=request.user, now=now)
        made.append(event)
        if "publish" in request.POST:
            made[0] = publishing.publish_event(
                event_id=event.pk, seen_sequence=event.sequence, by=request.user, now=now
            )

    return _saved(request, form, create, made)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_event(request: HttpRequest, uid: str) -> HttpResponse:
    event = _event(request, uid)
    venues = venues_edited(request)
    if request.method != "POST":
        return _form(request, EventForm(venues=venues, initial=initial_of(event)), event)
    form = EventForm(request.POST, venues=venues)
    if not form.is_valid() or "preview" in request.POST:
        return _form(request, form, event)

    def change() -> None:
        editing.change_event(
            event_id=event.pk,
            seen_sequence=_seen(request, event),
            values=form.values(values_of(event)),
            by=request.user,
            now=timezone.now(),
        )

    return _saved(request, form, change, [event])


@require_safe
@desk_page
def event_page(request: HttpRequest, uid: str) -> HttpResponse:
    """One event with its dates, and exactly what subscribers see of it."""
    event = _event(request, uid)
    now = timezone.now()
    dates = Occurrence.objects.filter(event=event, ends_at__gt=now).order_by("starts_at")
    is_waiting = event.moderation == Moderation.SUBMITTED
    context = {
        "event": event,
        "dates": dates[:MOST_DATES],
        "may_publish": can_publish(request.user, event, day_of(event, now)),
        "told": _as_subscribers_see(event),
        "edits": edits_since_decision([event])[event.pk] if is_waiting else None,
        "is_kept_elsewhere": hasattr(event.source, "subscription"),
    }
    return render(request, "desk/event.html", context)


_STEPS: dict[str, tuple[Callable[..., Event], str]] = {
    "publish": (publishing.publish_event, "Published."),
    "submit": (publishing.submit_event, "Handed in for review."),
    "archive": (publishing.archive_event, "Taken from public view."),
    "cancel": (editing.cancel_event, "Cancelled; subscribers will see it struck out."),
    "reinstate": (editing.reinstate_event, "It takes place again."),
}


@require_POST
@desk_page
def take_step(request: HttpRequest, uid: str, step: str) -> HttpResponse:
    """Publish, submit, return (with a reason), archive, cancel or reinstate an event."""
    event = _event(request, uid)
    known: dict[str, Any] = {
        "event_id": event.pk,
        "seen_sequence": _seen(request, event),
        "by": request.user,
        "now": timezone.now(),
    }
    back = reverse("desk-event", kwargs={"uid": event.public_uid})
    if step == "return":
        reason = request.POST.get("reason", "").strip()
        act = partial(publishing.return_event, **known, reason=reason)
        return done(request, act, _("Returned."), back=back)
    if step not in _STEPS:
        raise Http404
    service, said = _STEPS[step]
    return done(request, partial(service, **known), _(said), back=back)


@require_POST
@desk_page
def date_step(request: HttpRequest, uid: str, step: str) -> HttpResponse:
    """Cancel or restore one date of a series."""
    event = _event(request, uid)
    services = {"cancel": editing.cancel_date, "restore": editing.restore_date}
    if step not in services:
        raise Http404
    act = partial(
        services[step],
        event_id=event.pk,
        seen_sequence=_seen(request, event),
        original_start=request.POST.get("original_start", ""),
        by=request.user,
        now=timezone.now(),
    )
    said = _("This date is cancelled.") if step == "cancel" else _("This date takes place.")
    back = reverse("desk-event", kwargs={"uid": event.public_uid})
    return done(request, act, said, back=back)


@require_safe
@desk_page
def review(request: HttpRequest) -> HttpResponse:
    """What waits for a publisher, each with what was changed since the last decision."""
    today = timezone.localdate()
    waiting = edited_by(request.user, today).filter(moderation=Moderation.SUBMITTED)
    found = list(waiting.select_related("venue").order_by("changed_at")[:MOST_EVENTS])
    edits = edits_since_decision(found)
    context = {"events": [(event, edits[event.pk]) for event in found]}
    return render(request, "desk/review.html", context)


def _event(request: HttpRequest, uid: str) -> Event:
    visible = edited_by(request.user, timezone.localdate())
    event = visible.filter(public_uid=uid).select_related("venue", "source").first()
    if event is None:
        raise Http404
    return event


def _seen(request: HttpRequest, event: Event) -> int:
    """The sequence the editor looked at, so that a colleague's change is not written over."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else event.sequence


def _form(request: HttpRequest, form: EventForm, event: Event | None = None) -> HttpResponse:
    dates: list[date] = []
    if form.is_bound and form.is_valid():
        dates = _preview(form)
    context = {"form": form, "event": event, "dates": dates, "previewed": PREVIEWED}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "desk/event_form.html", context, status=status)


def _preview(form: EventForm) -> list[date]:
    """The first dates the form's rule gives; a refusal goes beside its field."""
    try:
        values: EventValues = checked(form.values())
    except InvalidEvent as refusal:
        form.refuse(refusal.detail["problems"])
        return []
    if not values.rrule:
        return [values.start]
    found = expand(
        values.rrule,
        (),
        (),
        values.start,
        values.end,
        values.timezone,
        window_first=values.start,
        window_end=values.start + timedelta(days=DAYS_PREVIEWED),
        limit=PREVIEWED,
    )
    return list(found.starts)


def _saved(
    request: HttpRequest, form: EventForm, act: Callable[[], None], of: list[Event]
) -> HttpResponse:
    try:
        act()
    except InvalidEvent as refusal:
        form.refuse(refusal.detail["problems"])
        return _form(request, form, of[0] if of else None)
    except DomainError as refusal:
        if not of:
            for line in refusal_lines(refusal):
                form.add_error(None, line)
            return _form(request, form)
        for line in refusal_lines(refusal):
            messages.error(request, line)
    else:
        messages.success(request, _("Saved."))
    language = request.GET.get("lang")
    address = reverse("desk-event", kwargs={"uid": of[0].public_uid})
    return HttpResponseRedirect(f"{address}?lang={language}" if language else address)


def _as_subscribers_see(event: Event) -> str:
    """The public calendar of this event, or nothing while it is not public."""
    if event not in Event.objects.shown_to_all().filter(pk=event.pk):
        return ""
    feed = subjects.event_feed(event.public_uid)
    version = feed_version(feed, now=timezone.now())
    return feed_bytes(feed, version, gzipped=False)[1].decode()
