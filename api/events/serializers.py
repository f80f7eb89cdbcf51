"""Events, their dates and the feeds as the interface shows and takes them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Min
from rest_framework import serializers

from api.serializers import RowSerializer
from events.enums import Audience, EventKind, FeedKind, Moderation, Status, Visibility
from events.models import Event, Occurrence

AUDIENCES = [audience.value for audience in Audience]
KINDS = [kind.value for kind in EventKind]
STATUSES = [status.value for status in Status]


class EventRow(RowSerializer):
    """Dates and times are wall clock in ``timezone``; ``end_date`` and ``end_time`` half-open."""

    id = serializers.CharField(source="public_uid", help_text="the UID in feeds too")
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    status = serializers.ChoiceField(STATUSES)
    venue = serializers.CharField(source="venue.slug", allow_null=True, help_text="none: online")
    region = serializers.CharField(source="venue.region.code", allow_null=True)
    start_date = serializers.DateField()
    start_time = serializers.TimeField(allow_null=True, help_text="none: all day")
    end_date = serializers.DateField(help_text="all-day: first day it is over")
    end_time = serializers.TimeField(allow_null=True)
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
        added = ("topics", "next_starts_at")

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        uids = [row["id"] for row in rows]
        coming = Occurrence.objects.filter(
            event__public_uid__in=uids, ends_at__gt=now, is_cancelled=False
        ).order_by()
        starts = dict(coming.values_list("event__public_uid").annotate(start=Min("starts_at")))
        topics = defaultdict(list)
        links = Event.topics.through.objects.filter(event__public_uid__in=uids)
        for uid, topic in links.order_by("topic__slug").values_list(
            "event__public_uid", "topic__slug"
        ):
            topics[uid].append(topic)
        for row in rows:
            row["topics"] = topics[row["id"]]
            row["next_starts_at"] = starts.get(row["id"])


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


PUBLIC_FEEDS = [kind.value for kind in FeedKind if kind not in (FeedKind.SEARCH, FeedKind.PRIVATE)]


class FeedRow(serializers.Serializer):
    kind = serializers.ChoiceField(PUBLIC_FEEDS)
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    ics = serializers.URLField(help_text="also as .atom and .json; `?lang=zh` or `en`")
    webcal = serializers.CharField(help_text="opens a calendar program")
