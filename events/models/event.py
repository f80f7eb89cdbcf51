"""Events and their occurrences."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from events.enums import (
    Attendance,
    ClosedDays,
    EventKind,
    Moderation,
    Status,
    Translation,
    Visibility,
)
from events.models.choices import choices
from events.models.source import Source
from events.models.topic import Topic
from events.recurrence.zones import zone
from venues.models import Region, Venue
from venues.models.bilingual import Bilingual

BILINGUAL = ("title", "description", "location", "price", "contact")
"""The texts an event has in both languages."""

TRANSLATED = ("title", "description", "price")
"""Those of them that English readers miss; a place or a telephone is understood as it is."""


class EventQuerySet(models.QuerySet["Event"]):
    def touching(self, start: datetime, end: datetime) -> EventQuerySet:
        """Events with at least one occurrence inside ``[start, end)``."""
        inside = Occurrence.objects.filter(
            event=OuterRef("pk"), starts_at__lt=end, ends_at__gt=start
        )
        return self.filter(Exists(inside))

    def shown_to_all(self) -> EventQuerySet:
        """What the public may see; cancelled ones are included and say so."""
        return self.filter(moderation=Moderation.PUBLISHED, visibility=Visibility.PUBLIC)

    def under(self, region: Region) -> EventQuerySet:
        return self.filter(venue__region__ancestor_paths__ancestor=region)


class Event(Bilingual):
    """Something a venue shows at a time, once or again and again.

    Dates and times are wall clock in ``timezone``, half-open; ``start_time`` and ``end_time``
    are both empty for an all-day event. ``[start_date+start_time, end_date+end_time)`` is the
    first occurrence; ``rrule``, ``rdates`` and ``exdates`` (RFC 5545 3.8.5, wall clock,
    without properties' names) repeat it. The moments that follow are :class:`Occurrence` rows.

    ``overrides`` says what is different on single dates. Its keys are the wall-clock starts that
    the rule gives (ISO), its values hold some of ``start`` and ``end`` (ISO wall clock: the date
    was moved), ``cancelled`` (true), and texts under the names of the event's own columns
    (``title_zh``, ``description_en``, ``location_zh``, ``url``).

    ``sequence`` and ``changed_at`` grow together and only in :mod:`events.services`: feeds and
    invitations rely on it (RFC 5545 3.8.7.3, 3.8.7.4). An event without a venue is online.

    ``lunar_rule`` repeats it on a day of the Chinese calendar (``腊月廿三``) instead of by ``rrule``.

    ``pauses`` are spans of days without dates, in order: ``first`` and ``end`` (ISO days in
    ``timezone``, half-open, no ``end``: until further notice), ``reason_zh`` and ``reason_en``.

    ``is_free`` has three states: what is not known is never shown as free, nor as a price.

    ``zh_changed_at`` and ``en_changed_at`` say when the texts of each language last changed;
    :attr:`translation` follows from them.

    A cancelled event does not undo what took place: dates that ended before ``cancelled_from``
    stay as they were, and :attr:`Occurrence.is_cancelled` is the answer for each date.
    """

    audited_at = ("venue", "source.venue")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="events")
    uid = models.CharField(max_length=255)
    public_uid = models.CharField(
        max_length=255, unique=True, help_text="includes the source; what feeds write"
    )
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    location_zh = models.CharField(
        max_length=300, blank=True, help_text="only where it differs from the venue's address"
    )
    location_en = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, choices=choices(EventKind), default=EventKind.OTHER)
    moderation = models.CharField(
        max_length=12, choices=choices(Moderation), default=Moderation.DRAFT
    )
    return_reason = models.TextField(blank=True, help_text="to its editors; none unless returned")
    status = models.CharField(max_length=12, choices=choices(Status), default=Status.SCHEDULED)
    visibility = models.CharField(
        max_length=8, choices=choices(Visibility), default=Visibility.PUBLIC
    )
    audiences = models.JSONField(default=list, blank=True, help_text="events.enums.Audience")
    topics = models.ManyToManyField(Topic, blank=True, related_name="events")
    sectors = models.JSONField(default=list, blank=True, help_text="events.enums.Sector")
    languages = models.JSONField(default=list, blank=True, help_text="BCP 47: spoken or signed")
    grades = models.JSONField(
        default=list, blank=True, help_text="school years 1 to 12; 0 is kindergarten"
    )
    age_min = models.PositiveSmallIntegerField(null=True, blank=True, help_text="years")
    age_max = models.PositiveSmallIntegerField(null=True, blank=True, help_text="included")
    accessibility = models.JSONField(
        default=list, blank=True, help_text="events.enums.Accessibility"
    )
    attendance = models.CharField(
        max_length=8, choices=choices(Attendance), default=Attendance.ON_SITE
    )
    access_url = models.URLField(max_length=500, blank=True, help_text="where to join online")
    url = models.URLField(max_length=500, blank=True)
    registration_url = models.URLField(max_length=500, blank=True)
    contact_zh = models.CharField(max_length=300, blank=True, help_text="shown to everybody")
    contact_en = models.CharField(max_length=300, blank=True)

    is_free = models.BooleanField(null=True, blank=True, help_text="empty: unknown")
    price_amount = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, help_text="the lowest"
    )
    price_currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217")
    price_zh = models.CharField(max_length=300, blank=True, help_text="in words")
    price_en = models.CharField(max_length=300, blank=True)

    start_date = models.DateField(help_text="in `timezone`")
    start_time = models.TimeField(null=True, blank=True, help_text="in `timezone`; none: all day")
    end_date = models.DateField(help_text="half-open; all-day: first day it is over")
    end_time = models.TimeField(null=True, blank=True)
    timezone = models.CharField(max_length=60, help_text="IANA id")
    rrule = models.CharField(max_length=2000, blank=True)
    rdates = models.JSONField(default=list, blank=True, help_text="ISO wall-clock starts")
    exdates = models.JSONField(default=list, blank=True, help_text="ISO wall-clock starts")
    lunar_rule = models.CharField(
        max_length=8, blank=True, help_text="every year on 腊月廿三; without `rrule`"
    )
    lunar_until = models.DateField(null=True, blank=True, help_text="last day `lunar_rule` gives")
    on_closed_days = models.CharField(
        max_length=8, choices=choices(ClosedDays), default=ClosedDays.KEEP
    )
    pauses = models.JSONField(default=list, blank=True, help_text="spans of days without dates")
    overrides = models.JSONField(
        default=dict, blank=True, help_text="original ISO start → changed fields of that date"
    )

    cancelled_from = models.DateTimeField(
        null=True, blank=True, help_text="dates that end then or later do not take place"
    )
    previous_starts = models.JSONField(
        default=list, blank=True, help_text="moments (ISO) it was announced for before, in order"
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="when all could see it first; none: never"
    )
    zh_changed_at = models.DateTimeField(null=True, blank=True)
    en_changed_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["start_date", "pk"]
        indexes = [
            models.Index(fields=["venue", "moderation", "visibility"], name="event_by_venue"),
            models.Index(fields=["changed_at"], name="event_by_change"),
            models.Index(
                fields=["moderation", "visibility", "start_date", "id"], name="event_by_start"
            ),
        ]
        constraints = [
            models.UniqueConstraint("source", "uid", name="event_uid_once_per_source"),
            models.CheckConstraint(
                name="event_times_both_or_neither",
                condition=Q(start_time__isnull=True, end_time__isnull=True)
                | Q(start_time__isnull=False, end_time__isnull=False),
            ),
            models.CheckConstraint(
                name="event_does_not_end_before_it_starts",
                condition=Q(end_date__gt=F("start_date"))
                | Q(end_date=F("start_date"), end_time__gte=F("start_time")),
            ),
            models.CheckConstraint(
                name="event_cancelled_says_from_when",
                condition=Q(status=Status.CANCELLED, cancelled_from__isnull=False)
                | (~Q(status=Status.CANCELLED) & Q(cancelled_from__isnull=True)),
            ),
            models.CheckConstraint(
                name="event_repeats_by_one_calendar", condition=Q(rrule="") | Q(lunar_rule="")
            ),
            models.CheckConstraint(
                name="event_age_from_young_to_old",
                condition=Q(age_min__isnull=True)
                | Q(age_max__isnull=True)
                | Q(age_max__gte=F("age_min")),
            ),
            models.CheckConstraint(
                name="event_with_a_price_is_not_free",
                condition=Q(price_amount__isnull=True, price_currency="")
                | (Q(price_amount__gt=0, is_free=False) & ~Q(price_currency="")),
            ),
            models.CheckConstraint(
                name="event_reason_only_when_returned",
                condition=Q(return_reason="") | Q(moderation=Moderation.RETURNED),
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh

    @property
    def is_all_day(self) -> bool:
        return self.start_time is None

    @property
    def translation(self) -> Translation:
        """How the English texts stand to the Chinese ones they translate."""
        if any(
            getattr(self, f"{field}_zh") and not getattr(self, f"{field}_en")
            for field in TRANSLATED
        ):
            return Translation.MISSING
        chinese, english = self.zh_changed_at, self.en_changed_at
        if chinese is not None and (english is None or chinese > english):
            return Translation.OUTDATED
        return Translation.COMPLETE

    @property
    def wall_start(self) -> datetime:
        """The first start, naive, in ``timezone``; midnight when all-day."""
        return datetime.combine(self.start_date, self.start_time or datetime.min.time())

    @property
    def wall_end(self) -> datetime:
        return datetime.combine(self.end_date, self.end_time or datetime.min.time())

    @property
    def wall_duration(self) -> timedelta:
        return self.wall_end - self.wall_start

    @property
    def is_repeated(self) -> bool:
        return bool(self.has_rule or self.rdates)

    @property
    def has_rule(self) -> bool:
        """Whether its dates go on, and are kept up to a horizon."""
        return bool(self.rrule or self.lunar_rule)

    @property
    def last_day_touched_plus_one(self) -> date:
        """The first day on which the first occurrence no longer takes place."""
        return day_after(self.wall_end, start=self.wall_start)

    def moment_of(self, wall_clock: datetime) -> datetime:
        """The moment (UTC) at which clocks in ``timezone`` show the naive ``wall_clock``.

        Clocks set back: the first of the two. A wall clock that is skipped: the moment the
        offset before the gap gives (RFC 5545 3.3.5).
        """
        return wall_clock.replace(tzinfo=zone(self.timezone)).astimezone(UTC)


def day_after(wall_end: datetime, *, start: datetime) -> date:
    """The day after the last one that ``[start, wall_end)`` touches."""
    last = max(start, wall_end - timedelta(microseconds=1))
    return last.date() + timedelta(days=1)


class Occurrence(models.Model):
    """One time an event takes place: ``[starts_at, ends_at)`` as moments, derived and kept.

    ``original_start`` is the wall-clock start the rule gives, also when the date was moved
    (RFC 5545 3.8.4.4); the key of ``Event.overrides``. ``key`` names the occurrence inside its
    event for ever, also when the whole event moves: feeds write it (:attr:`public_uid`). It is
    empty for the one occurrence of an event that is not repeated. Rows are changed in place,
    never recreated, so their ids are stable.

    A future date that the rule no longer gives stays as cancelled, ``withdrawn_at`` says since
    when, so that those who follow a calendar learn of it.
    """

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="occurrences", db_index=False
    )
    key = models.CharField(max_length=24, blank=True)
    original_start = models.CharField(max_length=19, help_text="ISO wall clock, or a date")
    start_date = models.DateField(help_text="wall clock in the event's zone")
    end_date = models.DateField(help_text="last day touched plus one")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_cancelled = models.BooleanField(default=False)
    reason_zh = models.CharField(
        max_length=300, blank=True, help_text="why: its venue is closed, or the series pauses"
    )
    reason_en = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "event_id"]
        indexes = [
            models.Index(fields=["starts_at", "ends_at"], name="occurrence_by_time"),
            models.Index(fields=["start_date", "end_date"], name="occurrence_by_day"),
            # Whether an event has a date within days is answered from here, without its rows.
            models.Index(fields=["event", "end_date", "start_date"], name="occurrence_by_event"),
        ]
        constraints = [
            models.UniqueConstraint("event", "key", name="occurrence_key_once_per_event"),
            models.CheckConstraint(
                name="occurrence_does_not_end_before_it_starts",
                condition=Q(ends_at__gte=F("starts_at")),
            ),
        ]

    @property
    def public_uid(self) -> str:
        """What feeds write as the UID of this date: the event's own, with the key before ``@``."""
        if not self.key:
            return self.event.public_uid
        name, at, domain = self.event.public_uid.partition("@")
        return f"{name}-{self.key}{at}{domain}"

    @property
    def override(self) -> dict:
        """What is different on this date; see :class:`Event`."""
        return self.event.overrides.get(self.original_start, {})

    def text(self, field: str, language: str) -> str:
        """The event's bilingual ``field`` as it reads on this date."""
        words = {
            tongue: self.override.get(f"{field}_{tongue}", getattr(self.event, f"{field}_{tongue}"))
            for tongue in ("zh", "en")
        }
        return words[language] or words["en" if language == "zh" else "zh"]


class EventReference(models.Model):
    """What an event is about, as ``kind:identifier`` (RFC 9253 REFID): ``unit:AH-03``.

    Lets higher storeys find and offer their events without events knowing them.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="references")
    refid = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["refid", "event"], name="reference_by_refid")]
        constraints = [
            models.UniqueConstraint("event", "refid", name="reference_once_per_event"),
        ]
