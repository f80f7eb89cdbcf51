"""Regions, organisations, venues and jobs as the interface shows and takes them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.serializers import RowSerializer
from venues.models import JobKind, JobState, OrganisationKind, Region, RegionLevel, VenueKind
from venues.models import VenueStatus as Status


class RegionRow(RowSerializer):
    code = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2")
    level = serializers.ChoiceField(RegionLevel.choices)
    kind = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    parent = serializers.CharField(source="parent.code", allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True, help_text="first day it is not valid")
    replaced_by = serializers.CharField(source="replaced_by.code", allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())

    class Meta:
        added = ("tags",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        tags = defaultdict(list)
        through = Region.tags.through.objects.filter(region__code__in=[row["code"] for row in rows])
        for code, tag in through.order_by("regiontag__code").values_list(
            "region__code", "regiontag__code"
        ):
            tags[code].append(tag)
        for row in rows:
            row["tags"] = tags[row["code"]]


class OrganisationRow(RowSerializer):
    slug = serializers.CharField()
    kind = serializers.ChoiceField(OrganisationKind.choices)
    level = serializers.ChoiceField(RegionLevel.choices, allow_null=True)
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    short_name = serializers.CharField()
    region = serializers.CharField(source="region.code")
    parent_admin = serializers.CharField(source="parent_admin.slug", allow_null=True)
    parent_guidance = serializers.CharField(source="parent_guidance.slug", allow_null=True)
    website = serializers.CharField()
    is_active = serializers.BooleanField()
    changed_at = serializers.DateTimeField()


class VenueRow(RowSerializer):
    slug = serializers.CharField()
    kind = serializers.ChoiceField(VenueKind.choices)
    status = serializers.ChoiceField(Status.choices)
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    region = serializers.CharField(source="region.code")
    organisation = serializers.CharField(source="organisation.slug", allow_null=True)
    address_zh = serializers.CharField()
    address_en = serializers.CharField()
    lat = serializers.FloatField(allow_null=True, help_text="WGS 84 degrees")
    lon = serializers.FloatField(allow_null=True, help_text="WGS 84 degrees")
    timezone = serializers.CharField(help_text="IANA id")
    website = serializers.CharField()
    area_m2 = serializers.FloatField(allow_null=True)
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class VenueDetail(VenueRow):
    """All that a visiting exhibition asks about; contact e-mails stay inside."""

    opened_on = serializers.DateField(allow_null=True)
    meets_standard = serializers.BooleanField()
    coordinates_source = serializers.CharField()
    phone = serializers.CharField()
    clear_height_m = serializers.FloatField(allow_null=True)
    floor = serializers.IntegerField(allow_null=True)
    floor_load_kg_m2 = serializers.FloatField(allow_null=True)
    power_kw = serializers.FloatField(allow_null=True)
    three_phase = serializers.BooleanField()
    door_width_m = serializers.FloatField(allow_null=True)
    door_height_m = serializers.FloatField(allow_null=True)
    lift_load_kg = serializers.FloatField(allow_null=True)
    truck_length_m = serializers.FloatField(allow_null=True)
    crate_store_m2 = serializers.FloatField(allow_null=True)
    climate_class = serializers.IntegerField()
    security_rating = serializers.IntegerField()
    has_hvac = serializers.BooleanField()
    has_network = serializers.BooleanField()
    is_accessible = serializers.BooleanField()
    capacity_at_once = serializers.IntegerField(allow_null=True)
    capacity_per_day = serializers.IntegerField(allow_null=True)


class SpaceRow(RowSerializer):
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    area_m2 = serializers.FloatField(allow_null=True)
    clear_height_m = serializers.FloatField(allow_null=True)
    capacity = serializers.IntegerField(allow_null=True)


class ClosureRow(RowSerializer):
    id = serializers.IntegerField()
    space = serializers.CharField(source="space.code", allow_null=True, help_text="none: all")
    first_date = serializers.DateField()
    end_date = serializers.DateField(help_text="first day open again")
    reason_zh = serializers.CharField()
    reason_en = serializers.CharField()


class JobRow(RowSerializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(JobKind.choices)
    subject = serializers.CharField()
    state = serializers.ChoiceField(JobState.choices)
    progress = serializers.JSONField()
    result = serializers.JSONField()
    error = serializers.CharField()
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    cancel_requested_at = serializers.DateTimeField(allow_null=True)
