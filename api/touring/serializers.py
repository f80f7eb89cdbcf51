"""Exhibitions, units and what happens to them, as the interface shows it."""

from __future__ import annotations

import base64
import itertools
from collections import defaultdict
from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.serializers import RowSerializer
from touring.models import (
    ConditionItem,
    ConditionMoment,
    ConditionPhoto,
    HoldState,
    HoldSubject,
    ItemState,
    PlannedStop,
    Programme,
    RequestState,
    RequestWindow,
    RunKind,
    StopState,
    TourRequest,
    Unit,
    UnitKind,
)
from touring.models.papers import Paper
from touring.services.requests import wish_changes, wish_document
from venues.models import JobState


class ExhibitionRow(RowSerializer):
    slug = serializers.CharField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    description_zh = serializers.CharField()
    description_en = serializers.CharField()
    owner = serializers.CharField(source="owner.slug", allow_null=True)
    exhibit_count = serializers.IntegerField(allow_null=True)
    requires = serializers.DictField(
        child=serializers.FloatField(), help_text="least figure per facility of a venue"
    )
    setup_days = serializers.IntegerField()
    strike_days = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class UnitRow(RowSerializer):
    code = serializers.CharField()
    kind = serializers.ChoiceField(UnitKind.choices)
    exhibition = serializers.CharField(source="exhibition.slug")
    serial = serializers.CharField()
    operator = serializers.CharField(source="operator.slug", allow_null=True)
    home = serializers.CharField(source="home.slug")
    regions = serializers.ListField(child=serializers.CharField(), help_text="empty: anywhere")
    returns_home = serializers.BooleanField()
    is_active = serializers.BooleanField()
    changed_at = serializers.DateTimeField()

    class Meta:
        added = ("regions",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        regions = defaultdict(list)
        links = Unit.regions.through.objects.filter(unit__code__in=[row["code"] for row in rows])
        for code, region in links.order_by("region__code").values_list(
            "unit__code", "region__code"
        ):
            regions[code].append(region)
        for row in rows:
            row["regions"] = regions[row["code"]]


class SeasonRow(RowSerializer):
    slug = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    region = serializers.CharField(source="region.code")
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="not included")


class NeedRow(serializers.Serializer):
    """A county's need: ``index`` is the sum of the parts (each 0 to 1) by the season's weights."""

    region = serializers.CharField()
    index = serializers.FloatField()
    parts = serializers.DictField(child=serializers.FloatField())
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="parts without a figure, counted as 0"
    )


class NeedIndexRow(serializers.Serializer):
    season = serializers.CharField()
    weights = serializers.DictField(child=serializers.FloatField())
    counties = NeedRow(many=True, help_text="the neediest first")


class CallRow(RowSerializer):
    slug = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    season = serializers.CharField(source="season.slug")
    programme = serializers.ChoiceField(Programme.choices)
    year = serializers.IntegerField()
    opens_on = serializers.DateField()
    closes_on = serializers.DateField(help_text="first day on which nothing is taken")
    timezone = serializers.CharField(help_text="whose days they are")
    asks_nation = serializers.BooleanField()


class RequestStepRow(RowSerializer):
    operation = serializers.CharField()
    from_state = serializers.CharField()
    to_state = serializers.ChoiceField(RequestState.choices)
    level = serializers.CharField(help_text="for whom the actor decided")
    actor = serializers.CharField(source="actor.username", allow_null=True)
    at = serializers.DateTimeField()
    note = serializers.CharField()
    version = serializers.IntegerField(help_text="of the request after the step")
    due_on = serializers.DateField(allow_null=True, help_text="when the next step is due")
    escalated_at = serializers.DateTimeField(allow_null=True)


