"""Stops over HTTP: read by everybody once contracted, written by planners."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.preconditions import seen_version
from api.schema import operation
from api.touring import bodies
from api.touring.serializers import StopDetail, StopRow
from api.touring.views import renamed
from api.venues.spaces import space_of
from api.views import PrivateView, ResourceView
from touring.models import Stop
from touring.permissions import stops_visible_to
from touring.services import stops


class StopView(ResourceView):
    resource = "stops"

    @property
    def visible(self) -> QuerySet[Stop]:
        """Stops of which the caller may know everything."""
        return stops_visible_to(self.request.user, self.today)

    def asked(self, found: QuerySet[Stop]) -> QuerySet[Stop]:
        asked = self.query(bodies.StopQuery)
        return found.filter(
            **renamed(
                asked,
                unit="unit__code",
                venue="venue__slug",
                exhibition="unit__exhibition__slug",
                first="closes_on__gt",
                end="opens_on__lt",
            )
        )

    def looked_at(self, uid: str) -> dict[str, Any]:
        """The stop and the version the caller saw, as the services ask for them."""
        stop = get_object_or_404(self.visible, uid=uid)
        seen = seen_version(self.request, current=stop.version)
        return {"stop_id": stop.pk, "seen_version": seen, "by": self.request.user, "now": self.now}

    def answer(self, stop: Stop, *, status: int = 200) -> Response:
        return self.row(
            StopDetail,
            Stop.objects.filter(pk=stop.pk),
            status=status,
            version="version",
            location=reverse("api-stop", args=[stop.uid]) if status == 201 else None,
        )


class StopList(StopView):
    @operation(answers=StopRow, paged=True, query=bodies.StopQuery)
    def get(self, request: Request) -> Response:
        """The contracted stops; days are those on which they are open to the public."""
        found = self.asked(Stop.objects.shown_to_all())
        return self.page(StopRow, found, ordering=("opens_on", "pk"))

    @operation(answers=StopDetail, status=201, body=bodies.NewStopBody)
    def post(self, request: Request) -> Response:
        """Promise a unit to a venue by hand; 409 `already_taken` when somebody holds it."""
        stop = stops.place_stop(**self.body(bodies.NewStopBody), by=request.user, now=self.now)
        return self.answer(stop, status=201)


class MyStopList(StopView, PrivateView):
    @operation(answers=StopDetail, paged=True, query=bodies.StopQuery)
    def get(self, request: Request) -> Response:
        """All stops at the venues where you have a role, with set-up, moves and reasons."""
        return self.page(StopDetail, self.asked(self.visible), ordering=("arrives_on", "pk"))


class StopItem(StopView):
    @operation(answers=StopDetail)
    def get(self, request: Request, uid: str) -> Response:
        mine = self.visible.filter(uid=uid)
        if request.user.is_authenticated and StopDetail.one(mine, now=self.now) is not None:
            return self.row(StopDetail, mine, version="version")
        return self.row(StopRow, Stop.objects.shown_to_all().filter(uid=uid), version="version")

    @operation(answers=StopDetail, body=bodies.MoveStopBody, if_match=True, refuses=(409,))
    def patch(self, request: Request, uid: str) -> Response:
        """Give it another unit, space or other days; it keeps its identity in all calendars."""
        looked_at = self.looked_at(uid)
        body = self.body(bodies.MoveStopBody, partial=True)
        if "space" in body:
            stop = self.visible.select_related("venue").get(uid=uid)
            body["space"] = space_of(stop.venue, body["space"])
        return self.answer(stops.move_stop(**body, **looked_at))


class ContractStop(StopView):
    @operation(answers=StopDetail, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Record the signed agreement: from now on the public sees the run."""
        return self.answer(stops.contract_stop(**self.looked_at(uid)))


class CancelStop(StopView):
    @operation(answers=StopDetail, body=bodies.ReasonBody, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Free unit and place; what was public stays in calendars as cancelled."""
        looked_at = self.looked_at(uid)
        return self.answer(stops.cancel_stop(**self.body(bodies.ReasonBody), **looked_at))
