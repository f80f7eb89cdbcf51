"""Vehicles and their visits over HTTP: odometers, renewal, the forms before and after."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Day
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.touring.bodies import named
from api.views import PrivateView
from touring.models import OdometerReading, ServiceVisit, Vehicle
from touring.permissions import units_kept_by, visits_visible_to
from touring.services import vehicles
from venues.models import Venue


class VehicleRow(RowSerializer):
    plate = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    model_type = serializers.CharField()
    issued_on = serializers.DateField()
    seats = serializers.IntegerField(allow_null=True)
    retired_on = serializers.DateField(allow_null=True)
    odometer_km = serializers.IntegerField(allow_null=True, help_text="the latest reading")


class VehicleQuery(StrictSerializer):
    due = serializers.BooleanField(
        required=False, help_text="those to be renewed: ten years old, or 100,000 km"
    )


class ReadingRow(RowSerializer):
    day = serializers.DateField()
    km = serializers.IntegerField()


class ReadingBody(StrictSerializer):
    day = Day()
    km = serializers.IntegerField(min_value=0, max_value=10_000_000)


class VisitRow(RowSerializer):
    id = serializers.IntegerField()
    vehicle = serializers.CharField(source="vehicle.plate")
    point = serializers.CharField(source="point.slug")
    day = serializers.DateField()
    demand = serializers.DictField(help_text="what was asked for before")
    demanded_at = serializers.DateTimeField()
    feedback = serializers.DictField(allow_null=True, help_text="what was said after")
    feedback_at = serializers.DateTimeField(allow_null=True)
    people = serializers.IntegerField(allow_null=True)
    km = serializers.IntegerField(allow_null=True)


class FormField(serializers.DictField):
    """A form: headings and what was filled in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=2000, allow_blank=True), **options)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > 60:
            raise serializers.ValidationError("A form has at most 60 fields.")
        return super().to_internal_value(data)


class VisitBody(StrictSerializer):
    vehicle = named(Vehicle, "plate")
    point = named(Venue)
    day = Day()
    demand = FormField()


class FeedbackBody(StrictSerializer):
    feedback = FormField()
    people = serializers.IntegerField(min_value=0, max_value=10_000_000)
    km = serializers.IntegerField(min_value=0, max_value=100_000, allow_null=True, default=None)


class VehicleView(PrivateView):
    resource = "vehicles"

    @property
    def visible(self) -> QuerySet[Vehicle]:
        kept = units_kept_by(self.request.user, self.today)
        return Vehicle.objects.filter(unit__in=kept).annotate(odometer_km=Max("readings__km"))

    def vehicle(self, plate: str) -> Vehicle:
        return get_object_or_404(self.visible.select_related("unit__home__region"), plate=plate)


class VehicleList(VehicleView):
    @operation(answers=VehicleRow, paged=True, query=VehicleQuery)
    def get(self, request: Request) -> Response:
        """The vehicles you keep; with `due` those to be renewed."""
        found = self.visible
        if self.query(VehicleQuery).get("due"):
            due = vehicles.due_for_renewal(self.today)
            found = found.filter(pk__in=due.values("pk"))
        return self.page(VehicleRow, found, ordering=("plate",))


class VehicleItem(VehicleView):
    @operation(answers=VehicleRow)
    def get(self, request: Request, plate: str) -> Response:
        return self.row(VehicleRow, self.visible.filter(plate=plate))


class ReadingList(VehicleView):
    @operation(answers=ReadingRow, paged=True)
    def get(self, request: Request, plate: str) -> Response:
        readings = OdometerReading.objects.filter(vehicle=self.vehicle(plate))
        return self.page(ReadingRow, readings, ordering=("-day",))

    @operation(answers=ReadingRow, status=201, body=ReadingBody)
    def post(self, request: Request, plate: str) -> Response:
        """Say what the odometer shows; a day said again is corrected."""
        made = vehicles.read_odometer(
            vehicle=self.vehicle(plate), **self.body(ReadingBody), **given(self)
        )
        return self.row(ReadingRow, OdometerReading.objects.filter(pk=made.pk), status=201)


class VisitView(PrivateView):
    resource = "visits"

    @property
    def visible(self) -> QuerySet[ServiceVisit]:
        return visits_visible_to(self.request.user, self.today)


class VisitList(VisitView):
    @operation(answers=VisitRow, paged=True)
    def get(self, request: Request) -> Response:
        """Visits to points you speak for, and of vehicles you keep."""
        return self.page(VisitRow, self.visible, ordering=("-day", "pk"))

    @operation(answers=VisitRow, status=201, body=VisitBody)
    def post(self, request: Request) -> Response:
        """Ask for a vehicle."""
        made = vehicles.ask_visit(**self.body(VisitBody), **given(self))
        return self.row(
            VisitRow,
            ServiceVisit.objects.filter(pk=made.pk),
            status=201,
            location=reverse("api-visit", args=[made.pk]),
        )


class VisitItem(VisitView):
    @operation(answers=VisitRow)
    def get(self, request: Request, pk: int) -> Response:
        return self.row(VisitRow, self.visible.filter(pk=pk))


class VisitFeedback(VisitView):
    @operation(answers=VisitRow, body=FeedbackBody)
    def put(self, request: Request, pk: int) -> Response:
        """Say how it was, from the day of the visit on."""
        visit = get_object_or_404(self.visible.select_related("point__region"), pk=pk)
        vehicles.give_feedback(visit=visit, **self.body(FeedbackBody), **given(self))
        return self.row(VisitRow, ServiceVisit.objects.filter(pk=pk))


def given(view: PrivateView) -> dict[str, Any]:
    """Who acts, and when, as every service asks."""
    return {"by": view.request.user, "now": view.now}
