"""What the interface takes about tours; names are resolved, and only among what one may see."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Code, Day, Few, Moment
from api.serializers import StrictSerializer
from api.venues.spaces import space_of
from touring.models import (
    ConditionMoment,
    Exhibition,
    HoldState,
    HoldSubject,
    ItemState,
    Programme,
    RequestCall,
    RequestState,
    RunKind,
    Season,
    Stop,
    StopState,
    TourRequest,
    Unit,
    UnitKind,
)
from touring.permissions import requests_visible_to
from touring.services.gates import GATES
from touring.services.requests import WantedWindow, Wish
from touring.services.stop_steps import STEPS
from venues.models import Region, Venue


def named(model: type, field: str = "slug", **options: Any) -> serializers.SlugRelatedField:
    return serializers.SlugRelatedField(
        slug_field=field, queryset=model._default_manager.all(), **options
    )


class VisibleRequest(serializers.SlugRelatedField):
    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", queryset=TourRequest.objects.all(), **options)

    def get_queryset(self) -> QuerySet[TourRequest]:
        return requests_visible_to(self.context["user"], self.context["today"])


class ExhibitionQuery(StrictSerializer):
    q = serializers.CharField(required=False, max_length=100)


class UnitQuery(StrictSerializer):
    exhibition = Code(required=False)
    kind = serializers.ChoiceField(UnitKind.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class SeasonQuery(StrictSerializer):
    region = Code(required=False, help_text="code; this region and everything below it")


class TourRequestQuery(StrictSerializer):
    season = Code(required=False)
    venue = Code(required=False)
    state = serializers.ChoiceField(RequestState.choices, required=False)


class StopQuery(StrictSerializer):
    unit = Code(required=False)
    venue = Code(required=False)
    exhibition = Code(required=False)
    state = serializers.ChoiceField(StopState.choices, required=False)
    first = Day(required=False, help_text="at the host then or later")
    end = Day(required=False, help_text="not included")


class PlanQuery(StrictSerializer):
    season = Code(required=False)


class DiffQuery(StrictSerializer):
    before = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=10**9,
        help_text="number of a version of the same plan; without it the published one",
    )


class SeasonBody(StrictSerializer):
    slug = serializers.SlugField(max_length=80)
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, allow_blank=True, default="")
    region = named(Region, "code")
    first_date = Day()
    end_date = Day(help_text="not included")
    units = Few(child=Code(), max_length=2000, default=list)
    rules = serializers.DictField(default=dict, help_text="as in a planning instance")
    objective = serializers.DictField(default=dict, help_text="as in a planning instance")

    def validate_units(self, codes: list[str]) -> list[Unit]:
        return all_of(Unit, "code", codes)


class WindowBody(StrictSerializer):
    first_date = Day()
    end_date = Day(help_text="not included")
    preference = serializers.FloatField(min_value=0, max_value=1, default=1.0)


class WishBody(StrictSerializer):
    """What a host asks for, always whole; windows in the order of liking."""

    venue = named(Venue)
    space = Code(allow_null=True, default=None, help_text="of the venue")
    stay_days = serializers.IntegerField(min_value=1, max_value=2000)
    windows = WindowBody(many=True, min_length=1, max_length=50)
    exhibitions = Few(child=Code(), max_length=100, default=list)
    expected_visits = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, allow_null=True, default=None
    )
    contact_email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    note = serializers.CharField(max_length=5000, allow_blank=True, default="")

    def validate_exhibitions(self, slugs: list[str]) -> list[Exhibition]:
        return all_of(Exhibition, "slug", slugs)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["space"] = space_of(attrs["venue"], attrs["space"])
        return attrs


class TourRequestBody(WishBody):
    season = named(Season)
    call = named(RequestCall, required=False, allow_null=True, help_text="the call answered")
    draft = serializers.BooleanField(default=False, help_text="keep it, to be handed in later")


class RequestStepBody(StrictSerializer):
    operation = serializers.ChoiceField(["submit", "endorse", "return", "consolidate", "wait"])
    reason = serializers.CharField(
        max_length=300, allow_blank=True, default="", help_text="needed to return it"
    )


class PaperBody(StrictSerializer):
    name = serializers.CharField(max_length=200, help_text="with its ending")
    content = serializers.CharField(max_length=13_990_000, help_text="Base64 of at most 10 MiB")

    def validate_content(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except ValueError as error:
            raise serializers.ValidationError("This is no Base64.") from error


def wish_from(body: dict[str, Any]) -> Wish:
    windows = [WantedWindow(**window) for window in body["windows"]]
    wished = {name: value for name, value in body.items() if name not in ("call", "draft")}
    return Wish(**{**wished, "windows": windows})


class QuotaBody(StrictSerializer):
    region = named(Region, "code")
    most = serializers.IntegerField(min_value=0, max_value=100_000)


class CallBody(StrictSerializer):
    slug = serializers.SlugField(max_length=80)
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, allow_blank=True, default="")
    season = named(Season)
    programme = serializers.ChoiceField(Programme.choices, default=Programme.REGULAR)
    year = serializers.IntegerField(min_value=1901, max_value=2198)
    opens_on = Day()
    closes_on = Day(help_text="first day on which nothing is taken any more")
    time_zone = serializers.CharField(max_length=63, default="Asia/Shanghai")
    answer_days = serializers.IntegerField(
        min_value=1, max_value=250, default=10, help_text="working days for each level"
    )
    asks_nation = serializers.BooleanField(default=False)
    quotas = QuotaBody(many=True, max_length=5000, required=False, default=list)

    def validate_quotas(self, rows: list[dict[str, Any]]) -> dict[Region, int]:
        return {row["region"]: row["most"] for row in rows}


class AcceptBody(StrictSerializer):
    value = serializers.FloatField(min_value=0, max_value=1e12, required=False)
    must = serializers.BooleanField(required=False)


class ReasonBody(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class NewStopBody(StrictSerializer):
    unit = named(Unit, "code")
    venue = named(Venue)
    space = Code(allow_null=True, default=None, help_text="of the venue")
    request = VisibleRequest(allow_null=True, default=None)
    opens_on = Day()
    closes_on = Day(help_text="first day no longer open")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["space"] = space_of(attrs["venue"], attrs["space"])
        request = attrs["request"]
        if request is not None and request.venue_id != attrs["venue"].pk:
            raise serializers.ValidationError(
                {"request": "This request was made by another venue; leave it out or take its own."}
            )
        return attrs


class MoveStopBody(StrictSerializer):
    unit = named(Unit, "code", required=False)
    space = Code(required=False, help_text="of the stop's venue")
    opens_on = Day(required=False)
    closes_on = Day(required=False, help_text="first day no longer open")


class HoldQuery(StrictSerializer):
    unit = Code(required=False)
    venue = Code(required=False)
    state = serializers.ChoiceField(HoldState.choices, required=False)


class HoldBody(StrictSerializer):
    subject = serializers.ChoiceField(HoldSubject.choices)
    unit = named(Unit, "code")
    venue = named(Venue)
    space = Code(allow_null=True, default=None, help_text="of the venue")
    opens_on = Day()
    closes_on = Day(help_text="first day no longer open")
    joint_first = serializers.BooleanField(default=False, help_text="planners only")
    only_first = serializers.BooleanField(default=False, help_text="rather not at all than second")
    note = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["space"] = space_of(attrs["venue"], attrs["space"])
        return attrs


class StopStepBody(StrictSerializer):
    operation = serializers.ChoiceField(["offer", "confirm", *STEPS])
    waive = Few(
        child=serializers.ChoiceField(sorted(GATES)),
        max_length=10,
        default=list,
        help_text="gates that a planner lets pass, for the reason given",
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


def _line(most: int) -> serializers.CharField:
    return serializers.CharField(max_length=most, allow_blank=True, default="")


def _amount(most: int) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=most, default=0)


class AgreementBody(StrictSerializer):
    terms_version = _line(40)
    fee_yuan = _amount(2**31 - 1)
    deposit_yuan = _amount(2**31 - 1)
    insurance = _line(300)
    cancel_terms = _line(1000)
    signed_on = Day(allow_null=True, default=None)
    signed_for_host_by = _line(100)


class TrainingBody(StrictSerializer):
    first_date = Day()
    end_date = Day(help_text="not included")
    trained_guides = serializers.IntegerField(min_value=0, max_value=32_000)
    trainer = _line(100)
    note = _line(300)


class ItemBody(StrictSerializer):
    exhibit = serializers.CharField(max_length=100)
    state = serializers.ChoiceField(ItemState.choices)
    note = _line(300)


class PhotoBody(PaperBody):
    exhibit = _line(100)


class ConditionBody(StrictSerializer):
    moment = serializers.ChoiceField(ConditionMoment.choices)
    unpacked_at = Moment()
    items = ItemBody(many=True, max_length=500)
    photos = PhotoBody(many=True, max_length=20, required=False, default=list)
    note = _line(1000)


class HandoverBody(StrictSerializer):
    handed_by = serializers.CharField(max_length=100)
    taken_by = serializers.CharField(max_length=100)
    crates = serializers.IntegerField(min_value=0, max_value=32_000)
    missing = _line(1000)


class CountBody(StrictSerializer):
    day = Day()
    visits = serializers.IntegerField(min_value=0, max_value=10_000_000)
    by_audience = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=10_000_000), default=dict
    )


class ReportBody(StrictSerializer):
    counts = CountBody(many=True, max_length=400)
    summary = _line(20_000)


class MoveBody(StrictSerializer):
    stop = serializers.SlugRelatedField(
        slug_field="uid", queryset=Stop.objects.all(), allow_null=True, default=None
    )
    origin = named(Venue)
    destination = named(Venue)
    departs_at = Moment()
    arrives_at = Moment()
    carrier = _line(200)
    km = serializers.FloatField(min_value=0, max_value=50_000, allow_null=True, default=None)
    crates = _amount(32_000)
    seals = _line(300)
    courier = _line(100)


class FacilityReportBody(StrictSerializer):
    facts = serializers.DictField(default=dict, help_text="figures by the names of venues")
    note = _line(1000)


class ApprovalBody(StrictSerializer):
    valid_until = Day(help_text="first day it has run out")


class PlanBody(StrictSerializer):
    season = named(Season)
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, allow_blank=True, default="")


class LockBody(StrictSerializer):
    unit = named(Unit, "code")
    opens_on = Day()
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class DisturbanceBody(StrictSerializer):
    """What went wrong; each kind takes its own members, days are half-open."""

    kind = serializers.ChoiceField(
        ["host_cancels", "unit_breaks", "region_suspended", "urgent_request"]
    )
    request = Code(required=False)
    unit = Code(required=False)
    region = Code(required=False)
    first_date = Day(required=False)
    end_date = Day(required=False, help_text="of a suspension: 14 days later if left out")


class AssignmentBody(StrictSerializer):
    request = Code()
    unit = Code(required=False)
    opens_on = Day(required=False)


class BarredBody(StrictSerializer):
    request = Code()
    unit = Code(required=False, help_text="none: no unit may serve it")


class RunBody(StrictSerializer):
    """Exactly one of ``seconds`` and ``work`` is given; parameters are those of the kind."""

    kind = serializers.ChoiceField(RunKind.choices, default=RunKind.PLAN)
    version = serializers.IntegerField(
        required=False, min_value=1, max_value=10**9, help_text="number to start from"
    )
    disturbances = DisturbanceBody(many=True, required=False, max_length=1000)
    budget = serializers.FloatField(
        required=False, min_value=0, max_value=1e6, help_text="weight of further changes"
    )
    forced = AssignmentBody(many=True, required=False, max_length=1000)
    forbidden = BarredBody(many=True, required=False, max_length=10_000)
    seconds = serializers.FloatField(required=False, min_value=0.1, max_value=86_400)
    work = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    seed = serializers.IntegerField(default=1, min_value=0, max_value=2**31 - 1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What belongs to a kind travels as its parameters, in JSON with ISO dates."""
        own = {"kind", "seconds", "work", "seed"}
        parameters = {name: attrs[name] for name in attrs if name not in own}
        return {
            **{name: attrs[name] for name in attrs if name in own},
            "parameters": json.loads(json.dumps(parameters, default=str)),
        }