class ChangeRow(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class RequestVersionRow(RowSerializer):
    """What was asked for in version ``number``, and what the next change made different."""

    number = serializers.IntegerField()
    wish = serializers.DictField()
    changes = ChangeRow(many=True)
    replaced_at = serializers.DateTimeField()
    replaced_by = serializers.CharField(source="replaced_by.username", allow_null=True)

    class Meta:
        added = ("changes",)
        hidden = ("request_id",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        request = TourRequest.objects.select_related("venue", "space").get(pk=rows[0]["request_id"])
        kept = request.history.order_by("number").values_list("number", "wish")
        wishes = [*kept, (request.version, wish_document(request))]
        following = {number: later for (number, _), (_, later) in itertools.pairwise(wishes)}
        for row in rows:
            row["changes"] = wish_changes(row["wish"], following[row["number"]])


class PaperRow(RowSerializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class PaperDetail(PaperRow):
    content = serializers.CharField(help_text="Base64")

    class Meta:
        added = ("content",)


def paper_with_content(paper: Paper, *, now: datetime) -> dict[str, Any]:
    """A :class:`PaperDetail`: nothing that was handed in is ever shown as a page."""
    with paper.file.open("rb") as file:
        content = base64.b64encode(file.read()).decode()
    row = PaperRow.one(type(paper)._default_manager.filter(pk=paper.pk), now=now)
    return {**(row or {}), "content": content}


class WindowRow(serializers.Serializer):
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="not included")
    preference = serializers.FloatField()


class TourRequestRow(RowSerializer):
    code = serializers.CharField()
    season = serializers.CharField(source="season.slug")
    venue = serializers.CharField(source="venue.slug")
    space = serializers.CharField(source="space.code", allow_null=True)
    call = serializers.CharField(source="call.slug", allow_null=True)
    county = serializers.CharField(source="county.code", allow_null=True)
    state = serializers.ChoiceField(RequestState.choices)
    reason = serializers.CharField(help_text="why it was returned or rejected")
    stay_days = serializers.IntegerField()
    windows = WindowRow(many=True, help_text="in the order of liking")
    exhibitions = serializers.ListField(child=serializers.CharField(), help_text="empty: any")
    value = serializers.FloatField()
    must = serializers.BooleanField()
    expected_visits = serializers.IntegerField(allow_null=True)
    contact_email = serializers.CharField()
    note = serializers.CharField()
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()

    class Meta:
        added = ("windows", "exhibitions")

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        codes = [row["code"] for row in rows]
        windows, exhibitions = defaultdict(list), defaultdict(list)
        asked = RequestWindow.objects.filter(request__code__in=codes).order_by("rank")
        for code, first, end, preference in asked.values_list(
            "request__code", "first_date", "end_date", "preference"
        ):
            windows[code].append({"first_date": first, "end_date": end, "preference": preference})
        links = TourRequest.exhibitions.through.objects.filter(tourrequest__code__in=codes)
        for code, slug in links.order_by("exhibition__slug").values_list(
            "tourrequest__code", "exhibition__slug"
        ):
            exhibitions[code].append(slug)
        for row in rows:
            row["windows"], row["exhibitions"] = windows[row["code"]], exhibitions[row["code"]]


class StopRow(RowSerializer):
    """What everybody may know of a contracted stop."""

    uid = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    exhibition = serializers.CharField(source="unit.exhibition.slug")
    venue = serializers.CharField(source="venue.slug")
    region = serializers.CharField(source="venue.region.code")
    state = serializers.ChoiceField(StopState.choices)
    opens_on = serializers.DateField()
    closes_on = serializers.DateField(help_text="first day no longer open")
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class StopDetail(StopRow):
    """The fields after ``changed_at`` are for those with a role at the venue."""

    space = serializers.CharField(source="space.code", allow_null=True, required=False)
    request = serializers.CharField(source="request.code", allow_null=True, required=False)
    plan = serializers.IntegerField(source="plan_id", allow_null=True, required=False)
    origin = serializers.CharField(source="origin.slug", allow_null=True, required=False)
    departs_on = serializers.DateField(required=False)
    arrives_on = serializers.DateField(required=False)
    leaves_on = serializers.DateField(required=False, help_text="first day no longer there")
    reason = serializers.CharField(required=False, help_text="why released or cancelled")


class HoldRow(RowSerializer):
    uid = serializers.CharField()
    subject = serializers.ChoiceField(HoldSubject.choices)
    unit = serializers.CharField(source="unit.code")
    venue = serializers.CharField(source="venue.slug")
    space = serializers.CharField(source="space.code", allow_null=True)
    stop = serializers.CharField(source="stop.uid", allow_null=True)
    state = serializers.ChoiceField(HoldState.choices)
    rank = serializers.IntegerField(help_text="1 stands first")
    is_joint_first = serializers.BooleanField()
    arrives_on = serializers.DateField()
    opens_on = serializers.DateField()
    closes_on = serializers.DateField(help_text="first day no longer open")
    leaves_on = serializers.DateField(help_text="first day no longer there")
    expires_on = serializers.DateField(help_text="first day it no longer holds")
    respond_by = serializers.DateField(allow_null=True, help_text="last day to answer a challenge")
    note = serializers.CharField()
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class ClosedGateRow(serializers.Serializer):
    gate = serializers.CharField()
    message = serializers.CharField()


class StepRow(serializers.Serializer):
    operation = serializers.CharField()
    decided_by = serializers.CharField()
    closed = ClosedGateRow(many=True)


class ReadinessRow(serializers.Serializer):
    state = serializers.ChoiceField(StopState.choices)
    steps = StepRow(many=True)


class AgreementRow(RowSerializer):
    terms_version = serializers.CharField()
    fee_yuan = serializers.IntegerField()
    deposit_yuan = serializers.IntegerField()
    insurance = serializers.CharField()
    cancel_terms = serializers.CharField()
    signed_on = serializers.DateField(allow_null=True)
    signed_for_host_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class TrainingRow(RowSerializer):
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="not included")
    trained_guides = serializers.IntegerField()
    trainer = serializers.CharField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class ConditionItemRow(RowSerializer):
    exhibit = serializers.CharField()
    state = serializers.ChoiceField(ItemState.choices)
    note = serializers.CharField()


class ConditionPhotoRow(RowSerializer):
    id = serializers.IntegerField()
    exhibit = serializers.CharField(help_text="empty: of the whole")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")


class ConditionRow(RowSerializer):
    id = serializers.IntegerField()
    moment = serializers.ChoiceField(ConditionMoment.choices)
    unpacked_at = serializers.DateTimeField()
    reported_at = serializers.DateTimeField()
    is_late = serializers.BooleanField(help_text="more than 48 hours after it")
    note = serializers.CharField()
    items = ConditionItemRow(many=True)
    photos = ConditionPhotoRow(many=True)

    class Meta:
        added = ("items", "photos")

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        reports = [row["id"] for row in rows]
        for name, kind, found in (
            ("items", ConditionItemRow, ConditionItem.objects.order_by("pk")),
            ("photos", ConditionPhotoRow, ConditionPhoto.objects.order_by("pk")),
        ):
            columns = kind.columns()
            of_report: dict[int, list[dict[str, Any]]] = defaultdict(list)
            for report, *values in found.filter(report__in=reports).values_list(
                "report_id", *columns.values()
            ):
                of_report[report].append(dict(zip(columns, values, strict=True)))
            for row in rows:
                row[name] = of_report[row["id"]]


class HandoverRow(RowSerializer):
    handed_by = serializers.CharField()
    taken_by = serializers.CharField()
    handed_at = serializers.DateTimeField()
    crates = serializers.IntegerField()
    missing = serializers.CharField()


class ReportRow(serializers.Serializer):
    days = serializers.IntegerField(help_text="days counted so far")
    visits = serializers.IntegerField()
    summary = serializers.CharField()
    is_late = serializers.BooleanField()


class MoveRow(RowSerializer):
    id = serializers.IntegerField()
    unit = serializers.CharField(source="unit.code")
    stop = serializers.CharField(source="stop.uid", allow_null=True)
    origin = serializers.CharField(source="origin.slug")
    destination = serializers.CharField(source="destination.slug")
    departs_at = serializers.DateTimeField()
    arrives_at = serializers.DateTimeField()
    carrier = serializers.CharField()
    km = serializers.FloatField(allow_null=True)
    crates = serializers.IntegerField()


class FacilityReportRow(RowSerializer):
    number = serializers.IntegerField()
    facts = serializers.DictField()
    note = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)


