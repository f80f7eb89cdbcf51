"""Calls for requests at the desk: which there are, and opening one."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from touring.errors import InvalidCall
from touring.models import RequestCall
from touring.permissions import seasons_called_for_by
from touring.services.calls import open_call
from venues.errors import DomainError
from web.pages.desk.call_form import CallForm, programme_word
from web.pages.desk.page import desk_page
from web.pages.desk.refusals import refusal_lines

MOST = 200


@require_safe
@desk_page
def call_list(request: HttpRequest) -> HttpResponse:
    """The calls, the newest first; and the seasons for which the reader may open one."""
    today = timezone.localdate()
    calls = RequestCall.objects.select_related("season").prefetch_related("quotas__region")
    coming = seasons_called_for_by(request.user, today).filter(end_date__gt=today)
    context = {
        "calls": [
            (one, programme_word(one.programme), _standing(one, today))
            for one in calls.order_by("-opens_on", "slug")[:MOST]
        ],
        "seasons": coming.order_by("first_date", "slug")[:MOST],
    }
    return render(request, "desk/calls.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new_call(request: HttpRequest) -> HttpResponse:
    """Open a call for the season under ``?season=``."""
    mine = seasons_called_for_by(request.user, timezone.localdate()).select_related("region")
    season = mine.filter(slug=request.GET.get("season", "")).first()
    if season is None:
        raise Http404
    form = CallForm(request.POST if request.method == "POST" else None, season=season)
    if form.is_bound and form.is_valid() and _is_opened(request, form):
        messages.success(request, _("The call is opened."))
        chosen = request.GET.get("lang")
        back = reverse("desk-calls")
        return HttpResponseRedirect(f"{back}?lang={chosen}" if chosen else back)
    context = {"form": form, "season": season}
    return render(request, "desk/call_form.html", context, status=422 if form.errors else 200)


def _is_opened(request: HttpRequest, form: CallForm) -> bool:
    """Whether the service took it; its objections stand beside their fields."""
    try:
        open_call(**form.given(), by=request.user, now=timezone.now())
    except InvalidCall as refusal:
        form.mark(refusal)
        return False
    except DomainError as refusal:
        for line in refusal_lines(refusal):
            form.add_error(None, line)
        return False
    return True


def _standing(call: RequestCall, today: date) -> str:
    if call.opens_on > today:
        return _("not open yet")
    return _("open") if today < call.closes_on else _("over")
