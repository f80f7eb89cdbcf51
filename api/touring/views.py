"""Exhibitions, units, seasons and tour requests over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.preconditions import seen_version
from api.schema import operation
from api.touring import bodies
from api.touring.serializers import ExhibitionRow, NeedIndexRow, SeasonRow, TourRequestRow, UnitRow
from api.venues.filters import region_called
from api.views import PrivateView, ResourceView
from touring.assembly import needs_of, weights_of
from touring.models import Exhibition, Season, TourRequest, Unit
from touring.permissions import requests_visible_to
from touring.services import requests, seasons


class ExhibitionList(ResourceView):
    resource = "exhibitions"

    @operation(answers=ExhibitionRow, paged=True, query=bodies.ExhibitionQuery)
    def get(self, request: Request) -> Response:
        words = self.query(bodies.ExhibitionQuery).get("q", "")
        found = Exhibition.objects.filter(
            Q(title_zh__icontains=words) | Q(title_en__icontains=words)
        )
        return self.page(ExhibitionRow, found, ordering=("slug",))


class ExhibitionItem(ResourceView):
    resource = "exhibitions"

    @operation(answers=ExhibitionRow)
    def get(self, request: Request, slug: str) -> Response:
        return self.row(
            ExhibitionRow, Exhibition.objects.filter(slug=slug), former=("exhibition", slug)
        )


class UnitList(ResourceView):
    resource = "units"

    @operation(answers=UnitRow, paged=True, query=bodies.UnitQuery)
    def get(self, request: Request) -> Response:
        asked = renamed(self.query(bodies.UnitQuery), exhibition="exhibition__slug")
        return self.page(UnitRow, Unit.objects.filter(**asked), ordering=("code",))


class UnitItem(ResourceView):
    resource = "units"

    @operation(answers=UnitRow)
    def get(self, request: Request, code: str) -> Response:
        return self.row(UnitRow, Unit.objects.filter(code=code), former=("unit", code))


class SeasonList(ResourceView):
    resource = "seasons"

    @operation(answers=SeasonRow, paged=True, query=bodies.SeasonQuery)
    def get(self, request: Request) -> Response:
        asked = self.query(bodies.SeasonQuery)
        found = Season.objects.all()
        if "region" in asked:
            region = region_called(asked["region"])
            found = found.filter(region__ancestor_paths__ancestor=region)
        return self.page(SeasonRow, found, ordering=("-first_date", "slug"))

    @operation(answers=SeasonRow, status=201, body=bodies.SeasonBody)
    def post(self, request: Request) -> Response:
        season = seasons.open_season(**self.body(bodies.SeasonBody), by=request.user, now=self.now)
        return self.row(
            SeasonRow,
            Season.objects.filter(pk=season.pk),
            status=201,
            location=reverse("api-season", args=[season.slug]),
        )


class SeasonItem(ResourceView):
    resource = "seasons"

    @operation(answers=SeasonRow)
    def get(self, request: Request, slug: str) -> Response:
        return self.row(SeasonRow, Season.objects.filter(slug=slug))


class NeedIndex(ResourceView):
    resource = "seasons"

    @operation(answers=NeedIndexRow)
    def get(self, request: Request, slug: str) -> Response:
        """How much each county of the season needs a visit, with the parts of the figure."""
        season = get_object_or_404(Season.objects.select_related("region"), slug=slug)
        return Response(
            {
                "season": season.slug,
                "weights": weights_of(season),
                "counties": [asdict(one) for one in needs_of(season)],
            }
        )


class TourRequestView(PrivateView):
    """What concerns requests that the caller may see."""

    resource = "tour-requests"

    @property
    def visible(self) -> QuerySet[TourRequest]:
        return requests_visible_to(self.request.user, self.today)

    def looked_at(self, code: str) -> dict[str, Any]:
        """The request and the version the caller saw, as the services ask for them."""
        wanted = get_object_or_404(self.visible, code=code)
        seen = seen_version(self.request, current=wanted.version)
        return {
            "request_id": wanted.pk,
            "seen_version": seen,
            "by": self.request.user,
            "now": self.now,
        }

    def answer(self, wanted: TourRequest, *, status: int = 200) -> Response:
        return self.row(
            TourRequestRow,
            TourRequest.objects.filter(pk=wanted.pk),
            status=status,
            version="version",
            location=reverse("api-tour-request", args=[wanted.code]) if status == 201 else None,
        )


class TourRequestList(TourRequestView):
    @operation(answers=TourRequestRow, paged=True, query=bodies.TourRequestQuery)
    def get(self, request: Request) -> Response:
        """Requests of your venues and of the seasons you plan."""
        asked = renamed(
            self.query(bodies.TourRequestQuery), season="season__slug", venue="venue__slug"
        )
        return self.page(TourRequestRow, self.visible.filter(**asked), ordering=("code",))

    @operation(answers=TourRequestRow, status=201, body=bodies.TourRequestBody)
    def post(self, request: Request) -> Response:
        """Hand in a request for a venue of yours."""
        body = self.body(bodies.TourRequestBody)
        season = body.pop("season")
        wanted = requests.submit_request(
            season=season,
            wish=bodies.wish_from(body),
            call=body.get("call"),
            as_draft=body["draft"],
            by=request.user,
            now=self.now,
        )
        return self.answer(wanted, status=201)


class TourRequestItem(TourRequestView):
    @operation(answers=TourRequestRow)
    def get(self, request: Request, code: str) -> Response:
        return self.row(TourRequestRow, self.visible.filter(code=code), version="version")

    @operation(answers=TourRequestRow, body=bodies.WishBody, if_match=True, refuses=(409,))
    def put(self, request: Request, code: str) -> Response:
        """Ask for something else; an accepted request has to be accepted anew."""
        looked_at = self.looked_at(code)
        wish = bodies.wish_from(self.body(bodies.WishBody))
        return self.answer(requests.change_request(wish=wish, **looked_at))


class AcceptTourRequest(TourRequestView):
    @operation(answers=TourRequestRow, body=bodies.AcceptBody, if_match=True)
    def post(self, request: Request, code: str) -> Response:
        looked_at = self.looked_at(code)
        return self.answer(requests.accept_request(**self.body(bodies.AcceptBody), **looked_at))


class RejectTourRequest(TourRequestView):
    @operation(answers=TourRequestRow, body=bodies.ReasonBody, if_match=True)
    def post(self, request: Request, code: str) -> Response:
        looked_at = self.looked_at(code)
        return self.answer(requests.reject_request(**self.body(bodies.ReasonBody), **looked_at))


class WithdrawTourRequest(TourRequestView):
    @operation(answers=TourRequestRow, if_match=True)
    def post(self, request: Request, code: str) -> Response:
        return self.answer(requests.withdraw_request(**self.looked_at(code)))


def renamed(asked: dict[str, Any], **columns: str) -> dict[str, Any]:
    """What was asked, by ORM path."""
    return {columns.get(name, name): value for name, value in asked.items()}