class PlanRow(RowSerializer):
    id = serializers.IntegerField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    season = serializers.CharField(source="season.slug")
    sequence = serializers.IntegerField(help_text="grows with each publication")
    published_version = serializers.IntegerField(source="published_version.number", allow_null=True)
    created_at = serializers.DateTimeField()


class LockRow(RowSerializer):
    unit = serializers.CharField(source="unit.code")
    request = serializers.CharField(source="request.code")
    opens_on = serializers.DateField()
    reason = serializers.CharField()


class PointRow(serializers.Serializer):
    seconds = serializers.FloatField()
    work = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    bound = serializers.FloatField(allow_null=True)


class RunRow(RowSerializer):
    """A computation; ``value`` and ``bound`` are the latest of its course."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    job = serializers.IntegerField(source="job_id", allow_null=True)
    state = serializers.ChoiceField(JobState.choices, source="job.state", allow_null=True)
    error = serializers.CharField(source="job.error", allow_null=True)
    kind = serializers.ChoiceField(RunKind.choices)
    seed = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)
    work = serializers.IntegerField(allow_null=True)
    value = serializers.FloatField(allow_null=True)
    bound = serializers.FloatField(allow_null=True)
    version = serializers.IntegerField(source="version.id", allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(source="job.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)

    class Meta:
        added = ("value", "bound")
        hidden = ("progress",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        for row in rows:
            latest = row["progress"][-1] if row["progress"] else {}
            row["value"], row["bound"] = latest.get("value"), latest.get("bound")


class RunDetail(RunRow):
    progress = PointRow(many=True)
    parameters = serializers.DictField()
    outcome = serializers.DictField(
        help_text="replan: the smallest change with its proof; what_if: what differs"
    )

    class Meta:
        added = ("value", "bound")


class VersionRow(RowSerializer):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    number = serializers.IntegerField()
    run = serializers.IntegerField(source="run_id", allow_null=True)
    based_on = serializers.IntegerField(source="based_on.number", allow_null=True)
    value = serializers.DictField(help_text="the objective's parts")
    bound = serializers.FloatField(allow_null=True, help_text="proven upper bound")
    gap = serializers.FloatField(allow_null=True)
    instance_hash = serializers.CharField()
    plan_hash = serializers.CharField()
    created_at = serializers.DateTimeField()


class PlannedStopRow(RowSerializer):
    unit = serializers.CharField(source="unit.code")
    request = serializers.CharField(source="request.code")
    venue = serializers.CharField(source="request.venue.slug")
    space = serializers.CharField(source="space.code", allow_null=True)
    origin = serializers.CharField(source="origin.slug", allow_null=True)
    departs_on = serializers.DateField()
    arrives_on = serializers.DateField()
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    leaves_on = serializers.DateField()
    is_locked = serializers.BooleanField()


class VersionDetail(VersionRow):
    maintenance = serializers.ListField(child=serializers.DictField())
    unserved = serializers.ListField(
        child=serializers.DictField(), help_text="a reason for every request without a stop"
    )
    stops = PlannedStopRow(many=True)

    class Meta:
        added = ("stops",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        planned = defaultdict(list)
        found = PlannedStop.objects.filter(version__in=[row["id"] for row in rows])
        columns = PlannedStopRow.columns().values()
        for version, *stop in found.order_by("unit__code", "opens_on").values_list(
            "version_id", *columns
        ):
            planned[version].append(tuple(stop))
        for row in rows:
            row["stops"] = PlannedStopRow.read(planned[row["id"]], now=now)


class ViolationRow(serializers.Serializer):
    code = serializers.CharField(help_text="H1 to H13 of the planning rules, or ID")
    unit = serializers.CharField()
    request = serializers.CharField()
    first_date = serializers.CharField(help_text="empty where no day is concerned")
    end_date = serializers.CharField(help_text="not included")
    message = serializers.CharField()


class VerdictRow(serializers.Serializer):
    """What the judge says; ``stops`` with all their days."""

    stops = PlannedStopRow(many=True)
    maintenance = serializers.ListField(child=serializers.DictField())
    violations = ViolationRow(many=True)
    value = serializers.DictField(help_text="the objective's parts")


class SpanRow(serializers.Serializer):
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="not included")


class ReasonRow(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()
    text_zh = serializers.CharField()
    numbers = serializers.DictField()


class VacancyRow(serializers.Serializer):
    """Opening days of one unit; ``misfit`` is why it can never come."""

    unit = serializers.CharField()
    misfit = ReasonRow(allow_null=True)
    calendar = SpanRow(many=True, help_text="windows, closures and availability allow")
    free = SpanRow(many=True, help_text="of these, what the other stops leave")


class VacanciesRow(serializers.Serializer):
    request = serializers.CharField()
    vacancies = VacancyRow(many=True)


class VersionDiffRow(serializers.Serializer):
    """Request codes whose stops differ, and the value's parts before and after."""

    before = serializers.IntegerField(help_text="version")
    after = serializers.IntegerField(help_text="version")
    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())
    moved = serializers.ListField(child=serializers.CharField())
    unchanged = serializers.IntegerField()
    value = serializers.DictField(child=serializers.ListField(child=serializers.FloatField()))


class PlanDifference(serializers.Serializer):
    """Two versions under today's rows; ``parts`` and ``equity`` are the second less the first."""

    added = serializers.ListField(child=serializers.DictField())
    removed = serializers.ListField(child=serializers.DictField())
    moved = serializers.ListField(child=serializers.DictField())
    value = serializers.DictField(help_text="before, after")
    parts = serializers.DictField(child=serializers.FloatField())
    equity = serializers.DictField(child=serializers.FloatField())


class PublicationRow(RowSerializer):
    plan = serializers.IntegerField(source="plan_id")
    number = serializers.IntegerField()
    version = serializers.IntegerField(
        source="version.number", allow_null=True, default=None, help_text="null: nothing holds"
    )
    published_at = serializers.DateTimeField()
    message = serializers.CharField()


class ContractedRow(serializers.Serializer):
    contracted = serializers.IntegerField(help_text="how many stops")
