"""Stops at the desk: where a stop stands, what is missing for its next step, reports by phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.recurrence.zones import zone
from touring.lifecycles import STOP
from touring.models import Stop, StopState
from touring.permissions import (
    can_operate,
    can_plan_in,
    can_report,
    can_take_stop_step,
    stops_worked_on,
)
from touring.services.clocks import today_at
from touring.services.gates import closed_gates
from touring.services.stop_steps import STEPS, take_step
from venues.errors import DomainError
from web.pages.desk.page import desk_page, done
from web.pages.desk.refusals import gate_words, refusal_lines
from web.pages.desk.stop_forms import (
    AgreementForm,
    ConditionForm,
    CountForm,
    HandoverForm,
    StopReport,
    SummaryForm,
    TrainingForm,
)

MOST = 200
FORMS: dict[str, type[StopReport]] = {
    "agreement": AgreementForm,
    "count": CountForm,
    "condition": ConditionForm,
    "training": TrainingForm,
    "handover": HandoverForm,
    "summary": SummaryForm,
}
_OF_HOSTS = ("count", "summary")
_OVER = (StopState.CLOSED, StopState.RELEASED, StopState.CANCELLED)


@dataclass(frozen=True)
class NextStep:
    """A step the reader may take, with what is still missing for it."""

    operation: str
    missing: tuple[str, ...]


@require_safe
@desk_page
def stop_list(request: HttpRequest) -> HttpResponse:
    """The stops one works on that are not over, by arrival."""
    found = stops_worked_on(request.user, timezone.localdate()).exclude(state__in=_OVER)
    rows = found.select_related("unit__exhibition", "venue").order_by("arrives_on", "pk")
    return render(request, "desk/stops.html", {"stops": rows[:MOST]})


@require_safe
@desk_page
def stop_page(request: HttpRequest, uid: str) -> HttpResponse:
    """Days, state, what can be done next and what is missing for it, what was reported."""
    stop = _stop(request, uid)
    now = timezone.now()
    context = {
        "stop": stop,
        "steps": _next_steps(request, stop, now),
        "forms": [(name, form_title(name)) for name in FORMS if _may_fill(request, stop, name)],
        "counts": stop.counts.order_by("-day")[:14],
        "reports": stop.condition_reports.prefetch_related("items", "photos").order_by("-pk"),
        "agreement": getattr(stop, "agreement", None),
        "trainings": stop.trainings.all(),
        "handover": getattr(stop, "handover", None),
        "summary": getattr(stop, "summary", None),
    }
    return render(request, "desk/stop.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def report(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """One of the forms; times are those of the host's wall clock."""
    stop = _stop(request, uid)
    if form not in FORMS or not _may_fill(request, stop, form):
        raise Http404
    with timezone.override(zone(stop.venue.timezone)):
        filled = _bound(request, stop, form)
        if filled.is_bound and filled.is_valid() and _is_kept(request, filled):
            messages.success(request, _("Recorded. Thank you."))
            back = reverse("desk-stop", kwargs={"uid": stop.uid})
            chosen = request.GET.get("lang")
            return HttpResponseRedirect(f"{back}?lang={chosen}" if chosen else back)
        context = {"form": filled, "stop": stop, "name": form, "title": form_title(form)}
        status = 422 if filled.errors else 200
        return render(request, "desk/stop_form.html", context, status=status)


@require_POST
@desk_page
def lead_on(request: HttpRequest, uid: str, step: str) -> HttpResponse:
    """Take the stop's next step."""
    stop = _stop(request, uid)
    if step not in STEPS:
        raise Http404
    seen = request.POST.get("seen", "")
    act = partial(
        take_step,
        operation=step,
        stop_id=stop.pk,
        seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else stop.version,
        by=request.user,
        now=timezone.now(),
    )
    return done(request, act, _("Done."), back=reverse("desk-stop", kwargs={"uid": stop.uid}))


def form_title(name: str) -> str:
    return {
        "agreement": _("Draft or sign the agreement"),
        "count": _("Count the visits of a day"),
        "condition": _("Report the exhibits' condition"),
        "training": _("Record trained guides"),
        "handover": _("Record the handover"),
        "summary": _("Sum up"),
    }[name]


def _stop(request: HttpRequest, uid: str) -> Stop:
    found = stops_worked_on(request.user, timezone.localdate()).filter(uid=uid)
    related = ("unit__exhibition", "unit__home__region", "venue__region", "space", "request")
    stop = found.select_related(*related).first()
    if stop is None:
        raise Http404
    return stop


def _next_steps(request: HttpRequest, stop: Stop, now: datetime) -> list[NextStep]:
    today = timezone.localdate(now)
    steps = [one for one in STOP.steps if stop.state in one.sources and one.operation in STEPS]
    return [
        NextStep(
            step.operation,
            tuple(
                gate_words(gate, message)
                for gate, message in closed_gates(stop, step.gates, now=now).items()
            ),
        )
        for step in steps
        if can_take_stop_step(request.user, stop, step.operation, today)
    ]


def _may_fill(request: HttpRequest, stop: Stop, name: str) -> bool:
    today = timezone.localdate()
    if name == "agreement":
        return can_plan_in(request.user, stop.venue.region, today)
    asked = can_report if name in _OF_HOSTS else can_operate
    return asked(request.user, stop, today)


def _bound(request: HttpRequest, stop: Stop, name: str) -> StopReport:
    if request.method == "POST":
        return FORMS[name](request.POST, request.FILES, stop=stop)
    now = timezone.now()
    filled: dict[str, Any] = {
        "unpacked_at": timezone.localtime(now),
        "day": today_at(stop.venue, now),
        **FORMS[name].recorded(stop),
    }
    return FORMS[name](stop=stop, initial=filled)


def _is_kept(request: HttpRequest, form: StopReport) -> bool:
    """Whether the service took it; its objections stand above the form."""
    try:
        form.keep(by=request.user, now=timezone.now())
    except DomainError as refusal:
        for line in refusal_lines(refusal):
            form.add_error(None, line)
        return False
    return True
