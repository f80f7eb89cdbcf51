"""Figures of a season: what was reached, how evenly, with which units, and what is late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.models import Subscription
from events.permissions import sources_edited_by
from touring.models import Season
from touring.permissions import pairings_visible_to, requests_visible_to, seasons_visible_to
from touring.services.pairings import pairing_report
from touring.stats import (
    UnitUse,
    overdue_requests,
    shares_of_prefectures,
    use_of_units,
    visits_of_counties,
)
from touring.stats.shares import gini_of
from venues.permissions import Actor
from web.pages.desk.page import desk_page
from web.pages.desk.sheets import Row, Sheet
from web.pages.desk.words import request_state_word
from web.pages.page import language

MOST_ROWS = 500


@dataclass(frozen=True)
class Asked:
    """Of which season, by whom, as of which day."""

    season: Season
    by: Actor
    on: date


@require_safe
@desk_page
def figure_list(request: HttpRequest) -> HttpResponse:
    """Every figure of one season, each leading to its rows."""
    asked, seasons = _asked(request)
    sheets = [sheet(asked) for sheet in SHEETS.values()] if asked else []
    context = {"sheets": sheets, "season": asked and asked.season, "seasons": seasons}
    return render(request, "desk/figures.html", context)


@require_safe
@desk_page
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of one figure, and its picture."""
    sheet, season = _sheet(request, name)
    context = {
        "sheet": sheet,
        "season": season,
        "rows": sheet.rows[:MOST_ROWS],
        "most_rows": MOST_ROWS,
        "is_cut": len(sheet.rows) > MOST_ROWS,
    }
    return render(request, "desk/figure.html", context)


