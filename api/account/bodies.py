"""What the interface takes and shows about people: roles, keys and notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.fields import Code, Day, Few
from api.serializers import RowSerializer, StrictSerializer
from venues.models import MailTime, Organisation, Region, Role, Venue
from venues.services.keys import MAX_DAYS
from venues.services.notices import LANGUAGES

_PLACES = ("region", "organisation", "venue")


class MembershipRow(RowSerializer):
    id = serializers.IntegerField()
    person = serializers.CharField(source="user.username")
    role = serializers.ChoiceField(Role.choices)
    region = serializers.CharField(source="region.code", allow_null=True)
    organisation = serializers.CharField(source="organisation.slug", allow_null=True)
    venue = serializers.CharField(source="venue.slug", allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True, help_text="first day it is not held")


class MembershipQuery(StrictSerializer):
    person = serializers.CharField(required=False, max_length=150)
    role = serializers.ChoiceField(Role.choices, required=False)
    region = Code(required=False)
    organisation = Code(required=False)
    venue = Code(required=False)
    valid_on = Day(required=False)


class MembershipBody(StrictSerializer):
    """Who is to hold which role where; exactly one of region, organisation and venue."""

    person = serializers.CharField(max_length=150, help_text="the name they sign in with")
    role = serializers.ChoiceField(Role.choices)
    region = serializers.SlugRelatedField(
        slug_field="code", queryset=Region.objects.all(), required=False
    )
    organisation = serializers.SlugRelatedField(
        slug_field="slug", queryset=Organisation.objects.all(), required=False
    )
    venue = serializers.SlugRelatedField(
        slug_field="slug", queryset=Venue.objects.all(), required=False
    )
    valid_from = Day(allow_null=True, default=None)
    valid_to = Day(allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [attrs.pop(name) for name in _PLACES if name in attrs]
        if len(given) != 1:
            raise serializers.ValidationError(f"Give exactly one of {', '.join(_PLACES)}.")
        return {**attrs, "place": given[0]}


class KeyRow(RowSerializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="how the key begins")
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="exact to a minute")


class NewKeyRow(KeyRow):
    key = serializers.CharField(allow_null=True, help_text="shown this once; only a hash is kept")

    class Meta:
        added = ("key",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        for row in rows:
            row["key"] = None


class KeyBody(StrictSerializer):
    name = serializers.CharField(max_length=100)
    scopes = Few(child=serializers.CharField(max_length=40), min_length=1, max_length=20)
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=365)


class NoticeRow(RowSerializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    body_zh = serializers.CharField()
    body_en = serializers.CharField()
    path = serializers.CharField(help_text="where the next step is taken")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticeQuery(StrictSerializer):
    unread = serializers.BooleanField(required=False)


class ReadRow(serializers.Serializer):
    read = serializers.IntegerField(help_text="how many were unread")


class ChoiceRow(serializers.Serializer):
    mail = serializers.ChoiceField(MailTime.choices)
    language = serializers.ChoiceField(LANGUAGES)


class ChoiceBody(StrictSerializer):
    mail = serializers.ChoiceField(MailTime.choices, required=False)
    language = serializers.ChoiceField(LANGUAGES, required=False)
