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

from api.fields import Day, Few
from api.serializers import RowSerializer, StrictSerializer
from events.enums import (
    LAST_GRADE,
    OLDEST,
    Accessibility,
    Attendance,
    Audience,
    ClosedDays,
    EventKind,
    ImageLicence,
    Moderation,
    OrganiserRole,
    Sector,
    Status,
    Translation,
    Visibility,
)
from events.feeds.about import About, about_events
from events.ical.entry import FIRST_YEAR, LAST_YEAR, Text
from events.models import Event, Occurrence
from events.models.event import BILINGUAL
from events.services.checking import MAX_DATES, MAX_IMAGES, MAX_LANGUAGES, MAX_ORGANISERS
from events.services.pauses import LONGEST_REASON as LONGEST_PAUSE
from events.services.publishing import LONGEST_REASON
from events.services.values import EventValues, Organiser, Picture
from venues.models import Organisation, Venue

MAX_RULE = 2_000
AUDIENCES = [audience.value for audience in Audience]
KINDS = [kind.value for kind in EventKind]
STATUSES = [status.value for status in Status]
SECTORS = [sector.value for sector in Sector]
ATTENDANCES = [attendance.value for attendance in Attendance]
ACCESSIBILITY = [each.value for each in Accessibility]
CLOSED_DAYS = [each.value for each in ClosedDays]
ROLES = [role.value for role in OrganiserRole]
LICENCES = [licence.value for licence in ImageLicence]


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
    sectors = serializers.ListField(child=serializers.ChoiceField(SECTORS))
    attendance = serializers.ChoiceField(ATTENDANCES)
    is_free = serializers.BooleanField(allow_null=True, help_text="none: unknown")
    price_amount = serializers.DecimalField(
        max_digits=10, decimal_places=2, allow_null=True, help_text="the lowest; none: unknown"
    )
    price_currency = serializers.CharField(help_text="ISO 4217")
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


class OrganiserItem(serializers.Serializer):
    organisation = serializers.CharField(help_text="slug")
    role = serializers.ChoiceField(ROLES)


class ImageItem(serializers.Serializer):
    """A picture whose licence lets others show it; pictures for our own pages are not here."""

    url = serializers.CharField()
    alt_zh = serializers.CharField()
    alt_en = serializers.CharField()
    credit = serializers.CharField()
    licence = serializers.ChoiceField(LICENCES)


class PauseItem(serializers.Serializer):
    """Days without dates, by the event's own calendar."""

    first = serializers.DateField()
    end = serializers.CharField(help_text="first day again; empty: until further notice")
    reason_zh = serializers.CharField()
    reason_en = serializers.CharField()


class EventDetail(EventRow):
    source = serializers.CharField(source="source.slug")
    source_id = serializers.CharField(source="uid", help_text="the sender's own identifier")
    organisers = OrganiserItem(many=True)
    campaigns = serializers.ListField(child=serializers.CharField(), help_text="slugs")
    images = ImageItem(many=True)
    translation = serializers.ChoiceField([value.value for value in Translation])
    description_zh = serializers.CharField()
    description_en = serializers.CharField()
    location_zh = serializers.CharField()
    location_en = serializers.CharField()
    price_zh = serializers.CharField()
    price_en = serializers.CharField()
    contact_zh = serializers.CharField()
    contact_en = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="BCP 47")
    grades = serializers.ListField(child=serializers.IntegerField(), help_text="0: kindergarten")
    age_min = serializers.IntegerField(allow_null=True)
    age_max = serializers.IntegerField(allow_null=True, help_text="included")
    accessibility = serializers.ListField(child=serializers.ChoiceField(ACCESSIBILITY))
    access_url = serializers.CharField(help_text="where to join online")
    registration_url = serializers.CharField()
    moderation = serializers.ChoiceField([value.value for value in Moderation])
    return_reason = serializers.CharField()
    visibility = serializers.ChoiceField([value.value for value in Visibility])
    rdates = serializers.ListField(child=serializers.CharField())
    exdates = serializers.ListField(child=serializers.CharField())
    lunar_rule = serializers.CharField(help_text="every year on 腊月廿三, instead of rrule")
    lunar_until = serializers.DateField(allow_null=True)
    on_closed_days = serializers.ChoiceField(CLOSED_DAYS)
    pauses = PauseItem(many=True)
    previous_starts = serializers.ListField(
        child=serializers.CharField(), help_text="moments it was announced for before, in order"
    )
    created_at = serializers.DateTimeField()

    class Meta(EventRow.Meta):
        added = (*EventRow.Meta.added, "organisers", "campaigns", "images", "translation")
        hidden = (*EventRow.Meta.hidden, "zh_changed_at", "en_changed_at")

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        super().add(rows, now=now)
        about = about_events([row["pk"] for row in rows])
        for row in rows:
            row |= _beside(about[row["pk"]])
            texts = {name: row[name] for name in row if name.endswith(("_zh", "_en", "_at"))}
            texts.pop("next_starts_at")
            row["translation"] = Event(**texts).translation


