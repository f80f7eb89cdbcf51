"""What belongs to a unit on its way, over HTTP: crates, papers for abroad, moves, breakdowns."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Day
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.touring import bodies
from api.touring.serializers import MoveRow
from api.touring.vehicles import given
from api.views import PrivateView
from touring.models import Crate, CustomsDocument, Move, Unit
from touring.permissions import units_kept_by, units_sent_by
from touring.services import proposals, transport


class CrateRow(RowSerializer):
    number = serializers.CharField()
    length_cm = serializers.IntegerField(allow_null=True)
    width_cm = serializers.IntegerField(allow_null=True)
    height_cm = serializers.IntegerField(allow_null=True)
    weight_kg = serializers.FloatField(allow_null=True)
    contents = serializers.CharField()
    handling = serializers.CharField()


def _centimetres() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=3000, allow_null=True, default=None)


class CrateBody(StrictSerializer):
    number = serializers.CharField(max_length=20)
    length_cm = _centimetres()
    width_cm = _centimetres()
    height_cm = _centimetres()
    weight_kg = serializers.FloatField(
        min_value=0, max_value=100_000, allow_null=True, default=None
    )
    contents = serializers.CharField(max_length=500, allow_blank=True, default="")
    handling = serializers.CharField(max_length=300, allow_blank=True, default="")


class CratesBody(StrictSerializer):
    crates = CrateBody(many=True, max_length=1000)


class CratesRow(serializers.Serializer):
    crates = CrateRow(many=True)


class CustomsRow(RowSerializer):
    id = serializers.IntegerField()
    country = serializers.CharField()
    kind = serializers.CharField()
    number = serializers.CharField()
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="first day they no longer cover")


class CustomsBody(StrictSerializer):
    country = serializers.RegexField("^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2")
    kind = serializers.CharField(max_length=40, default="ATA carnet")
    number = serializers.CharField(max_length=80, allow_blank=True, default="")
    first_date = Day()
    end_date = Day(help_text="first day they no longer cover")


class BreakdownBody(StrictSerializer):
    first_date = Day()
    end_date = Day(help_text="first day it works again")
    reason = serializers.CharField(max_length=200)


class ProposedRow(serializers.Serializer):
    replan_runs = serializers.ListField(
        child=serializers.IntegerField(), help_text="runs that look for the smallest change"
    )


class KeptUnitView(PrivateView):
    resource = "units"

    def unit(self, code: str) -> Unit:
        kept = units_kept_by(self.request.user, self.today)
        return get_object_or_404(kept.select_related("home__region"), code=code)


class CrateList(KeptUnitView):
    @operation(answers=CratesRow)
    def get(self, request: Request, code: str) -> Response:
        return self._crates(self.unit(code))

    @operation(answers=CratesRow, body=CratesBody)
    def put(self, request: Request, code: str) -> Response:
        """Replace the unit's list of crates."""
        unit = self.unit(code)
        transport.set_crates(unit=unit, **self.body(CratesBody), **given(self))
        return self._crates(unit)

    def _crates(self, unit: Unit) -> Response:
        rows = Crate.objects.filter(unit=unit).order_by("number")
        found = rows.values_list(*CrateRow.columns().values())
        return Response({"crates": CrateRow.read(found, now=self.now)})


class CustomsList(KeptUnitView):
    @operation(answers=CustomsRow, paged=True)
    def get(self, request: Request, code: str) -> Response:
        """Under which papers the unit may stay where, and until when."""
        papers = CustomsDocument.objects.filter(unit=self.unit(code))
        return self.page(CustomsRow, papers, ordering=("country", "first_date", "pk"))

    @operation(answers=CustomsRow, status=201, body=CustomsBody)
    def post(self, request: Request, code: str) -> Response:
        body: dict[str, Any] = self.body(CustomsBody)
        made = transport.record_customs(unit=self.unit(code), **body, **given(self))
        return self.row(CustomsRow, CustomsDocument.objects.filter(pk=made.pk), status=201)


class BreakdownList(KeptUnitView):
    @operation(answers=ProposedRow, status=201, body=BreakdownBody)
    def post(self, request: Request, code: str) -> Response:
        """Say that the unit cannot work on some days; its stops stay until somebody replans."""
        body = self.body(BreakdownBody)
        runs = proposals.report_breakdown(unit=self.unit(code), **body, **given(self))
        return Response({"replan_runs": runs}, status=201)


class MoveList(PrivateView):
    resource = "units"

    @operation(answers=MoveRow, paged=True)
    def get(self, request: Request, code: str) -> Response:
        """Where the unit has been taken, the latest first."""
        sent = units_sent_by(request.user, self.today)
        moves = Move.objects.filter(unit=get_object_or_404(sent, code=code))
        return self.page(MoveRow, moves, ordering=("-departs_at", "-pk"))

    @operation(answers=MoveRow, status=201, body=bodies.MoveBody)
    def post(self, request: Request, code: str) -> Response:
        """Record a move of the unit."""
        unit = get_object_or_404(Unit.objects.select_related("home__region"), code=code)
        made = transport.record_move(unit=unit, **self.body(bodies.MoveBody), **given(self))
        return self.row(MoveRow, Move.objects.filter(pk=made.pk), status=201)
