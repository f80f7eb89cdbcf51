"""The planner's workbench: a page around an island of script that talks to the interface."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from touring.models import Plan, PlanVersion
from touring.permissions import can_plan_season, seasons_visible_to
from touring.services.drafting import draw_version
from touring.services.publication import UNDO_WITHIN
from web.pages.desk.page import desk_page
from web.pages.desk.refusals import words_of_codes
from web.pages.page import language


@require_safe
@desk_page
def plans(request: HttpRequest) -> HttpResponse:
    """The plans whose seasons the reader may see, the newest first."""
    today = timezone.localdate()
    found = Plan.objects.filter(season__in=seasons_visible_to(request.user, today))
    found = found.select_related("season__region", "published_version").order_by("-pk")
    return render(request, "web/plans.html", {"plans": found[:200]})


@require_safe
@desk_page
def workbench(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_of(request, pk)
    setting = {
        "plan": plan.pk,
        "language": language(),
        "words": _words() | _rules() | _refusals(),
        "mayChange": can_plan_season(request.user, plan.season, timezone.localdate()),
        "undoUntil": _undo_until(plan),
        "undoMilliseconds": UNDO_WITHIN // timedelta(milliseconds=1),
    }
    context = {"plan": plan, "setting": setting, "token": get_token(request)}
    return render(request, "web/workbench.html", context)


@require_safe
@desk_page
def drawing(request: HttpRequest, pk: int) -> HttpResponse:
    """The season of one version as an SVG drawing; ``?version=`` is its number."""
    version = version_of(request, plan_of(request, pk))
    return HttpResponse(draw_version(version), content_type="image/svg+xml")


def plan_of(request: HttpRequest, pk: int) -> Plan:
    """The plan, if the reader may see its season; else 404."""
    visible = seasons_visible_to(request.user, timezone.localdate())
    plan = Plan.objects.filter(pk=pk, season__in=visible).select_related("season__region").first()
    if plan is None:
        raise Http404
    return plan


def version_of(request: HttpRequest, plan: Plan, name: str = "version") -> PlanVersion:
    """The version whose number stands in the query under ``name``, else the newest; else 404."""
    number = request.GET.get(name, "")
    known = plan.versions.select_related("plan__season")
    asked = known.filter(number=int(number)) if number.isdecimal() and len(number) < 10 else known
    version = asked.order_by("-number").first()
    if version is None:
        raise Http404
    return version


def _undo_until(plan: Plan) -> int:
    """Until when the newest publication can be taken back, in milliseconds since 1970; 0: never."""
    newest = plan.publications.order_by("-number").first()
    return int((newest.published_at + UNDO_WITHIN).timestamp() * 1000) if newest else 0


def _rules() -> dict[str, str]:
    """What each rule of the planning problem forbids, by its code."""
    return {
        "rule_ID": _("unknown unit or request"),
        "rule_H1": _("H1: a unit cannot be in two places"),
        "rule_H2": _("H2: outside the unit's availability"),
        "rule_H3": _("H3: no room for maintenance"),
        "rule_H4": _("H4: outside the windows or on closed days"),
        "rule_H5": _("H5: the place is taken"),
        "rule_H6": _("H6: the unit does not fit the place"),
        "rule_H7": _("H7: served twice, or too soon after another visit"),
        "rule_H8": _("H8: a lock is not kept"),
        "rule_H9": _("H9: too many kilometres or days out"),
        "rule_H10": _("H10: too many set-ups for the crew in one week"),
        "rule_H11": _("H11: the rotation is broken"),
        "rule_H12": _("H12: no customs papers for these days"),
        "rule_H13": _("H13: not a school day"),
    }


def _refusals() -> dict[str, str]:
    """What the interface refuses, by its code, in Chinese; in English it says so itself."""
    if language() == "en":
        return {}
    return {f"refused_{code}": words for code, words in words_of_codes().items()} | {
        "refused": _("This cannot be done now.")
    }


def _words() -> dict[str, str]:
    """What the script says, in the page's language; ``{blanks}`` are filled in there."""
    return {
        "units": _("Units"),
        "maintenance": _("Maintenance"),
        "free": _("free"),
        "asking": _("looking …"),
        "outside_calendar": _("outside the windows, or the place or the unit is closed"),
        "clash_with": _("{unit} cannot come and go in time; nearest: {stop}"),
        "clash_of_rules": _(
            "another stop at the place, in the county or of the crew stands against it"
        ),
        "locked": _("locked"),
        "unlocked": _("The lock is lifted."),
        "locked_first": _("This stop is locked; lift the lock first."),
        "changed": _("changed"),
        "placed": _("Placed."),
        "placed_with_clash": _("Placed where no rule allows it: see the broken rules."),
        "requests_shown": _("{shown} of {all} requests"),
        "must": _("must be served"),
        "worth": _("value {value}"),
        "not_served": _("Not served."),
        "not_served_wants": _("not served; wants {windows}"),
        "no_reason_yet": _("The reason is known once the plan is kept or computed."),
        "select_something": _("Choose a stop or a request to see its details."),
        "map_label": _("Map of the season: {served} of {all} requests are served."),
        "total": _("Value"),
        "stops": _("Stops"),
        "km": _("Kilometres"),
        "coverage": _("Coverage"),
        "km_cost": _("Cost of kilometres"),
        "floor_penalty": _("Missed floors"),
        "must_penalty": _("Missed musts"),
        "change_penalty": _("Changes"),
        "idle_cost": _("Idle days"),
        "violations": _("Broken rules"),
        "changes": _("Stops that differ from the version: {count}"),
        "no_changes": _("As in the version."),
        "version": _("Version {number} · value {worth}"),
        "version_published": _("Version {number} · value {worth} · published"),
        "lose_changes": _("Your changes have not been kept. Leave them?"),
        "kept": _("Kept as version {number}."),
        "part": _("Part"),
        "before": _("Before"),
        "after": _("After"),
        "difference": _("Difference"),
        "added": _("Added ({count})"),
        "removed": _("Removed ({count})"),
        "moved": _("Moved ({count})"),
        "equity": _("Evenness"),
        "worst": _("Worst-off region, share"),
        "spread": _("Spread of the shares"),
        "gini": _("Gini coefficient"),
        "shares": _("Share by prefecture"),
        "region": _("Region"),
        "moved_from_to": _("{place}: {before} → {after}"),
        "force": _("What if it is forced?"),
        "forbid": _("What if it is left out?"),
        "open_request": _("Open the request"),
        "unmet": _("Could not be kept: {requests}"),
        "branch_done": _("The branch is version {number}; it is compared with version {before}."),
        "told_count": _("Hosts that will be told: {count}"),
        "keep_first": _("Keep your changes as a version first."),
        "published": _("Version {number} is published."),
        "undo_publication": _("Take the newest publication back? The hosts will be told."),
        "holds_again": _("Version {number} holds again."),
        "nothing_holds": _("Nothing of the plan holds any more."),
        "run_queued": _("Waiting for a worker …"),
        "run_running": _("Computing: value {value}, bound {bound}, {seconds} s"),
        "run_done": _("Done: value {value}, bound {bound}, {seconds} s"),
        "run_cancelled": _("Stopped, the best plan is kept: value {value}, bound {bound}"),
        "run_failed": _("The run failed."),
        "no_course_yet": _("Nothing computed yet."),
        "course_label": _("After {seconds} s: value {value}, bound {bound}"),
        "no_answer": _("The service does not answer; your changes are still here."),
    }
