"""Stops placed by hand: where they could go, what the judge says, and a version to keep."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.touring import bodies
from api.touring.plans import PlanView
from api.touring.serializers import VacanciesRow, VerdictRow, VersionDetail
from touring.models import Plan, PlannedStop, PlanVersion
from touring.services import drafting
from touring.services.drafting import WantedStop


class DraftView(PlanView):
    def draft(self, plan: Plan, body: dict[str, Any]) -> dict[str, Any]:
        """``base`` and ``stops`` as the services take them."""
        base = None
        if (number := body["base"]) is not None:
            base = PlanVersion.objects.filter(plan=plan, number=number).first()
            if base is None:
                raise ValidationError({"base": f"The plan has no version {number}."})
        return {"plan": plan, "base": base, "stops": [WantedStop(**one) for one in body["stops"]]}


class JudgeDraft(DraftView):
    @operation(answers=VerdictRow, body=bodies.DraftBody)
    def post(self, request: Request, pk: int) -> Response:
        """Every broken rule, the value by parts, and all days of the stops; nothing is kept."""
        verdict = drafting.judge_draft(**self.draft(self.plan(pk), self.body(bodies.DraftBody)))
        return Response(
            {
                "stops": [_stop(row) for row in verdict.stops],
                "maintenance": verdict.maintenance,
                "violations": verdict.violations,
                "value": verdict.value,
            }
        )


class DraftVacancies(DraftView):
    @operation(answers=VacanciesRow, body=bodies.VacancyBody)
    def post(self, request: Request, pk: int) -> Response:
        """Where one request's stop could go, unit by unit, while all other stops stay."""
        body = self.body(bodies.VacancyBody)
        found = drafting.vacancies_for(**self.draft(self.plan(pk), body), request=body["request"])
        return Response(
            {
                "request": body["request"],
                "vacancies": [
                    {
                        "unit": one.unit,
                        "misfit": one.misfit,
                        "calendar": _spans(one.calendar),
                        "free": _spans(one.free),
                    }
                    for one in found
                ],
            }
        )


class KeepDraft(DraftView):
    @operation(answers=VersionDetail, status=201, body=bodies.DraftBody)
    def post(self, request: Request, pk: int) -> Response:
        """Keep the stops as a new version; one that breaks rules can be kept, not published."""
        kept = drafting.keep_draft(
            **self.draft(self.plan(pk), self.body(bodies.DraftBody)), by=request.user, now=self.now
        )
        return self.row(
            VersionDetail,
            PlanVersion.objects.filter(pk=kept.pk),
            status=201,
            location=reverse("api-version", args=[kept.pk]),
        )


def _spans(spans: list[tuple[date, date]]) -> list[dict[str, date]]:
    return [{"first_date": first, "end_date": end} for first, end in spans]


def _stop(row: PlannedStop) -> dict[str, Any]:
    return {
        "unit": row.unit.code,
        "request": row.request.code,
        "venue": row.request.venue.slug,
        "space": row.space.code if row.space else None,
        "origin": row.origin.slug if row.origin else None,
        "departs_on": row.departs_on,
        "arrives_on": row.arrives_on,
        "opens_on": row.opens_on,
        "closes_on": row.closes_on,
        "leaves_on": row.leaves_on,
        "is_locked": row.is_locked,
    }
