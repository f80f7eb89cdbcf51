"""People over HTTP: who holds which role, and everybody's own keys and notices."""

from __future__ import annotations

import orjson
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.account import bodies
from api.schema import operation
from api.views import PrivateView
from venues.models import ApiKey, Membership, Notice
from venues.permissions import may_grant, memberships_visible_to
from venues.services import keys, memberships, notices

_MEMBERSHIP_COLUMNS = {
    "person": "user__username",
    "region": "region__code",
    "organisation": "organisation__slug",
    "venue": "venue__slug",
}


class MembershipView(PrivateView):
    resource = "memberships"

    @property
    def visible(self) -> QuerySet[Membership]:
        return memberships_visible_to(self.request.user, self.today)


class MembershipList(MembershipView):
    @operation(answers=bodies.MembershipRow, paged=True, query=bodies.MembershipQuery)
    def get(self, request: Request) -> Response:
        """Your own roles, and those at places whose people you may know; ended ones too."""
        asked = self.query(bodies.MembershipQuery)
        found = self.visible
        if "valid_on" in asked:
            found = found.valid_on(asked.pop("valid_on"))
        found = found.filter(
            **{_MEMBERSHIP_COLUMNS.get(name, name): value for name, value in asked.items()}
        )
        return self.page(bodies.MembershipRow, found, ordering=("pk",))

    @operation(answers=bodies.MembershipRow, status=201, body=bodies.MembershipBody)
    def post(self, request: Request) -> HttpResponseBase:
        """Give somebody a role at or below a place where yours may give it."""
        body = self.body(bodies.MembershipBody)
        name = body.pop("person")
        person = get_user_model().objects.filter(username=name).first()
        if not may_grant(request.user, body["role"], body["place"], self.today):
            person = request.user  # refused below, whoever it was meant for: names are not told
        if person is None:
            raise ValidationError({"person": "No account signs in with this name."})
        given = memberships.grant_membership(person=person, **body, by=request.user, now=self.now)
        return self.row(
            bodies.MembershipRow,
            Membership.objects.filter(pk=given.pk),
            status=201,
            location=reverse("api-membership", args=[given.pk]),
        )


class MembershipItem(MembershipView):
    @operation(answers=bodies.MembershipRow)
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        return self.row(bodies.MembershipRow, self.visible.filter(pk=pk))


class EndMembership(MembershipView):
    @operation(status=204)
    def post(self, request: Request, pk: int) -> Response:
        """End it at once; what was held stays readable."""
        membership = get_object_or_404(self.visible, pk=pk)
        memberships.end_membership(membership_id=membership.pk, by=request.user, now=self.now)
        return Response(status=204)


class KeyView(PrivateView):
    """One's own keys. A key may look at them, but only a person makes or ends keys."""

    resource = "keys"

    @property
    def own(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(user=self.request.user)

    def refuse_keys(self) -> None:
        if self.request.auth is not None:
            raise PermissionDenied("Keys are made and revoked by a person who is signed in.")


class KeyList(KeyView):
    @operation(answers=bodies.KeyRow, paged=True)
    def get(self, request: Request) -> Response:
        return self.page(bodies.KeyRow, self.own, ordering=("-pk",))

    @operation(answers=bodies.NewKeyRow, status=201, body=bodies.KeyBody)
    def post(self, request: Request) -> HttpResponseBase:
        """Make a key for a program; `key` is shown in this answer and never again."""
        self.refuse_keys()
        made, plain = keys.issue_api_key(
            user=request.user, **self.body(bodies.KeyBody), now=self.now
        )
        response = self.row(
            bodies.NewKeyRow,
            self.own.filter(pk=made.pk),
            status=201,
            location=reverse("api-key", args=[made.pk]),
        )
        response.data["key"] = plain
        return response

    def kept(self, response: Response) -> bytes:
        """Without the secret: only its hash is stored anywhere."""
        answer = orjson.loads(response.content)
        return orjson.dumps(answer | {"key": None} if "key" in answer else answer)


class KeyItem(KeyView):
    @operation(answers=bodies.KeyRow)
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        return self.row(bodies.KeyRow, self.own.filter(pk=pk))

    @operation(status=204)
    def delete(self, request: Request, pk: int) -> Response:
        """Revoke the key at once; it stays in the list."""
        self.refuse_keys()
        key = get_object_or_404(self.own, pk=pk)
        keys.revoke_api_key(key=key, by=request.user, now=self.now)
        return Response(status=204)


class NoticeView(PrivateView):
    resource = "notices"

    @property
    def own(self) -> QuerySet[Notice]:
        return notices.inbox(self.request.user)


class NoticeList(NoticeView):
    @operation(answers=bodies.NoticeRow, paged=True, query=bodies.NoticeQuery)
    def get(self, request: Request) -> Response:
        """Your inbox, newest first."""
        asked = self.query(bodies.NoticeQuery)
        found = self.own
        if "unread" in asked:
            found = found.filter(read_at__isnull=asked["unread"])
        return self.page(bodies.NoticeRow, found, ordering=("-created_at", "-pk"))


class NoticeItem(NoticeView):
    @operation(answers=bodies.NoticeRow)
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        return self.row(bodies.NoticeRow, self.own.filter(pk=pk))


class ReadNotice(NoticeView):
    @operation(answers=bodies.NoticeRow)
    def post(self, request: Request, pk: int) -> HttpResponseBase:
        """Mark it as read; again changes nothing."""
        notices.mark_read(person=request.user, notice_id=pk, now=self.now)
        return self.row(bodies.NoticeRow, self.own.filter(pk=pk))


class ReadNotices(NoticeView):
    @operation(answers=bodies.ReadRow)
    def post(self, request: Request) -> Response:
        """Mark everything as read."""
        return Response({"read": notices.mark_read(person=request.user, now=self.now)})


class NoticeChoice(NoticeView):
    @operation(answers=bodies.ChoiceRow)
    def get(self, request: Request) -> Response:
        """How you want to be told: mail at once, a daily digest, or never; in which language."""
        chosen = notices.preference_of(request.user)
        return Response({"mail": chosen.mail, "language": chosen.language})

    @operation(answers=bodies.ChoiceRow, body=bodies.ChoiceBody)
    def patch(self, request: Request) -> Response:
        chosen = notices.choose_notices(
            person=request.user, **self.body(bodies.ChoiceBody, partial=True)
        )
        return Response({"mail": chosen.mail, "language": chosen.language})
