"""Pairings over HTTP: who promised what to whom, and what came of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Code, Day, Few
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.touring.bodies import all_of, named
from api.views import PrivateView
from touring.models import Pairing, Unit
from touring.permissions import pairings_visible_to
from touring.services import pairings
from venues.models import Organisation, Region


class PairingRow(RowSerializer):
    code = serializers.CharField()
    donor = serializers.CharField(source="donor.slug")
    recipient = serializers.CharField(source="recipient.code")
    theme_zh = serializers.CharField()
    theme_en = serializers.CharField()
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="first day it no longer lasts")
    yearly_stops = serializers.IntegerField(help_text="promised, at least")
    created_at = serializers.DateTimeField()


class PairingYearRow(serializers.Serializer):
    """In stops; a stop counts in the year it opens."""

    year = serializers.IntegerField()
    promised = serializers.IntegerField()
    planned = serializers.IntegerField(help_text="with what is delivered")
    delivered = serializers.IntegerField()
    is_broken = serializers.BooleanField(help_text="less is planned than was promised")


class PairingDetail(PairingRow):
    years = PairingYearRow(many=True)

    class Meta:
        added = ("years",)


class PairingBody(StrictSerializer):
    code = serializers.SlugField(max_length=40, allow_unicode=True, help_text="part of its address")
    donor = named(Organisation)
    recipient = named(Region, "code")
    theme_zh = serializers.CharField(max_length=200, allow_blank=True, default="")
    theme_en = serializers.CharField(max_length=200, allow_blank=True, default="")
    first_date = Day()
    end_date = Day(help_text="first day it no longer lasts")
    yearly_stops = serializers.IntegerField(min_value=0, max_value=10_000)
    units = Few(child=Code(), max_length=200, default=list, help_text="none: any unit will do")

    def validate_units(self, codes: list[str]) -> list[Unit]:
        return all_of(Unit, "code", codes)


class EndBody(StrictSerializer):
    end_date = Day(help_text="first day it no longer lasts")


class PairingView(PrivateView):
    resource = "pairings"

    @property
    def visible(self) -> QuerySet[Pairing]:
        return pairings_visible_to(self.request.user, self.today)

    def detail(self, pairing: Pairing, *, status: int = 200) -> Response:
        row = PairingRow.one(Pairing.objects.filter(pk=pairing.pk), now=self.now) or {}
        response = Response({**row, "years": _years(pairing)}, status=status)
        if status == 201:
            response.headers["Location"] = reverse("api-pairing", args=[pairing.code])
        return response


class PairingList(PairingView):
    @operation(answers=PairingRow, paged=True)
    def get(self, request: Request) -> Response:
        """Pairings with regions you oversee, and those of donors you act for."""
        return self.page(PairingRow, self.visible, ordering=("code",))

    @operation(answers=PairingDetail, status=201, body=PairingBody)
    def post(self, request: Request) -> Response:
        """Record what a donor promises a region."""
        body = self.body(PairingBody)
        return self.detail(pairings.open_pairing(**body, by=request.user, now=self.now), status=201)


class PairingItem(PairingView):
    @operation(answers=PairingDetail)
    def get(self, request: Request, code: str) -> Response:
        """One pairing with its report: promised, planned and delivered, year by year."""
        return self.detail(get_object_or_404(self.visible, code=code))


class EndPairing(PairingView):
    @operation(answers=PairingDetail, body=EndBody)
    def post(self, request: Request, code: str) -> Response:
        """Let it end earlier than agreed; from that day its donor sees no stops."""
        pairing, body = get_object_or_404(self.visible, code=code), self.body(EndBody)
        return self.detail(
            pairings.end_pairing(pairing_id=pairing.pk, **body, by=request.user, now=self.now)
        )


def _years(pairing: Pairing) -> list[dict[str, Any]]:
    return [
        {
            **{name: value for name, value in asdict(one).items() if name != "pairing"},
            "is_broken": one.is_broken,
        }
        for one in pairings.pairing_report([pairing])
    ]
