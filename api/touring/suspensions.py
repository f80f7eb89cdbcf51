"""Suspended regions over HTTP: declared, seen with what they touched, lifted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Day
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.touring.bodies import named
from api.views import PrivateView, ResourceView
from touring.models import SuspendedStop, Suspension
from touring.permissions import suspensions_declared_by
from touring.services import suspension
from venues.models import Region


class SuspensionRow(RowSerializer):
    id = serializers.IntegerField()
    region = serializers.CharField(source="region.code", help_text="with all below it")
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="first day it no longer holds")
    reason_zh = serializers.CharField()
    reason_en = serializers.CharField()
    declared_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)


class TouchedStopRow(serializers.Serializer):
    stop = serializers.CharField()
    was = serializers.CharField(help_text="the state it gets back")


class SuspensionDetail(SuspensionRow):
    stops = TouchedStopRow(many=True)
    postponed_events = serializers.IntegerField(help_text="how many")
    replan_runs = serializers.ListField(
        child=serializers.IntegerField(), help_text="runs that look for the smallest change"
    )

    class Meta:
        added = ("stops", "postponed_events", "replan_runs")


class SuspensionBody(StrictSerializer):
    region = named(Region, "code")
    first_date = Day()
    end_date = Day(help_text="first day it no longer holds")
    reason_zh = serializers.CharField(max_length=200)
    reason_en = serializers.CharField(max_length=200, allow_blank=True, default="")


class SuspensionList(ResourceView):
    resource = "suspensions"

    @operation(answers=SuspensionRow, paged=True)
    def get(self, request: Request) -> Response:
        """Where nothing is shown for the time being, and where nothing was."""
        return self.page(SuspensionRow, Suspension.objects.all(), ordering=("-first_date", "pk"))

    @operation(answers=SuspensionDetail, status=201, body=SuspensionBody)
    def post(self, request: Request) -> Response:
        """Suspend a region: stops and events there wait, nothing elsewhere moves."""
        body = self.body(SuspensionBody)
        made = suspension.suspend_region(**body, by=request.user, now=self.now)
        response = Response(_detail(made, self.now), status=201)
        response.headers["Location"] = reverse("api-suspension", args=[made.pk])
        return response


class SuspensionItem(PrivateView):
    resource = "suspensions"

    @operation(answers=SuspensionDetail)
    def get(self, request: Request, pk: int) -> Response:
        """What it touched, and the runs that look for a way out."""
        declared = suspensions_declared_by(request.user, self.today)
        return Response(_detail(get_object_or_404(declared, pk=pk), self.now))


class LiftSuspension(PrivateView):
    resource = "suspensions"

    @operation(answers=SuspensionDetail)
    def post(self, request: Request, pk: int) -> Response:
        """Lift it: stops and events get back the state they had."""
        get_object_or_404(suspensions_declared_by(request.user, self.today), pk=pk)
        made = suspension.lift_suspension(suspension_id=pk, by=request.user, now=self.now)
        return Response(_detail(made, self.now))


def _detail(row: Suspension, now: datetime) -> dict[str, Any]:
    shown = SuspensionRow.one(Suspension.objects.filter(pk=row.pk), now=now) or {}
    touched = SuspendedStop.objects.filter(suspension=row).order_by("stop__uid")
    return {
        **shown,
        "stops": [
            {"stop": uid, "was": was} for uid, was in touched.values_list("stop__uid", "was")
        ],
        "postponed_events": len(row.postponed_events),
        "replan_runs": row.replan_proposed,
    }
