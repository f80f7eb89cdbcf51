"""Events, their dates and the feeds as the interface shows and takes them."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import Min
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Few
from api.serializers import RowSerializer, StrictSerializer
from events.enums import Audience, EventKind, Moderation, Status, Visibility
from events.ical.entry import Text
from events.models import Event, Occurrence
from events.services.values import MAX_DATES, EventValues
from venues.models import Organisation, Venue

AUDIENCES = [audience.value for audience in Audience]
KINDS = [kind.value for kind in EventKind]
STATUSES = [status.value for status in Status]


class EventRow(RowSerializer):
    """The first date is ``[start, end)``; ``rrule`` and single dates repeat it."""

    id = serializers.CharField(source="public_uid", help_text="the UID in feeds too")
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    status = serializers.ChoiceField(STATUSES)
    venue = serializers.CharField(source="venue.slug", allow_null=True, help_text="none: online")
    region = serializers.CharField(source="venue.region.code", allow_null=True)
    start = serializers.CharField(help_text="wall clock in `timezone`, or a day")
    end = serializers.CharField(help_text="not included; a day when the event lasts whole days")
    timezone = serializers.CharField(help_text="IANA id")
    rrule = serializers.CharField(help_text="RFC 5545, wall clock")
    next_starts_at = serializers.DateTimeField(
        allow_null=True, help_text="the running or next date that is not cancelled"
    )
    audiences = serializers.ListField(child=serializers.ChoiceField(AUDIENCES))
    topics = serializers.ListField(child=serializers.CharField())
    is_free = serializers.BooleanField(allow_null=True, help_text="none: unknown")
    url = serializers.CharField()
    sequence = serializers.IntegerField()
    changed_at = serializers.DateTimeField()

    class Meta:
        added = ("topics", "next_starts_at", "start", "end")
        hidden = ("pk", "start_date", "start_time", "end_date", "end_time")

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        ids = [row["pk"] for row in rows]
        coming = Occurrence.objects.filter(event__in=ids, ends_at__gt=now, is_cancelled=False)
        starts = dict(coming.order_by().values_list("event").annotate(start=Min("starts_at")))
        topics = defaultdict(list)
        links = Event.topics.through.objects.filter(event__in=ids).order_by("topic__slug")
        for event, topic in links.values_list("event_id", "topic__slug"):
            topics[event].append(topic)
        for row in rows:
            row["start"] = _wall_clock(row["start_date"], row["start_time"])
            row["end"] = _wall_clock(row["end_date"], row["end_time"])
            row["topics"] = topics[row["pk"]]
            row["next_starts_at"] = starts.get(row["pk"])


def _wall_clock(day: date, time_of_day: time | None) -> str:
    return (day if time_of_day is None else datetime.combine(day, time_of_day)).isoformat()


class EventDetail(EventRow):
    source = serializers.CharField(source="source.slug")
    source_id = serializers.CharField(source="uid", help_text="the sender's own identifier")
    organiser = serializers.CharField(source="organiser.slug", allow_null=True)
    description_zh = serializers.CharField()
    description_en = serializers.CharField()
    location_zh = serializers.CharField()
    location_en = serializers.CharField()
    moderation = serializers.ChoiceField([value.value for value in Moderation])
    visibility = serializers.ChoiceField([value.value for value in Visibility])
    rdates = serializers.ListField(child=serializers.CharField())
    exdates = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


class OccurrenceRow(RowSerializer):
    """One date of an event: moments, and the days in the event's own zone, half-open."""

    event = serializers.CharField(source="event.public_uid")
    original_start = serializers.CharField(help_text="wall clock the rule gives; its identity")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    start_date = serializers.DateField()
    end_date = serializers.DateField(help_text="last day touched plus one")
    timezone = serializers.CharField(source="event.timezone")
    is_cancelled = serializers.BooleanField()
    title_zh = serializers.CharField(source="event.title_zh")
    title_en = serializers.CharField(source="event.title_en")
    kind = serializers.ChoiceField(KINDS, source="event.kind")
    status = serializers.ChoiceField(STATUSES, source="event.status")
    venue = serializers.CharField(source="event.venue.slug", allow_null=True)
    region = serializers.CharField(source="event.venue.region.code", allow_null=True)
    is_free = serializers.BooleanField(source="event.is_free", allow_null=True)


