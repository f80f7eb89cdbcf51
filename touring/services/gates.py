"""Gates of a stop's lifecycle: what must be there before a step, each asked by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum

from touring.errors import GateClosed
from touring.models import (
    Agreement,
    ConditionMoment,
    ConditionReport,
    CustomsDocument,
    FacilityReport,
    Handover,
    Stop,
    StopSummary,
    Training,
)
from touring.services.clocks import today_at

CONDITION_WITHIN = timedelta(hours=48)
SUMMARY_WITHIN = timedelta(days=15)


def closed_gates(stop: Stop, gates: Iterable[str], *, now: datetime) -> dict[str, str]:
    """What still closes each of ``gates``, with the remedy; empty: the way is free."""
    found = {gate: GATES[gate](stop, now) for gate in gates}
    return {gate: message for gate, message in found.items() if message}


def require_gates(stop: Stop, gates: Iterable[str], *, now: datetime) -> None:
    """Raises: GateClosed: with everything that is missing at once."""
    closed = closed_gates(stop, gates, now=now)
    if closed:
        raise GateClosed(
            f"{stop.uid} cannot go on: {' '.join(closed.values())}",
            gates=list(closed),
            problems=[{"code": gate, "message": message} for gate, message in closed.items()],
        )


def _agreement_signed(stop: Stop, _now: datetime) -> str:
    signed = Agreement.objects.filter(stop=stop, signed_on__isnull=False).exists()
    return "" if signed else "The agreement is not signed: record it."


def _facility_report_valid(stop: Stop, _now: datetime) -> str:
    """Approved, for the space or the whole venue, and not run out before the unit leaves."""
    reports = FacilityReport.objects.filter(
        Q(space=None) | Q(space=stop.space_id), venue=stop.venue_id, approved_at__isnull=False
    )
    until = reports.order_by("-valid_until").values_list("valid_until", flat=True).first()
    if until is None:
        return "The venue has no approved facility report: have one approved."
    if until < stop.leaves_on:
        return f"The facility report runs out on {until}, before {stop.leaves_on}: renew it."
    return ""


def _customs_cover_the_stay(stop: Stop, _now: datetime) -> str:
    """Papers of the host's country for all days there, where the unit is from another one."""
    country = stop.venue.region.country
    if country == stop.unit.home.region.country:
        return ""
    papers = CustomsDocument.objects.filter(unit=stop.unit_id, country=country)
    if papers.filter(first_date__lte=stop.arrives_on, end_date__gte=stop.leaves_on).exists():
        return ""
    span = f"[{stop.arrives_on}, {stop.leaves_on})"
    return f"No customs document covers {span} in {country}: prolong or replace it."


def _guides_trained(stop: Stop, _now: datetime) -> str:
    needed = stop.unit.exhibition.guides_needed
    trained = Training.objects.filter(stop=stop).aggregate(all=Sum("trained_guides"))["all"] or 0
    return "" if trained >= needed else f"{trained} of {needed} guides are trained: train more."


def _condition_on_arrival(stop: Stop, _now: datetime) -> str:
    return _condition(stop, ConditionMoment.ARRIVAL, "unpacking")


def _condition_on_departure(stop: Stop, _now: datetime) -> str:
    return _condition(stop, ConditionMoment.DEPARTURE, "repacking")


def _condition(stop: Stop, moment: str, what: str) -> str:
    reports = ConditionReport.objects.filter(stop=stop, moment=moment)
    if reports.filter(is_late=False).exists():
        return ""
    if reports.exists():
        return f"The condition report came more than 48 hours after {what}: a planner waives this."
    return f"There is no condition report of {what}: hand it in within 48 hours."


def _handover(stop: Stop, _now: datetime) -> str:
    done = Handover.objects.filter(stop=stop).exists()
    return "" if done else "The handover is not recorded: record it."


def _counts_and_summary(stop: Stop, now: datetime) -> str:
    if StopSummary.objects.filter(stop=stop).exists():
        return ""
    late = " It is late." if today_at(stop.venue, now) > summary_due_on(stop) else ""
    return f"Counts and summary are missing: hand them in.{late}"


def summary_due_on(stop: Stop) -> date:
    """The last day on which the summary is in time."""
    return stop.closes_on + SUMMARY_WITHIN


GATES: dict[str, Callable[[Stop, datetime], str]] = {
    "agreement_signed": _agreement_signed,
    "facility_report_valid": _facility_report_valid,
    "customs_cover_the_stay": _customs_cover_the_stay,
    "guides_trained": _guides_trained,
    "condition_on_arrival": _condition_on_arrival,
    "condition_on_departure": _condition_on_departure,
    "handover": _handover,
    "counts_and_summary": _counts_and_summary,
}
"""Each answers with what is missing, or with nothing."""
