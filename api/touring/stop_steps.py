"""A stop's steps and the records its gates ask for, for those who work for it."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.touring import bodies
from api.touring.serializers import (
    AgreementRow,
    ConditionRow,
    FacilityReportRow,
    HandoverRow,
    PaperDetail,
    ReadinessRow,
    ReportRow,
    StopDetail,
    TrainingRow,
    paper_with_content,
)
from api.touring.stops import StopView
from api.views import PrivateView
from touring.lifecycles import STOP
from touring.models import (
    Agreement,
    ConditionPhoto,
    ConditionReport,
    FacilityReport,
    Handover,
    Stop,
    StopSummary,
    Training,
)
from touring.permissions import facility_reports_visible_to
from touring.services import holds, records
from touring.services.gates import GATES, closed_gates
from touring.services.stop_steps import take_step
from venues.models import Venue


class StopRecordView(StopView, PrivateView):
    def stop(self, uid: str) -> Stop:
        related = ("venue__region", "unit__exhibition", "unit__home__region", "space")
        return get_object_or_404(self.visible.select_related(*related), uid=uid)

    def given(self) -> dict[str, Any]:
        return {"by": self.request.user, "now": self.now}


class StopSteps(StopRecordView):
    @operation(answers=ReadinessRow)
    def get(self, request: Request, uid: str) -> Response:
        """What can be done next, and what still closes the way."""
        stop = self.stop(uid)
        steps = [one for one in STOP.steps if stop.state in one.sources]
        return Response(
            {
                "state": stop.state,
                "steps": [
                    {
                        "operation": one.operation,
                        "decided_by": one.decided_by,
                        "closed": [
                            {"gate": gate, "message": message}
                            for gate, message in closed_gates(
                                stop, [gate for gate in one.gates if gate in GATES], now=self.now
                            ).items()
                        ],
                    }
                    for one in steps
                ],
            }
        )

    @operation(answers=StopDetail, body=bodies.StopStepBody, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Take the next step; 409 `gate_closed` names everything that is missing."""
        looked_at = self.looked_at(uid)
        body = self.body(bodies.StopStepBody)
        if body["operation"] == "offer":
            return self.answer(holds.offer_stop(**looked_at)[0])
        if body["operation"] == "confirm":
            return self.answer(holds.confirm_stop(**looked_at))
        return self.answer(take_step(**looked_at, **body))


class StopAgreement(StopRecordView):
    @operation(answers=AgreementRow, body=bodies.AgreementBody)
    def put(self, request: Request, uid: str) -> Response:
        """Draft the agreement, or record its signature."""
        terms = records.Terms(**self.body(bodies.AgreementBody))
        made = records.record_agreement(stop=self.stop(uid), terms=terms, **self.given())
        return self.row(AgreementRow, Agreement.objects.filter(pk=made.pk))


class StopTrainingList(StopRecordView):
    @operation(answers=TrainingRow, paged=True)
    def get(self, request: Request, uid: str) -> Response:
        found = Training.objects.filter(stop=self.stop(uid))
        return self.page(TrainingRow, found, ordering=("first_date", "pk"))

    @operation(answers=TrainingRow, status=201, body=bodies.TrainingBody)
    def post(self, request: Request, uid: str) -> Response:
        """Record guides that were trained."""
        body = self.body(bodies.TrainingBody)
        made = records.record_training(stop=self.stop(uid), **body, **self.given())
        return self.row(TrainingRow, Training.objects.filter(pk=made.pk), status=201)


class StopConditionList(StopRecordView):
    @operation(answers=ConditionRow, paged=True)
    def get(self, request: Request, uid: str) -> Response:
        found = ConditionReport.objects.filter(stop=self.stop(uid))
        return self.page(ConditionRow, found, ordering=("reported_at", "pk"))

    @operation(answers=ConditionRow, status=201, body=bodies.ConditionBody)
    def post(self, request: Request, uid: str) -> Response:
        """Report the exhibits' state, with photographs, within 48 hours."""
        body = self.body(bodies.ConditionBody)
        items = [records.SeenItem(**item) for item in body.pop("items")]
        photos = [(one["exhibit"], one["name"], one["content"]) for one in body.pop("photos")]
        made = records.report_condition(
            stop=self.stop(uid), items=items, photos=photos, **body, **self.given()
        )
        return self.row(ConditionRow, ConditionReport.objects.filter(pk=made.pk), status=201)


class StopConditionPhoto(StopRecordView):
    @operation(answers=PaperDetail)
    def get(self, request: Request, uid: str, pk: int) -> Response:
        """The picture itself, as Base64."""
        photos = ConditionPhoto.objects.filter(report__stop=self.stop(uid))
        return Response(paper_with_content(get_object_or_404(photos, pk=pk), now=self.now))


class StopHandover(StopRecordView):
    @operation(answers=HandoverRow, body=bodies.HandoverBody)
    def put(self, request: Request, uid: str) -> Response:
        """Who gave the unit to whom."""
        body = self.body(bodies.HandoverBody)
        made = records.record_handover(stop=self.stop(uid), **body, **self.given())
        return self.row(HandoverRow, Handover.objects.filter(pk=made.pk))


class StopReport(StopRecordView):
    @operation(answers=ReportRow, body=bodies.ReportBody)
    def put(self, request: Request, uid: str) -> Response:
        """Visits by day, and the summary once there is one; days said again replace."""
        stop, body = self.stop(uid), self.body(bodies.ReportBody)
        counts = [records.DayCount(**count) for count in body["counts"]]
        records.record_counts(stop=stop, counts=counts, **self.given())
        if body["summary"]:
            records.hand_in_summary(stop=stop, text=body["summary"], **self.given())
        summary = StopSummary.objects.filter(stop=stop).first()
        return Response(
            {
                "days": stop.counts.count(),
                "visits": sum(stop.counts.values_list("visits", flat=True)),
                "summary": summary.text if summary else "",
                "is_late": bool(summary and summary.is_late),
            }
        )


class FacilityReportList(PrivateView):
    resource = "venues"

    @operation(answers=FacilityReportRow, paged=True)
    def get(self, request: Request, slug: str) -> Response:
        """What the venue said it offers, if you report or approve there; the latest first."""
        venue = get_object_or_404(Venue, slug=slug)
        found = facility_reports_visible_to(request.user, self.today).filter(venue=venue)
        return self.page(FacilityReportRow, found, ordering=("-number",))

    @operation(answers=FacilityReportRow, status=201, body=bodies.FacilityReportBody)
    def post(self, request: Request, slug: str) -> Response:
        """Say what the venue offers; it counts once somebody above approves it."""
        venue = get_object_or_404(Venue.objects.select_related("region"), slug=slug)
        body = self.body(bodies.FacilityReportBody)
        made = records.state_facilities(venue=venue, **body, by=request.user, now=self.now)
        return self.row(FacilityReportRow, FacilityReport.objects.filter(pk=made.pk), status=201)


class ApproveFacilityReport(PrivateView):
    resource = "venues"

    @operation(answers=FacilityReportRow, body=bodies.ApprovalBody)
    def post(self, request: Request, slug: str, number: int) -> Response:
        seen = facility_reports_visible_to(request.user, self.today)
        found = seen.filter(venue__slug=slug, number=number).select_related("venue__region")
        report = get_object_or_404(found)
        until = self.body(bodies.ApprovalBody)["valid_until"]
        records.approve_facilities(report=report, valid_until=until, by=request.user, now=self.now)
        return self.row(FacilityReportRow, FacilityReport.objects.filter(pk=report.pk))
