"""Who is invited to an event by mail, and what they answered."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.views import PrivateView
from events.itip.party import Attendee
from events.models import Event
from events.permissions import edited_by
from events.queries import answers_for
from events.services import guests
from events.services.invitations import MOST_ATTENDEES


class InvitationRow(RowSerializer):
    address = serializers.CharField()
    name = serializers.CharField()
    answer = serializers.CharField(help_text="NEEDS-ACTION, ACCEPTED, DECLINED or TENTATIVE")
    answered_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField(help_text="plain text of the invitee")
    sequence = serializers.IntegerField()


class AttendeeBody(StrictSerializer):
    address = serializers.CharField(max_length=254)
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(["zh", "en"], default="zh")


class InvitationBody(StrictSerializer):
    attendees = AttendeeBody(many=True, max_length=MOST_ATTENDEES)


class EventInvitationList(PrivateView):
    resource = "events"

    @operation(answers=InvitationRow, paged=True)
    def get(self, request: Request, uid: str) -> Response:
        """The standing invitations; those who edit the event see them."""
        return self._list(self._event(uid))

    @operation(answers=InvitationRow, paged=True, body=InvitationBody)
    def post(self, request: Request, uid: str) -> Response:
        """Invite these people too; each gets one mail, and later one for what changes."""
        return self._invite(uid, keep_others=True)

    @operation(answers=InvitationRow, paged=True, body=InvitationBody, refuses=(409,))
    def put(self, request: Request, uid: str) -> Response:
        """Invite exactly these people; the others are told that they are no longer invited."""
        return self._invite(uid, keep_others=False)

    def _invite(self, uid: str, *, keep_others: bool) -> Response:
        event = self._event(uid)
        asked: dict[str, Any] = self.body(InvitationBody)
        guests.invite_guests(
            event=event,
            attendees=[Attendee(**each) for each in asked["attendees"]],
            keep_others=keep_others,
            by=self.request.user,
            now=self.now,
        )
        return self._list(event)

    def _event(self, uid: str) -> Event:
        mine = edited_by(self.request.user, self.today)
        return get_object_or_404(mine.select_related("venue", "source__venue"), public_uid=uid)

    def _list(self, event: Event) -> Response:
        rows = answers_for(guests.key_of(event))
        return self.page(InvitationRow, rows, ordering=("address", "pk"))
