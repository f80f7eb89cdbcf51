"""Tour requests at the desk: asked for, endorsed, returned, handed up, decided about."""

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

from touring.lifecycles import REQUEST, Step
from touring.models import RequestCall, RequestState, Season, TourRequest
from touring.permissions import (
    can_take_request_step,
    requests_visible_to,
    seasons_planned_by,
    venues_asking,
)
from touring.services import approval, requests
from touring.stats import overdue_requests
from venues.errors import DomainError
from web.pages.desk.page import desk_page, done
from web.pages.desk.refusals import refusal_lines
from web.pages.desk.request_form import RequestForm, initial_of

MOST = 200
STEPS: dict[str, Callable[..., TourRequest]] = {
    "submit": approval.submit_draft,
    "endorse": approval.endorse_request,
    "return": approval.return_request,
    "consolidate": approval.consolidate_request,
    "wait": approval.let_wait,
    "accept": requests.accept_request,
    "reject": requests.reject_request,
    "withdraw": requests.withdraw_request,
}
WITH_REASON = ("return", "reject")


@require_safe
@desk_page
def request_list(request: HttpRequest) -> HttpResponse:
    """The requests one may see, what is overdue first named, then the newest changes."""
    today = timezone.localdate()
    visible = requests_visible_to(request.user, today)
    state = request.GET.get("state", "")
    found = visible.filter(state=state) if state in RequestState.values else visible
    context = {
        "requests": found.select_related("venue", "county", "season").order_by("-changed_at")[
            :MOST
        ],
        "late": overdue_requests(visible, on=today)[:MOST],
        "state": state,
        "states": RequestState.values,
        "may_ask": venues_asking(request.user, today).exists(),
    }
    return render(request, "desk/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new_request(request: HttpRequest) -> HttpResponse:
    form = _form_for(request)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    made: list[TourRequest] = []

    def submit() -> None:
        made.append(
            requests.submit_request(
                season=form.season,
                call=form.call,
                wish=form.wish(),
                as_draft="draft" in request.POST,
                by=request.user,
                now=timezone.now(),
            )
        )

    return _saved(request, form, submit, made)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_request(request: HttpRequest, code: str) -> HttpResponse:
    wanted = _wanted(request, code)
    form = _form_for(request, wanted)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, wanted)

    def change() -> None:
        requests.change_request(
            request_id=wanted.pk,
            seen_version=_seen(request, wanted),
            wish=form.wish(),
            by=request.user,
            now=timezone.now(),
        )

    return _saved(request, form, change, [wanted])


@require_safe
@desk_page
def request_page(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked for, what happened so far, and what the reader can do next."""
    wanted = _wanted(request, code)
    steps = _steps_of(request, wanted)
    context = {
        "wanted": wanted,
        "windows": wanted.windows.all(),
        "exhibitions": wanted.exhibitions.all(),
        "history": wanted.steps.select_related("actor").order_by("pk"),
        "steps": [one.operation for one in steps if one.operation in STEPS],
        "may_change": any(one.operation == "change" for one in steps),
        "with_reason": WITH_REASON,
        "waits_for": _waits_for(wanted),
    }
    return render(request, "desk/request.html", context)


@require_POST
@desk_page
def take_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    wanted = _wanted(request, code)
    if step not in STEPS:
        raise Http404
    given: dict[str, Any] = {
        "request_id": wanted.pk,
        "seen_version": _seen(request, wanted),
        "by": request.user,
        "now": timezone.now(),
    }
    if step in WITH_REASON:
        given["reason"] = request.POST.get("reason", "")
    back = reverse("desk-request", kwargs={"code": wanted.code})
    return done(request, partial(STEPS[step], **given), _("Done."), back=back)


def _wanted(request: HttpRequest, code: str) -> TourRequest:
    visible = requests_visible_to(request.user, timezone.localdate())
    related = ("venue__region", "county", "season__region", "call__season")
    found = visible.filter(code=code).select_related(*related).first()
    if found is None:
        raise Http404
    return found


def _steps_of(request: HttpRequest, wanted: TourRequest) -> list[Step]:
    """The rows of the table that start here and are the reader's to take."""
    left_out = "without_a_call" if wanted.call_id else "under_a_call"
    today = timezone.localdate()
    return [
        step
        for step in REQUEST.steps
        if wanted.state in step.sources
        and left_out not in step.gates
        and can_take_request_step(request.user, wanted, step, today)
    ]


def _waits_for(wanted: TourRequest) -> str:
    """Whose turn it is, in words; nothing where nobody's."""
    if wanted.state == RequestState.SUBMITTED and not wanted.call_id:
        return _("It waits for the planner of the season.")
    return {
        RequestState.DRAFT: _("It waits for its museum to hand it in."),
        RequestState.RETURNED: _("It waits for its museum to change it and hand it in again."),
        RequestState.SUBMITTED: _("It waits for the county."),
        RequestState.ENDORSED: _("It waits for the prefecture."),
        RequestState.CONSOLIDATED: _("It waits for the province."),
        RequestState.WAITING: _("It is on the waiting list; the province decides."),
        RequestState.ACCEPTED: _("It waits for the next plan."),
        RequestState.PLANNED: _("It has its days; see the stop."),
    }.get(RequestState(wanted.state), "")


def _form_for(request: HttpRequest, wanted: TourRequest | None = None) -> RequestForm:
    today = timezone.localdate()
    venues = venues_asking(request.user, today).order_by("slug")
    open_calls = RequestCall.objects.filter(opens_on__lte=today, closes_on__gt=today)
    planned = seasons_planned_by(request.user, today).filter(end_date__gt=today)
    free = Season.objects.filter(calls=None, end_date__gt=today)
    calls = list(open_calls.select_related("season").order_by("closes_on", "slug")[:MOST])
    seasons = list((free | planned).distinct().order_by("first_date", "slug")[:MOST])
    if wanted is not None:  # what it answers stays as it is
        calls = [wanted.call] if wanted.call else []
        seasons = [] if wanted.call else [wanted.season]
    known: dict[str, Any] = {"venues": venues, "calls": calls, "seasons": seasons}
    if request.method == "POST":
        return RequestForm(request.POST, **known)
    return RequestForm(initial=initial_of(wanted) if wanted else {"venue": venues.first()}, **known)


def _form(
    request: HttpRequest, form: RequestForm, wanted: TourRequest | None = None
) -> HttpResponse:
    is_wrong = form.is_bound and not form.is_valid()
    context = {"form": form, "wanted": wanted}
    return render(request, "desk/request_form.html", context, status=422 if is_wrong else 200)


def _saved(
    request: HttpRequest, form: RequestForm, save: Callable[[], None], made: list[TourRequest]
) -> HttpResponse:
    try:
        save()
    except DomainError as refusal:
        for line in refusal_lines(refusal):
            form.add_error(None, line)
        return _form(request, form, made[0] if made else None)
    messages.success(request, _("Saved."))
    back = reverse("desk-request", kwargs={"code": made[0].code})
    chosen = request.GET.get("lang")
    return HttpResponseRedirect(f"{back}?lang={chosen}" if chosen else back)


def _seen(request: HttpRequest, wanted: TourRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else wanted.version