def _beside(about: About) -> dict[str, Any]:
    return {
        "organisers": [
            {"organisation": maker.slug, "role": maker.role} for maker in about.organisers
        ],
        "campaigns": [label.slug for label in about.campaigns],
        "images": [
            {
                "url": image.url,
                "alt_zh": image.alt.zh,
                "alt_en": image.alt.en,
                "credit": image.credit,
                "licence": image.licence,
            }
            for image in about.images
        ],
    }


class OccurrenceRow(RowSerializer):
    """One date of an event, worded as on that date; days in the event's own zone, half-open."""

    event = serializers.CharField(source="event.public_uid")
    key = serializers.CharField(help_text="names the date inside its event for ever")
    original_start = serializers.CharField(help_text="wall clock the rule gives; its identity")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    start_date = serializers.DateField()
    end_date = serializers.DateField(help_text="last day touched plus one")
    timezone = serializers.CharField(source="event.timezone")
    is_cancelled = serializers.BooleanField()
    reason_zh = serializers.CharField(help_text="why not: the venue is closed, the series pauses")
    reason_en = serializers.CharField()
    title_zh = serializers.CharField(source="event.title_zh")
    title_en = serializers.CharField(source="event.title_en")
    location_zh = serializers.CharField(source="event.location_zh")
    location_en = serializers.CharField(source="event.location_en")
    url = serializers.CharField(source="event.url")
    kind = serializers.ChoiceField(KINDS, source="event.kind")
    status = serializers.ChoiceField(STATUSES, source="event.status")
    venue = serializers.CharField(source="event.venue.slug", allow_null=True)
    region = serializers.CharField(source="event.venue.region.code", allow_null=True)
    is_free = serializers.BooleanField(source="event.is_free", allow_null=True)

    class Meta:
        hidden = ("event__overrides",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        for row in rows:
            changes = row["event__overrides"].get(row["original_start"], {})
            row |= {name: changes[name] for name in _WORDED_BY_DATE if name in changes}


_WORDED_BY_DATE = ("title_zh", "title_en", "location_zh", "location_en", "url")


class FacetCounts(serializers.Serializer):
    """Events per value, most frequent first; one event may count under several."""

    kind = serializers.DictField(child=serializers.IntegerField())
    audience = serializers.DictField(child=serializers.IntegerField())
    topic = serializers.DictField(child=serializers.IntegerField())
    campaign = serializers.DictField(child=serializers.IntegerField())
    sector = serializers.DictField(child=serializers.IntegerField())
    grade = serializers.DictField(child=serializers.IntegerField())
    spoken = serializers.DictField(child=serializers.IntegerField(), help_text="language tags")
    price = serializers.DictField(
        child=serializers.IntegerField(), help_text="free, not_free, unknown"
    )
    attendance = serializers.DictField(child=serializers.IntegerField())
    venue = serializers.DictField(child=serializers.IntegerField())
    region = serializers.DictField(child=serializers.IntegerField())


@extend_schema_field({"type": "string", "minLength": 10, "maxLength": 19})
class WallClock(serializers.Field):
    """``2026-11-07`` for whole days, ``2026-11-07T10:00`` for a wall clock; never an offset."""

    def to_internal_value(self, data: Any) -> date | datetime:
        if isinstance(data, str) and 10 <= len(data) <= 19 and data[4] == data[7] == "-":
            with suppress(ValueError):
                when = date.fromisoformat(data[:10])
                if not FIRST_YEAR <= when.year <= LAST_YEAR:
                    raise serializers.ValidationError("Give a day of the years 1900 to 2199.")
                return when if len(data) == 10 else datetime.fromisoformat(data)
        raise serializers.ValidationError("Give a day (2026-11-07) or a wall clock (…T10:00).")


def _text(longest: int) -> serializers.CharField:
    return serializers.CharField(max_length=longest, allow_blank=True, default="")


def _age() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=OLDEST, allow_null=True, default=None, help_text="years"
    )