class DraftedStopBody(StrictSerializer):
    unit = Code()
    request = Code()
    opens_on = Day()


class DraftBody(StrictSerializer):
    """Stops placed by hand; maintenance is that of ``base`` where its stops are unchanged."""

    base = serializers.IntegerField(
        min_value=1, max_value=10**9, allow_null=True, default=None, help_text="version's number"
    )
    stops = DraftedStopBody(many=True, max_length=20_000)


class VacancyBody(DraftBody):
    request = Code(help_text="whose stop is looked for; its own stop is taken out first")


class PublishBody(StrictSerializer):
    version = serializers.IntegerField(min_value=1, max_value=10**9, help_text="its number")
    message = serializers.CharField(max_length=300, allow_blank=True, default="")


class UndoPublicationBody(StrictSerializer):
    message = serializers.CharField(max_length=300, allow_blank=True, default="")


class ContractBody(StrictSerializer):
    stops = Few(child=Code(), max_length=5000, required=False, help_text="uids; without them all")


def all_of(model: type, field: str, names: list[str]) -> list[Any]:
    found = {getattr(one, field): one for one in model.objects.filter(**{f"{field}__in": names})}
    if unknown := sorted(set(names) - found.keys()):
        raise serializers.ValidationError(f"Unknown: {', '.join(unknown[:20])}.")
    return [found[name] for name in dict.fromkeys(names)]