@require_safe
@desk_page
def figure_table(request: HttpRequest, name: str) -> HttpResponse:
    """All rows as CSV."""
    sheet, season = _sheet(request, name)
    response = HttpResponse(sheet.csv(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{season.slug}-{name}.csv"'
    return response


@require_safe
@desk_page
def figure_drawing(request: HttpRequest, name: str) -> HttpResponse:
    """The figure as an SVG drawing of bars."""
    sheet, season = _sheet(request, name)
    context = {"sheet": sheet, "season": season}
    return render(request, "desk/figure.svg", context, content_type="image/svg+xml")


def coverage(asked: Asked) -> Sheet:
    visits = visits_of_counties(asked.season.region, on=asked.on)
    left_out = sum(one.is_left_out for one in visits)
    rows = sorted(visits, key=lambda one: (not one.is_left_out, one.visited_on or date.min))
    by_prefecture: dict[str, list[bool]] = {}
    for one in visits:
        above = one.county.parent.name(language()) if one.county.parent else ""
        by_prefecture.setdefault(above, []).append(one.is_left_out)
    shares = [(name, 100 * sum(each) / len(each)) for name, each in by_prefecture.items()]
    return Sheet(
        name="coverage",
        title=_("Counties without a visit in 36 months"),
        told=_("{share:.0%} ({count} of {all})").format(
            share=left_out / len(visits) if visits else 0, count=left_out, all=len(visits)
        ),
        meaning=_("Counties where no stop opened within the last 36 months, by prefecture."),
        columns=(_("Code"), _("County"), _("Prefecture"), _("Last visit"), _("Left out")),
        rows=tuple(
            Row(
                (
                    one.county.code,
                    one.county.name(language()),
                    one.county.parent.name(language()) if one.county.parent else "",
                    one.visited_on.isoformat() if one.visited_on else _("never"),
                    _("yes") if one.is_left_out else _("no"),
                ),
                reverse("calendar", kwargs={"kind": "regions", "subject": one.county.code}),
            )
            for one in rows
        ),
        measured=tuple(sorted(shares, key=lambda one: -one[1])),
        unit=" %",
    )


def equity(asked: Asked) -> Sheet:
    shares = shares_of_prefectures(asked.season)
    told = _("nobody has asked yet")
    if shares:
        told = _("worst-off: {name}, {share:.0%}; Gini {gini:.2f}").format(
            name=shares[0].prefecture.name(language()), share=shares[0].share, gini=gini_of(shares)
        )
    return Sheet(
        name="equity",
        title=_("How evenly prefectures are served"),
        told=told,
        meaning=_("The part of the accepted requests, by value, that has a stop."),
        columns=(_("Prefecture"), _("Requests"), _("Served"), _("Served by value, %")),
        rows=tuple(
            Row(
                (
                    one.prefecture.name(language()),
                    one.requests,
                    one.served,
                    round(100 * one.share, 1),
                ),
                reverse("calendar", kwargs={"kind": "regions", "subject": one.prefecture.code}),
            )
            for one in shares
        ),
        measured=tuple((one.prefecture.name(language()), 100 * one.share) for one in shares),
        unit=" %",
    )


def idle(asked: Asked) -> Sheet:
    units = use_of_units(asked.season)
    days, idle_days = sum(one.days for one in units), sum(one.idle_days for one in units)
    return Sheet(
        name="idle",
        title=_("Idle unit-days"),
        told=_("{idle:,} of {all:,}").format(idle=idle_days, all=days),
        meaning=_("Days of the season on which units are neither on the road nor at a host."),
        columns=(_("Unit"), _("Exhibition"), _("Days"), _("In use"), _("Idle")),
        rows=tuple(
            Row((*_unit_cells(one), one.days, one.used_days, one.idle_days), _unit_path(one))
            for one in units
        ),
        measured=tuple((one.unit.code, float(one.idle_days)) for one in units),
    )


def kilometres(asked: Asked) -> Sheet:
    units = sorted(use_of_units(asked.season), key=lambda one: (-one.planned_km, one.unit.code))
    planned, driven = sum(one.planned_km for one in units), sum(one.driven_km for one in units)
    return Sheet(
        name="kilometres",
        title=_("Kilometres"),
        told=_("{planned:,.0f} km planned, {driven:,.0f} km driven").format(
            planned=planned, driven=driven
        ),
        meaning=_("Planned: great circles from stop to stop; driven: as recorded with each move."),
        columns=(_("Unit"), _("Exhibition"), _("Planned, km"), _("Driven, km")),
        rows=tuple(
            Row((*_unit_cells(one), round(one.planned_km), round(one.driven_km)), _unit_path(one))
            for one in units
        ),
        measured=tuple((one.unit.code, round(one.planned_km)) for one in units),
        unit=" km",
    )


def promises(asked: Asked) -> Sheet:
    season = asked.season
    visible = pairings_visible_to(asked.by, asked.on).filter(
        recipient__ancestor_paths__ancestor=season.region_id
    )
    pairings = {one.code: one for one in visible.select_related("donor", "recipient")}
    last_year = season.end_date.year if season.end_date.month > 1 else season.end_date.year - 1
    years = range(season.first_date.year, last_year + 1)
    report = [one for one in pairing_report(pairings.values()) if one.year in years]
    broken = sum(one.is_broken for one in report)
    return Sheet(
        name="promises",
        title=_("Promises to paired regions"),
        told=_("{broken} of {all} not covered by the plan").format(broken=broken, all=len(report)),
        meaning=_("Stops promised, planned and delivered, for each pairing and year."),
        columns=(
            _("Pairing"),
            _("Donor"),
            _("Recipient"),
            _("Year"),
            _("Promised"),
            _("Planned"),
            _("Delivered"),
        ),
        rows=tuple(
            Row(
                (
                    one.pairing,
                    pairings[one.pairing].donor.name(language()),
                    pairings[one.pairing].recipient.name(language()),
                    one.year,
                    one.promised,
                    one.planned,
                    one.delivered,
                ),
                reverse(
                    "calendar",
                    kwargs={"kind": "regions", "subject": pairings[one.pairing].recipient.code},
                ),
            )
            for one in sorted(report, key=lambda one: (not one.is_broken, one.pairing, one.year))
        ),
        measured=tuple(
            (f"{one.pairing} {one.year}", float(max(0, one.promised - one.planned)))
            for one in report
        ),
    )


def imports(asked: Asked) -> Sheet:
    mine = sources_edited_by(asked.by, asked.on)
    troubled = Subscription.objects.filter(
        source__in=mine, is_active=True, failed_since__isnull=False
    )
    rows = list(troubled.select_related("source__venue").order_by("failed_since", "pk"))
    return Sheet(
        name="imports",
        title=_("Calendars that cannot be read"),
        told=str(len(rows)),
        meaning=_("Calendars of your venues that failed at the last reading, the oldest first."),
        columns=(_("Place"), _("Address"), _("Failing since"), _("Days")),
        rows=tuple(
            Row(
                (
                    one.source.venue.name(language()) if one.source.venue else "",
                    one.url,
                    f"{one.failed_since:%Y-%m-%d}",
                    _days_since(one, asked.on),
                ),
                reverse("desk-sources"),
            )
            for one in rows
        ),
        measured=tuple(
            (one.source.venue.name(language()) if one.source.venue else one.url, float(days))
            for one in rows
            for days in (_days_since(one, asked.on),)
        ),
    )


def overdue(asked: Asked) -> Sheet:
    found = requests_visible_to(asked.by, asked.on).filter(season=asked.season)
    late = overdue_requests(found, on=asked.on)
    return Sheet(
        name="overdue",
        title=_("Requests that wait too long"),
        told=str(len(late)),
        meaning=_("Requests that one of the four levels should have answered by now."),
        columns=(_("Request"), _("Place"), _("State"), _("Due"), _("Days late")),
        rows=tuple(
            Row(
                (
                    one.request.code,
                    one.request.venue.name(language()),
                    request_state_word(one.request.state),
                    one.due_on.isoformat(),
                    one.days_late,
                ),
                reverse("desk-request", kwargs={"code": one.request.code}),
            )
            for one in late
        ),
        measured=tuple((one.request.code, float(one.days_late)) for one in late),
    )


SHEETS: dict[str, Callable[[Asked], Sheet]] = {
    "coverage": coverage,
    "equity": equity,
    "idle": idle,
    "kilometres": kilometres,
    "promises": promises,
    "imports": imports,
    "overdue": overdue,
}


def _asked(request: HttpRequest) -> tuple[Asked | None, list[Season]]:
    today = timezone.localdate()
    visible = seasons_visible_to(request.user, today).select_related("region")
    seasons = list(visible.order_by("-first_date", "slug")[:100])
    wanted = request.GET.get("season", "")
    chosen = next((one for one in seasons if one.slug == wanted), None)
    if chosen is None and (wanted or not seasons):
        if wanted:
            raise Http404
        return None, seasons
    return Asked(chosen or seasons[0], request.user, today), seasons


def _sheet(request: HttpRequest, name: str) -> tuple[Sheet, Season]:
    asked, _seasons = _asked(request)
    if asked is None or name not in SHEETS:
        raise Http404
    return SHEETS[name](asked), asked.season


def _unit_cells(use: UnitUse) -> tuple[str, str]:
    return use.unit.code, use.unit.exhibition.text("title", language())


def _unit_path(use: UnitUse) -> str:
    return reverse("calendar", kwargs={"kind": "units", "subject": use.unit.code})


def _days_since(subscription: Subscription, on: date) -> int:
    assert subscription.failed_since is not None  # the query asks for it
    return (on - timezone.localdate(subscription.failed_since)).days
