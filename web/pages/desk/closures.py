"""Closures at the desk: what they touch is shown before they are entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from events.enums import Moderation
from events.models import Occurrence
from touring.models import Stop, StopState
from touring.permissions import stops_visible_to
from venues.models import Closure, Space, Venue
from venues.permissions import Actor
from venues.services.closures import add_closure, remove_closure
from venues.spans import DaySpan
from web.pages.desk.events import venues_edited
from web.pages.desk.inputs import day_field
from web.pages.desk.page import desk_page, done
from web.pages.page import language

MOST = 200
LONGEST_DAYS = 3 * 366
_OVER = (StopState.CANCELLED, StopState.RELEASED, StopState.CLOSED)


class ClosureForm(forms.Form):
    """``last_day`` counts."""

    venue = forms.ModelChoiceField(label=_("Place"), queryset=Venue.objects.none())
    space = forms.ModelChoiceField(
        label=_("Only this room"), queryset=Space.objects.none(), required=False
    )
    first_day = day_field(_("First day closed"))
    last_day = day_field(_("Last day closed"))
    reason_zh = forms.CharField(label=_("Reason"), max_length=200)
    reason_en = forms.CharField(label=_("Reason in English"), max_length=200, required=False)

    def __init__(self, *args: Any, venues: QuerySet[Venue], **options: Any) -> None:
        super().__init__(*args, **options)
        code = language()
        self.fields["venue"].queryset = venues
        self.fields["venue"].empty_label = None
        self.fields["space"].empty_label = "–"
        self.fields["venue"].label_from_instance = lambda venue: venue.name(code)
        spaces = Space.objects.filter(venue__in=venues).select_related("venue")
        self.fields["space"].queryset = spaces.order_by("venue__slug", "code")
        self.fields["space"].label_from_instance = lambda space: (
            f"{space.venue.name(code)}: {space.text('name', code)}"
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", gettext("It ends before it begins: exchange the days."))
        elif first and last and (last - first).days > LONGEST_DAYS:
            self.add_error("last_day", gettext("A closure lasts three years at most."))
        space = given.get("space")
        if space and given.get("venue") and space.venue_id != given["venue"].pk:
            self.add_error("space", gettext("The room is in another place."))
        return given

    @property
    def span(self) -> DaySpan:
        given = self.cleaned_data
        return DaySpan(given["first_day"], given["last_day"] + timedelta(days=1))


@dataclass(frozen=True)
class Touched:
    """What a closure of the place on those days would concern."""

    dates: list[Occurrence]
    stops: list[Stop]

    @property
    def seen(self) -> str:
        """Changes when something else is touched."""
        return f"{len(self.dates)}-{len(self.stops)}"


def touched_by(venue: Venue, space: Space | None, span: DaySpan, *, by: Actor) -> Touched:
    """Dates that begin and stops that stand on the days; of a room only its stops."""
    now = timezone.now()
    dates = Occurrence.objects.filter(
        event__venue=venue,
        event__moderation__in=(Moderation.PUBLISHED, Moderation.SUBMITTED),
        is_cancelled=False,
        start_date__gte=span.first,
        start_date__lt=span.end,
        ends_at__gt=now,
    )
    stops = stops_visible_to(by, timezone.localdate(now)).filter(
        venue=venue, arrives_on__lt=span.end, leaves_on__gt=span.first
    )
    if space is not None:
        dates, stops = dates.none(), stops.filter(space=space)
    return Touched(
        list(dates.select_related("event").order_by("starts_at", "pk")[:MOST]),
        list(
            stops.exclude(state__in=_OVER)
            .select_related("unit__exhibition")
            .order_by("arrives_on", "pk")[:MOST]
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def closure_list(request: HttpRequest) -> HttpResponse:
    """Closures to come, and a form: its first POST warns, the second enters what was seen."""
    venues = venues_edited(request)
    is_sent = request.method == "POST"
    form = ClosureForm(request.POST if is_sent else None, venues=venues)
    touched = None
    if is_sent and form.is_valid():
        given = form.cleaned_data
        touched = touched_by(given["venue"], given["space"], form.span, by=request.user)
        if request.POST.get("seen") == touched.seen:
            act = partial(
                add_closure,
                venue=given["venue"],
                space=given["space"],
                span=form.span,
                reason_zh=given["reason_zh"],
                reason_en=given["reason_en"],
                by=request.user,
                now=timezone.now(),
            )
            said = gettext("Entered. Events follow within a few minutes.")
            return done(request, act, said, back=reverse("desk-closures"))
    coming = Closure.objects.filter(venue__in=venues, end_date__gt=timezone.localdate())
    context = {
        "form": form,
        "touched": touched,
        "closures": [(row, _reason(row)) for row in coming.select_related("venue", "space")[:MOST]],
    }
    return render(request, "desk/closures.html", context, status=422 if form.errors else 200)


@require_POST
@desk_page
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a closure as a whole."""
    known = Closure.objects.filter(venue__in=venues_edited(request)).select_related("venue")
    closure = known.filter(pk=pk).first()
    if closure is None:
        raise Http404
    act = partial(remove_closure, closure=closure, by=request.user, now=timezone.now())
    return done(request, act, gettext("Lifted."), back=reverse("desk-closures"))


def _reason(closure: Closure) -> str:
    chinese, english = closure.reason_zh, closure.reason_en
    return (english or chinese) if language() == "en" else (chinese or english)
