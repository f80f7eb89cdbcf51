"""A version of a plan to take away, as a workbook or on paper, and how two versions share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from touring.models import PlannedStop, PlanVersion
from touring.stats import shares_of_prefectures
from venues.imports.written import WrittenSheet, workbook_of
from web.pages.desk.page import desk_page
from web.pages.page import language
from web.pages.times import day
from web.pages.workbench import plan_of, version_of
from web.paper import Chapter, list_pdf

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@desk_page
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops, requests that are not served with the reasons, and the value by its parts."""
    version = version_of(request, plan_of(request, pk))
    stops = _stops(version)
    content = workbook_of(
        [
            WrittenSheet(_("Stops"), _stop_headings(), map(_stop_row, stops)),
            WrittenSheet(_("Not served"), [_("Request"), _("Reasons")], _unserved(version)),
            WrittenSheet(_("Worth"), [_("Part"), _("Value")], _parts(version)),
        ]
    )
    return _download(content, XLSX, f"plan-{pk}-{version.number}.xlsx")


@require_safe
@desk_page
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Every unit's way through the season, one after the other."""
    plan = plan_of(request, pk)
    version = version_of(request, plan)
    code = language()
    chapters = [
        Chapter(
            f"{unit.code} {unit.exhibition.text('title', code)}",
            tuple(
                (
                    f"{stop.opens_on:%Y-%m-%d} –",
                    f"{stop.request.venue.name(code)} ({stop.request.code})",
                    f"{day(stop.opens_on)} – {day(_last_day(stop))}",
                )
                for stop in stops
            ),
        )
        for unit, stops in groupby(_stops(version), lambda stop: stop.unit)
    ]
    told = f"{plan.season.name(code)} · {_('Version {number}').format(number=version.number)}"
    content = list_pdf(plan.name(code), chapters, told)
    return _download(content, "application/pdf", f"plan-{pk}-{version.number}.pdf")


@require_safe
@desk_page
def shares(request: HttpRequest, pk: int) -> HttpResponse:
    """What part of its accepted requests each prefecture gets, in ``before`` and ``after``."""
    plan = plan_of(request, pk)
    parts: list[dict[int, Any]] = []
    for name in ("before", "after"):
        version = version_of(request, plan, name)
        found = shares_of_prefectures(plan.season, version=version)
        parts.append({one.prefecture.pk: one for one in found})
    before, after = parts
    rows = [
        {
            "name": one.prefecture.name(language()),
            "before": round(one.share, 4),
            "after": round(after[pk].share, 4),
        }
        for pk, one in before.items()
    ]
    return JsonResponse({"shares": rows})


def _stops(version: PlanVersion) -> list[PlannedStop]:
    found = version.stops.select_related("unit__exhibition", "request__venue__region", "origin")
    return list(found.order_by("unit__code", "opens_on"))


def _last_day(stop: PlannedStop) -> Any:
    return stop.closes_on - timedelta(days=1)


def _stop_headings() -> list[str]:
    return [
        *(_("Unit"), _("Exhibition"), _("Request"), _("Place"), _("County")),
        *(_("Departs"), _("Arrives"), _("Opens"), _("Last day open"), _("Leaves"), _("Locked")),
    ]


def _stop_row(stop: PlannedStop) -> list[Any]:
    code, venue = language(), stop.request.venue
    return [
        *(stop.unit.code, stop.unit.exhibition.text("title", code), stop.request.code),
        *(venue.name(code), venue.region.name(code), stop.departs_on, stop.arrives_on),
        *(stop.opens_on, _last_day(stop), stop.leaves_on, _("yes") if stop.is_locked else ""),
    ]


def _unserved(version: PlanVersion) -> Iterable[list[Any]]:
    name = "text" if language() == "en" else "text_zh"
    for one in version.unserved:
        yield [one["request"], " ".join(each[name] for each in one["reasons"])]


def _parts(version: PlanVersion) -> Iterable[list[Any]]:
    for name, amount in version.value.items():
        if isinstance(amount, int | float):
            yield [name, amount]


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
