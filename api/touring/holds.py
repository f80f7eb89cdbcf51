"""Holds over HTTP: for those on either side of the line, never for the public."""

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
from api.touring.serializers import HoldRow, StopDetail
from api.touring.views import renamed
from api.views import PrivateView
from touring.models import Hold, Stop
from touring.permissions import holds_visible_to
from touring.services import holds


class HoldView(PrivateView):
    resource = "holds"

    @property
    def visible(self) -> QuerySet[Hold]:
        return holds_visible_to(self.request.user, self.today)

    def looked_at(self, uid: str) -> dict[str, Any]:
        """The hold and the version the caller saw, as the services ask for them."""
        hold = get_object_or_404(self.visible, uid=uid)
        seen = seen_version(self.request, current=hold.version)
        return {"hold_id": hold.pk, "seen_version": seen, "by": self.request.user, "now": self.now}

    def answer(self, hold: Hold, *, status: int = 200) -> Response:
        return self.row(
            HoldRow,
            Hold.objects.filter(pk=hold.pk),
            status=status,
            version="version",
            location=reverse("api-hold", args=[hold.uid]) if status == 201 else None,
        )


class HoldList(HoldView):
    @operation(answers=HoldRow, paged=True, query=bodies.HoldQuery)
    def get(self, request: Request) -> Response:
        """Who stands in line for your units and places, and where you stand in line."""
        asked = renamed(self.query(bodies.HoldQuery), unit="unit__code", venue="venue__slug")
        return self.page(HoldRow, self.visible.filter(**asked), ordering=("arrives_on", "pk"))

    @operation(answers=HoldRow, status=201, body=bodies.HoldBody)
    def post(self, request: Request) -> Response:
        """Stand in line; 409 `already_held` where only the first place was wanted."""
        hold = holds.place_hold(**self.body(bodies.HoldBody), by=request.user, now=self.now)
        return self.answer(hold, status=201)


class HoldItem(HoldView):
    @operation(answers=HoldRow)
    def get(self, request: Request, uid: str) -> Response:
        return self.row(HoldRow, self.visible.filter(uid=uid), version="version")


class ReleaseHold(HoldView):
    @operation(answers=HoldRow, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Leave the line; those behind move up."""
        return self.answer(holds.release_hold(**self.looked_at(uid)))


class ChallengeHold(HoldView):
    @operation(answers=HoldRow, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Ask all before this hold to confirm or leave within two working days."""
        return self.answer(holds.challenge_hold(**self.looked_at(uid)))


class ConfirmHold(HoldView):
    @operation(answers=StopDetail, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Take what is held: answers with the stop; overlapping holds end."""
        stop = holds.confirm_hold(**self.looked_at(uid))
        return self.row(StopDetail, Stop.objects.filter(pk=stop.pk), version="version")