class OrganiserBody(StrictSerializer):
    organisation = serializers.SlugRelatedField(
        slug_field="slug", queryset=Organisation.objects.all()
    )
    role = serializers.ChoiceField(ROLES, default=OrganiserRole.HOST.value)


class ImageBody(StrictSerializer):
    url = serializers.CharField(max_length=500)
    alt_zh = _text(300)
    alt_en = _text(300)
    credit = _text(200)
    licence = serializers.ChoiceField(LICENCES, default=ImageLicence.UNKNOWN.value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A picture is always whole, also where only some fields of its event are sent."""
        if "url" not in attrs:
            raise serializers.ValidationError({"url": "Give the picture's address."})
        return attrs


class ReturnBody(StrictSerializer):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="for the editors")


class StatusBody(StrictSerializer):
    status = serializers.ChoiceField(STATUSES)


class DateMoveBody(StrictSerializer):
    start = WallClock(help_text="in the event's zone")
    end = WallClock(help_text="not included")


class PauseBody(StrictSerializer):
    first = Day(help_text="first day without dates, by the event's own calendar")
    end = Day(
        allow_null=True, default=None, help_text="first day again; none: until further notice"
    )
    reason_zh = serializers.CharField(max_length=LONGEST_PAUSE, allow_blank=True, default="")
    reason_en = serializers.CharField(max_length=LONGEST_PAUSE, allow_blank=True, default="")


class ResumeBody(StrictSerializer):
    first = Day(help_text="first day on which dates take place again")


class WordingBody(StrictSerializer):
    """What reads differently on that date; an empty text is as usual, what is left out stays."""

    title_zh = serializers.CharField(max_length=300, allow_blank=True, required=False)
    title_en = serializers.CharField(max_length=300, allow_blank=True, required=False)
    description_zh = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    description_en = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    location_zh = serializers.CharField(max_length=300, allow_blank=True, required=False)
    location_en = serializers.CharField(max_length=300, allow_blank=True, required=False)
    url = serializers.CharField(max_length=500, allow_blank=True, required=False)


class TopicRow(RowSerializer):
    """A topic of the vocabulary; a deprecated one is found, and not offered any more."""

    slug = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    also_called = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="by language"
    )
    uri = serializers.CharField()
    broader = serializers.CharField(source="broader.slug", allow_null=True)
    is_deprecated = serializers.BooleanField()
    replaced_by = serializers.CharField(source="replaced_by.slug", allow_null=True)


class EventBody(StrictSerializer):
    """An event as an editor states it; without ``timezone`` the venue's counts."""

    title_zh = _text(300)
    title_en = _text(300)
    start = WallClock()
    end = WallClock(help_text="not included")
    timezone = serializers.CharField(max_length=60, required=False)
    venue = serializers.SlugRelatedField(
        slug_field="slug", queryset=Venue.objects.all(), allow_null=True, default=None
    )
    kind = serializers.ChoiceField(KINDS, default=EventKind.OTHER.value)
    description_zh = _text(20_000)
    description_en = _text(20_000)
    location_zh = _text(300)
    location_en = _text(300)
    url = _text(500)
    visibility = serializers.ChoiceField(
        [value.value for value in Visibility], default=Visibility.PUBLIC.value
    )
    audiences = Few(child=serializers.ChoiceField(AUDIENCES), max_length=20, default=list)
    topics = Few(child=serializers.CharField(max_length=60), max_length=50, default=list)
    sectors = Few(child=serializers.ChoiceField(SECTORS), max_length=20, default=list)
    languages = Few(
        child=serializers.CharField(max_length=35), max_length=MAX_LANGUAGES, default=list
    )
    grades = Few(
        child=serializers.IntegerField(min_value=0, max_value=LAST_GRADE),
        max_length=20,
        default=list,
    )
    age_min = _age()
    age_max = _age()
    accessibility = Few(child=serializers.ChoiceField(ACCESSIBILITY), max_length=20, default=list)
    attendance = serializers.ChoiceField(
        ["", *ATTENDANCES], default="", help_text="empty: as venue and access_url say"
    )
    access_url = _text(500)
    registration_url = _text(500)
    contact_zh = _text(300)
    contact_en = _text(300)
    is_free = serializers.BooleanField(allow_null=True, default=None)
    price_amount = serializers.DecimalField(
        max_digits=10, decimal_places=2, allow_null=True, default=None
    )
    price_currency = _text(3)
    price_zh = _text(300)
    price_en = _text(300)
    organisers = Few(child=OrganiserBody(), max_length=MAX_ORGANISERS, default=list)
    images = Few(child=ImageBody(), max_length=MAX_IMAGES, default=list)
    rrule = _text(MAX_RULE)
    rdates = Few(child=WallClock(), max_length=MAX_DATES, default=list)
    exdates = Few(child=WallClock(), max_length=MAX_DATES, default=list)
    lunar_rule = serializers.CharField(
        max_length=20, allow_blank=True, default="", help_text="腊月廿三, 除夕 or 12-23"
    )
    lunar_until = Day(allow_null=True, default=None, help_text="last day that counts")
    on_closed_days = serializers.ChoiceField(CLOSED_DAYS, default=ClosedDays.KEEP.value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not self.partial and "timezone" not in attrs:
            if attrs["venue"] is None:
                raise serializers.ValidationError(
                    {"timezone": "Needed for an event without a venue, such as Asia/Shanghai."}
                )
            attrs["timezone"] = attrs["venue"].timezone
        return attrs


_TUPLES = (
    *("audiences", "topics", "sectors", "languages", "grades", "accessibility"),
    *("rdates", "exdates"),
)
_DECIDES_ATTENDANCE = {"venue", "access_url", "location_zh", "location_en"}


def values_from(body: dict[str, Any]) -> EventValues:
    """A whole body as the editors' services take it."""
    return EventValues(**_fields(body, {name: Text("") for name in BILINGUAL}))


def values_changed(values: EventValues, body: dict[str, Any]) -> EventValues:
    """``values`` with what a partial body says; attendance follows unless it is stated."""
    if _DECIDES_ATTENDANCE & body.keys():
        body = {"attendance": "", **body}
    texts = {name: getattr(values, name) for name in BILINGUAL}
    return replace(values, **_fields(body, texts))


def _fields(body: dict[str, Any], texts: dict[str, Text]) -> dict[str, Any]:
    found = {
        name: tuple(value) if name in _TUPLES else value
        for name, value in body.items()
        if not name.endswith(("_zh", "_en"))
    }
    if "organisers" in found:
        found["organisers"] = tuple(Organiser(**each) for each in found["organisers"])
    if "images" in found:
        found["images"] = tuple(_picture(**each) for each in found["images"])
    for name, text in texts.items():
        found[name] = Text(body.get(f"{name}_zh", text.zh), body.get(f"{name}_en", text.en))
    return found


def _picture(
    *,
    url: str,
    alt_zh: str = "",
    alt_en: str = "",
    credit: str = "",
    licence: str = ImageLicence.UNKNOWN.value,
) -> Picture:
    return Picture(url, Text(alt_zh, alt_en), credit, licence)
