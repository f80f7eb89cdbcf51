"""The audit log over HTTP: who changed what, when and from where."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import InvalidParameters
from api.fields import Code, Moment
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.venues.filters import region_called
from api.views import PrivateView
from venues.models import AuditEntry, RegionPath, Via
from venues.permissions import audit_visible_to


class AuditRow(RowSerializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(source="actor_name", help_text="as they were called then")
    via = serializers.ChoiceField(Via.choices)
    key = serializers.CharField(source="key_prefix", help_text="how the key used begins")
    address = serializers.CharField(allow_null=True, help_text="IP address")
    request_id = serializers.CharField(help_text="X-Request-ID, or the task's number")
    action = serializers.CharField(help_text="such as stop.confirm")
    subject_type = serializers.CharField(help_text="such as touring.stop")
    subject_id = serializers.CharField()
    subject = serializers.CharField(source="subject_label", help_text="as it was called then")
    region = serializers.CharField(source="region.code", allow_null=True)
    organisation = serializers.CharField(source="organisation.slug", allow_null=True)
    venue = serializers.CharField(source="venue.slug", allow_null=True)
    before = serializers.DictField(help_text="what changed, as it was")
    after = serializers.DictField(help_text="what changed, as it is")
    note = serializers.CharField()


class AuditQuery(StrictSerializer):
    actor = serializers.CharField(required=False, max_length=150)
    action = serializers.CharField(
        required=False, max_length=60, help_text="`stop.confirm`, or all that begin with `stop.`"
    )
    subject_type = serializers.CharField(required=False, max_length=60)
    subject_id = serializers.CharField(required=False, max_length=64)
    via = serializers.ChoiceField(Via.choices, required=False)
    request_id = serializers.CharField(required=False, max_length=64)
    venue = Code(required=False)
    organisation = Code(required=False)
    region = Code(required=False, help_text="code; entries of it and of all below it")
    since = Moment(required=False)
    before = Moment(required=False, help_text="the first moment left out")


_COLUMNS = {
    "actor": "actor_name",
    "venue": "venue__slug",
    "organisation": "organisation__slug",
    "since": "at__gte",
    "before": "at__lt",
}


class AuditList(PrivateView):
    resource = "audit"

    @operation(answers=AuditRow, paged=True, query=AuditQuery)
    def get(self, request: Request) -> Response:
        """What you did, and what was done at places whose log you may read; newest first."""
        asked = self.query(AuditQuery)
        found = _asked(audit_visible_to(request.user, self.today), asked)
        return self.page(AuditRow, found, ordering=("-at", "-pk"))


def _asked(found: QuerySet[AuditEntry], asked: dict[str, Any]) -> QuerySet[AuditEntry]:
    if "since" in asked and "before" in asked and asked["before"] <= asked["since"]:
        raise InvalidParameters({"before": "Must be after `since`."})
    if "region" in asked:
        region = region_called(asked.pop("region"))
        below = RegionPath.objects.filter(ancestor=region).values("descendant")
        found = found.filter(region__in=below) | found.filter(venue__region__in=below)
    if asked.get("action", "").endswith("."):
        asked["action__startswith"] = asked.pop("action")
    return found.filter(**{_COLUMNS.get(name, name): value for name, value in asked.items()})
