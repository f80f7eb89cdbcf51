"""The questions one may ask of regions, organisations and venues."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers

from api.errors import InvalidParameters
from api.fields import Bbox, Code
from api.serializers import StrictSerializer
from venues.models import JobKind, JobState, OrganisationKind, Region, RegionLevel, VenueKind
from venues.models import VenueStatus as Status


class RegionQuery(StrictSerializer):
    under = Code(required=False, help_text="code; this region and everything below it")
    parent = Code(required=False)
    level = serializers.ChoiceField(RegionLevel.choices, required=False)
    country = serializers.CharField(required=False, max_length=2)
    tag = Code(required=False)
    valid_on = serializers.DateField(required=False, help_text="without it: valid today")
    q = serializers.CharField(required=False, max_length=100)


class OrganisationQuery(StrictSerializer):
    region = Code(required=False, help_text="code; this region and everything below it")
    kind = serializers.ChoiceField(OrganisationKind.choices, required=False)
    q = serializers.CharField(required=False, max_length=100)


class VenueQuery(StrictSerializer):
    region = Code(required=False, help_text="code; this region and everything below it")
    organisation = Code(required=False)
    kind = serializers.ChoiceField(VenueKind.choices, required=False)
    status = serializers.ChoiceField(Status.choices, required=False)
    bbox = Bbox(required=False)
    min_area_m2 = serializers.FloatField(required=False, min_value=0, max_value=1e9)
    q = serializers.CharField(required=False, max_length=100)


class JobQuery(StrictSerializer):
    state = serializers.ChoiceField(JobState.choices, required=False)
    kind = serializers.ChoiceField(JobKind.choices, required=False)


def region_called(code: str, parameter: str = "region") -> Region:
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise InvalidParameters({parameter: f"No region has the code {code!r}; see /regions/."})
    return region


def named_like(queryset: QuerySet, text: str) -> QuerySet:
    return queryset.filter(Q(name_zh__icontains=text) | Q(name_en__icontains=text))


def inside(queryset: QuerySet, bbox: tuple[float, ...]) -> QuerySet:
    """Rows with coordinates in ``(west, south, east, north)``, across 180° if west > east."""
    west, south, east, north = bbox
    between = (
        Q(lon__gte=west) & Q(lon__lte=east) if west <= east else Q(lon__gte=west) | Q(lon__lte=east)
    )
    return queryset.filter(between, lat__gte=south, lat__lte=north)


def regions_asked(queryset: QuerySet, asked: dict[str, Any], *, today: date) -> QuerySet:
    queryset = queryset.valid_on(asked.get("valid_on", today))
    if "under" in asked:
        queryset = queryset.under(region_called(asked["under"], "under"))
    if "tag" in asked:
        queryset = queryset.filter(tags__code=asked["tag"])
    if "q" in asked:
        queryset = named_like(queryset, asked["q"])
    return _equal(queryset, asked, level="level", country="country", parent="parent__code")


def organisations_asked(queryset: QuerySet, asked: dict[str, Any]) -> QuerySet:
    if "region" in asked:
        region = region_called(asked["region"])
        queryset = queryset.filter(region__ancestor_paths__ancestor=region)
    if "q" in asked:
        queryset = named_like(queryset, asked["q"])
    return _equal(queryset, asked, kind="kind")


def venues_asked(queryset: QuerySet, asked: dict[str, Any]) -> QuerySet:
    if "region" in asked:
        queryset = queryset.in_region(region_called(asked["region"]))
    if "bbox" in asked:
        queryset = inside(queryset, asked["bbox"])
    if "min_area_m2" in asked:
        queryset = queryset.filter(area_m2__gte=asked["min_area_m2"])
    if "q" in asked:
        queryset = named_like(queryset, asked["q"])
    return _equal(queryset, asked, kind="kind", status="status", organisation="organisation__slug")


def _equal(queryset: QuerySet, asked: dict[str, Any], **columns: str) -> QuerySet:
    return queryset.filter(
        **{column: asked[name] for name, column in columns.items() if name in asked}
    )
