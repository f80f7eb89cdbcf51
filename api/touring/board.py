"""All that a planner's workbench shows of a season beside the stops of a version, in one answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.touring.plans import PlanView
from api.touring.serializers import LockRow, PlanRow, SpanRow, WindowRow
from touring.models import Plan, StopLock, TourRequest, Unit
from touring.queries import requests_to_plan, units_to_plan
from venues.models import Venue


class BoardPlace(serializers.Serializer):
    slug = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)


class BoardUnit(serializers.Serializer):
    code = serializers.CharField()
    exhibition = serializers.CharField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    home = BoardPlace()
    availability = SpanRow(many=True, help_text="empty: the whole season")
    setup_days = serializers.IntegerField()
    strike_days = serializers.IntegerField()


class BoardRequest(serializers.Serializer):
    code = serializers.CharField()
    venue = BoardPlace()
    region = serializers.CharField()
    region_zh = serializers.CharField()
    region_en = serializers.CharField()
    stay_days = serializers.IntegerField()
    value = serializers.FloatField()
    must = serializers.BooleanField()
    windows = WindowRow(many=True)


class BoardRow(serializers.Serializer):
    """Units and accepted requests by code; the newest versions are listed elsewhere."""

    plan = PlanRow()
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="not included")
    units = BoardUnit(many=True)
    requests = BoardRequest(many=True)
    locks = LockRow(many=True)


class BoardItem(PlanView):
    @operation(answers=BoardRow)
    def get(self, request: Request, pk: int) -> Response:
        """The season's units and requests with names and places, for drawing a plan."""
        plan = self.plan(pk)
        return Response(
            {
                "plan": PlanRow.one(Plan.objects.filter(pk=plan.pk), now=self.now),
                "first_date": plan.season.first_date,
                "end_date": plan.season.end_date,
                "units": [_unit(one) for one in units_to_plan(plan.season)],
                "requests": [_request(one) for one in requests_to_plan(plan.season)],
                "locks": LockRow.read(
                    StopLock.objects.filter(plan=plan)
                    .order_by("pk")
                    .values_list(*LockRow.columns().values()),
                    now=self.now,
                ),
            }
        )


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code,
        "exhibition": unit.exhibition.slug,
        "title_zh": unit.exhibition.title_zh,
        "title_en": unit.exhibition.title_en,
        "home": _place(unit.home),
        "availability": [
            {"first_date": one.first_date, "end_date": one.end_date}
            for one in unit.availability.all()
        ],
        "setup_days": unit.exhibition.setup_days,
        "strike_days": unit.exhibition.strike_days,
    }


def _request(request: TourRequest) -> dict[str, Any]:
    region = request.venue.region
    return {
        "code": request.code,
        "venue": _place(request.venue),
        "region": region.code,
        "region_zh": region.name_zh,
        "region_en": region.name_en,
        "stay_days": request.stay_days,
        "value": request.value,
        "must": request.must,
        "windows": [
            {
                "first_date": one.first_date,
                "end_date": one.end_date,
                "preference": one.preference,
            }
            for one in request.windows.all()
        ],
    }


def _place(venue: Venue) -> dict[str, Any]:
    return {
        "slug": venue.slug,
        "name_zh": venue.name_zh,
        "name_en": venue.name_en,
        "lat": venue.lat,
        "lon": venue.lon,
    }
