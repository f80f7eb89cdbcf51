"""Values of query strings: read, bounded, or refused in words."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field(OpenApiTypes.STR)
class Numbers(serializers.Field):
    """``count`` finite numbers with commas between them."""

    def __init__(self, names: str, **options: Any) -> None:
        self.names = names
        super().__init__(help_text=names, **options)

    def to_internal_value(self, data: Any) -> tuple[float, ...]:
        parts = str(data).split(",")
        try:
            numbers = tuple(float(part) for part in parts if len(part) <= 40)
        except ValueError:
            numbers = ()
        wanted = self.names.count(",") + 1
        if len(numbers) != wanted or len(parts) != wanted or not all(map(math.isfinite, numbers)):
            raise serializers.ValidationError(f"Must be {wanted} numbers: {self.names}.")
        return numbers

    def to_representation(self, value: Any) -> Any:
        return ",".join(map(str, value))


class Bbox(Numbers):
    """``west,south,east,north`` in degrees; west may be greater than east across 180°."""

    def __init__(self, **options: Any) -> None:
        super().__init__("west,south,east,north", **options)

    def to_internal_value(self, data: Any) -> tuple[float, ...]:
        west, south, east, north = super().to_internal_value(data)
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise serializers.ValidationError(
                "Longitudes lie in -180..180, latitudes in -90..90, south below north."
            )
        return west, south, east, north


class Code(serializers.CharField):
    """A slug or code as it stands in addresses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, **options)


class Day(serializers.DateField):
    """A calendar day that calendars and sums of days can hold."""

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not 1900 <= day.year < 2200:
            raise serializers.ValidationError("Give a day of the years 1900 to 2199.")
        return day


class Moment(serializers.DateTimeField):
    """An instant that calendars can hold; without an offset it is Beijing time."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
        except OverflowError as error:
            raise serializers.ValidationError("Give a moment of 1900 to 2199.") from error
        if not 1900 < moment.year < 2199:
            raise serializers.ValidationError("Give a moment of the years 1901 to 2198.")
        return moment


class Few(serializers.ListField):
    """A list whose length is looked at before its items are."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > (self.max_length or 0):
            raise serializers.ValidationError(f"Give at most {self.max_length}.")
        return super().to_internal_value(data)
