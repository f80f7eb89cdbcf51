"""Facility reports at the desk: a place says what it offers, whoever is above it approves."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from touring.permissions import (
    facility_reports_approved_by,
    facility_reports_visible_to,
    venues_stating_facilities,
)
from touring.services import records
from web.pages.desk.facility_form import FacilityForm, in_words
from web.pages.desk.inputs import day_field
from web.pages.desk.page import desk_page, done

MOST = 200


class ApprovalForm(forms.Form):
    """The last day counts."""

    last_day = day_field("")


@require_safe
@desk_page
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports one writes or approves, those that wait first; and the places one speaks for."""
    today = timezone.localdate()
    rows = facility_reports_visible_to(request.user, today).select_related("venue", "space")
    waiting = rows.filter(approved_at=None).order_by("submitted_at", "pk")[:MOST]
    mine = set(facility_reports_approved_by(request.user, today).values_list("pk", flat=True))
    approved = rows.exclude(approved_at=None).order_by("-valid_until", "-pk")[:MOST]
    context = {
        "waiting": [(row, in_words(row.facts), row.pk in mine) for row in waiting],
        "approved": [
            (row, in_words(row.facts), row.valid_until is not None and row.valid_until > today)
            for row in approved
        ],
        "venues": venues_stating_facilities(request.user, today).order_by("slug")[:MOST],
    }
    return render(request, "desk/facilities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new_report(request: HttpRequest) -> HttpResponse:
    """State what the place under ``?venue=`` offers."""
    mine = venues_stating_facilities(request.user, timezone.localdate())
    venue = mine.filter(slug=request.GET.get("venue", "")).select_related("region").first()
    if venue is None:
        raise Http404
    form = FacilityForm(request.POST if request.method == "POST" else None, venue=venue)
    if form.is_bound and form.is_valid():
        act = partial(
            records.state_facilities,
            venue=venue,
            **form.given(),
            by=request.user,
            now=timezone.now(),
        )
        said = _("Stated; it counts once it is approved.")
        return done(request, act, said, back=reverse("desk-facilities"))
    context = {"form": form, "venue": venue}
    return render(request, "desk/facility_form.html", context, status=422 if form.errors else 200)


@require_POST
@desk_page
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a report up to and with the day that is given."""
    visible = facility_reports_visible_to(request.user, timezone.localdate())
    report = visible.filter(pk=pk).select_related("venue__region").first()
    if report is None:
        raise Http404
    back = reverse("desk-facilities")
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the last day on which it holds."))
        return done(request, lambda: None, "", back=back)
    act = partial(
        records.approve_facilities,
        report=report,
        valid_until=form.cleaned_data["last_day"] + timedelta(days=1),
        by=request.user,
        now=timezone.now(),
    )
    return done(request, act, _("Approved."), back=back)
