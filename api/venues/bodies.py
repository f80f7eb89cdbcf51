"""What the interface takes about venues."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import Code, Day
from api.serializers import StrictSerializer
from venues.models import CoordinatesSource, Organisation, Region, VenueKind
from venues.models import VenueStatus as Status
from venues.spans import DaySpan


def _figure(**options: Any) -> serializers.FloatField:
    return serializers.FloatField(
        min_value=0, max_value=1e9, allow_null=True, required=False, **options
    )


class VenueBody(StrictSerializer):
    """The facts people state about a venue; version and geocoding follow from them."""

    slug = serializers.SlugField(max_length=80)
    kind = serializers.ChoiceField(VenueKind.choices)
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, allow_blank=True, required=False)
    region = serializers.SlugRelatedField(slug_field="code", queryset=Region.objects.all())
    organisation = serializers.SlugRelatedField(
        slug_field="slug", queryset=Organisation.objects.all(), allow_null=True, required=False
    )
    status = serializers.ChoiceField(Status.choices, required=False)
    opened_on = Day(allow_null=True, required=False)
    meets_standard = serializers.BooleanField(required=False)
    address_zh = serializers.CharField(max_length=300, allow_blank=True, required=False)
    address_en = serializers.CharField(max_length=300, allow_blank=True, required=False)
    lat = serializers.FloatField(min_value=-90, max_value=90, allow_null=True, required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, allow_null=True, required=False)
    coordinates_source = serializers.ChoiceField(
        CoordinatesSource.choices, allow_blank=True, required=False
    )
    timezone = serializers.CharField(max_length=60, required=False, help_text="IANA id")
    phone = serializers.CharField(max_length=60, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    website = serializers.CharField(max_length=200, allow_blank=True, required=False)
    area_m2 = _figure()
    clear_height_m = _figure()
    floor = serializers.IntegerField(min_value=-100, max_value=200, allow_null=True, required=False)
    floor_load_kg_m2 = _figure()
    power_kw = _figure()
    three_phase = serializers.BooleanField(required=False)
    door_width_m = _figure()
    door_height_m = _figure()
    lift_load_kg = _figure()
    truck_length_m = _figure(help_text="longest truck that fits")
    crate_store_m2 = _figure()
    climate_class = serializers.IntegerField(min_value=0, max_value=100, required=False)
    security_rating = serializers.IntegerField(min_value=0, max_value=100, required=False)
    has_hvac = serializers.BooleanField(required=False)
    has_network = serializers.BooleanField(required=False)
    is_accessible = serializers.BooleanField(required=False)
    capacity_at_once = serializers.IntegerField(
        min_value=0, max_value=10**7, allow_null=True, required=False
    )
    capacity_per_day = serializers.IntegerField(
        min_value=0, max_value=10**7, allow_null=True, required=False
    )


class ClosureBody(StrictSerializer):
    first_date = Day()
    end_date = Day(help_text="first day open again")
    space = Code(allow_null=True, default=None, help_text="without it the whole venue")
    reason_zh = serializers.CharField(max_length=200, allow_blank=True, default="")
    reason_en = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, end = attrs.pop("first_date"), attrs.pop("end_date")
        if end <= first:
            raise serializers.ValidationError({"end_date": "Must be after first_date."})
        return {**attrs, "span": DaySpan(first, end)}