class FacetCounts(serializers.Serializer):
    """Events per value, most frequent first; one event may count under several."""

    kind = serializers.DictField(child=serializers.IntegerField())
    audience = serializers.DictField(child=serializers.IntegerField())
    topic = serializers.DictField(child=serializers.IntegerField())
    venue = serializers.DictField(child=serializers.IntegerField())
    region = serializers.DictField(child=serializers.IntegerField())


@extend_schema_field({"type": "string", "minLength": 10, "maxLength": 19})
class WallClock(serializers.Field):
    """``2026-11-07`` for whole days, ``2026-11-07T10:00`` for a wall clock; never an offset."""

    def to_internal_value(self, data: Any) -> date | datetime:
        if isinstance(data, str) and 10 <= len(data) <= 19 and data[4] == data[7] == "-":
            with suppress(ValueError):
                return date.fromisoformat(data) if len(data) == 10 else datetime.fromisoformat(data)
        raise serializers.ValidationError("Give a day (2026-11-07) or a wall clock (…T10:00).")


class EventBody(StrictSerializer):
    """An event as an editor states it; without ``timezone`` the venue's counts."""

    title_zh = serializers.CharField(max_length=300, allow_blank=True, default="")
    title_en = serializers.CharField(max_length=300, allow_blank=True, default="")
    start = WallClock()
    end = WallClock(help_text="not included")
    timezone = serializers.CharField(max_length=60, required=False)
    venue = serializers.SlugRelatedField(
        slug_field="slug", queryset=Venue.objects.all(), allow_null=True, default=None
    )
    organiser = serializers.SlugRelatedField(
        slug_field="slug", queryset=Organisation.objects.all(), allow_null=True, default=None
    )
    kind = serializers.ChoiceField(KINDS, default=EventKind.OTHER.value)
    description_zh = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    description_en = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    location_zh = serializers.CharField(max_length=300, allow_blank=True, default="")
    location_en = serializers.CharField(max_length=300, allow_blank=True, default="")
    url = serializers.CharField(max_length=500, allow_blank=True, default="")
    visibility = serializers.ChoiceField(
        [value.value for value in Visibility], default=Visibility.PUBLIC.value
    )
    audiences = Few(child=serializers.ChoiceField(AUDIENCES), max_length=20, default=list)
    topics = Few(child=serializers.CharField(max_length=60), max_length=50, default=list)
    is_free = serializers.BooleanField(allow_null=True, default=None)
    rrule = serializers.CharField(max_length=500, allow_blank=True, default="")
    rdates = Few(child=WallClock(), max_length=MAX_DATES, default=list)
    exdates = Few(child=WallClock(), max_length=MAX_DATES, default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not self.partial and "timezone" not in attrs:
            if attrs["venue"] is None:
                raise serializers.ValidationError(
                    {"timezone": "Needed for an event without a venue, such as Asia/Shanghai."}
                )
            attrs["timezone"] = attrs["venue"].timezone
        return attrs


_BILINGUAL = ("title", "description", "location")
_TUPLES = ("audiences", "topics", "rdates", "exdates")


def values_from(body: dict[str, Any]) -> EventValues:
    """A whole body as the editors' services take it."""
    return EventValues(**_fields(body, {name: Text("") for name in _BILINGUAL}))


def values_changed(values: EventValues, body: dict[str, Any]) -> EventValues:
    """``values`` with what a partial body says."""
    texts = {name: getattr(values, name) for name in _BILINGUAL}
    return replace(values, **_fields(body, texts))


def _fields(body: dict[str, Any], texts: dict[str, Text]) -> dict[str, Any]:
    found = {
        name: tuple(value) if name in _TUPLES else value
        for name, value in body.items()
        if not name.endswith(("_zh", "_en"))
    }
    for name, text in texts.items():
        found[name] = Text(body.get(f"{name}_zh", text.zh), body.get(f"{name}_en", text.en))
    return found
