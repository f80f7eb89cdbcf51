"""Standing in line at the desk: placed, challenged, confirmed, released."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from touring.models import Hold, Unit
from touring.permissions import holds_of, holds_visible_to, venues_asking
from touring.services import holds
from venues.errors import DomainError
from web.pages.desk.hold_form import HoldForm
from web.pages.desk.page import desk_page, done
from web.pages.desk.refusals import refusal_lines

MOST = 200
STEPS: dict[str, Callable[..., object]] = {
    "challenge": holds.challenge_hold,
    "confirm": holds.confirm_hold,
    "release": holds.release_hold,
}


@require_safe
@desk_page
def hold_list(request: HttpRequest) -> HttpResponse:
    """The lines one stands in, or is waited for in; each with what can be done."""
    today = timezone.localdate()
    live = holds_visible_to(request.user, today).live()
    related = ("unit__exhibition", "venue", "challenged_by")
    rows = live.select_related(*related).order_by("arrives_on", "rank", "pk")[:MOST]
    mine = set(holds_of(request.user, today).live().values_list("pk", flat=True))
    context = {"holds": [(row, _steps_of(row) if row.pk in mine else []) for row in rows]}
    return render(request, "desk/holds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new_hold(request: HttpRequest) -> HttpResponse:
    form = HoldForm(request.POST) if request.method == "POST" else HoldForm()
    if form.is_bound and form.is_valid():
        try:
            hold = holds.place_hold(**form.given(), by=request.user, now=timezone.now())
        except DomainError as refusal:
            for line in refusal_lines(refusal):
                form.add_error(None, line)
        else:
            told = _("You stand first; it lasts until %(day)s.")
            if hold.rank > 1:
                told = _("You stand in line as number %(rank)d; it lasts until %(day)s.")
            messages.success(request, told % {"rank": hold.rank, "day": hold.expires_on})
            chosen = request.GET.get("lang")
            back = reverse("desk-holds")
            return HttpResponseRedirect(f"{back}?lang={chosen}" if chosen else back)
    today = timezone.localdate()
    context = {
        "form": form,
        "units": Unit.objects.filter(is_active=True).select_related("exhibition")[:MOST],
        "venues": venues_asking(request.user, today).order_by("slug")[:MOST],
    }
    return render(request, "desk/hold_form.html", context, status=422 if form.errors else 200)


@require_POST
@desk_page
def take_step(request: HttpRequest, uid: str, step: str) -> HttpResponse:
    visible = holds_visible_to(request.user, timezone.localdate())
    hold = visible.filter(uid=uid).first()
    if hold is None or step not in STEPS:
        raise Http404
    seen = request.POST.get("seen", "")
    given: dict[str, Any] = {
        "hold_id": hold.pk,
        "seen_version": int(seen) if seen.isdecimal() and len(seen) < 10 else hold.version,
        "by": request.user,
        "now": timezone.now(),
    }
    said = {
        "challenge": _("Those before you are asked to confirm or leave within two working days."),
        "confirm": _("Confirmed: unit and place belong to this stop; all others are told."),
        "release": _("Released; those behind move up."),
    }[step]
    return done(request, partial(STEPS[step], **given), said, back=reverse("desk-holds"))


def _steps_of(hold: Hold) -> list[str]:
    """Whoever stands first may confirm, whoever stands behind may challenge."""
    return ["confirm", "release"] if hold.rank == 1 else ["challenge", "release"]
