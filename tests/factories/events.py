"""Rows of the events storey as tests want them: one workshop in Hefei on a Saturday morning."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import factory
from factory.django import DjangoModelFactory

from events.enums import (
    CampaignState,
    EventKind,
    Moderation,
    ParticipationState,
    Status,
    Visibility,
)
from events.models import (
    Campaign,
    CampaignPartner,
    Event,
    EventReference,
    Occurrence,
    OutgoingMail,
    Participation,
    Source,
    SourceKind,
    Subscription,
    Topic,
)
from events.services.sources import public_uid_of

MADE_AT = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic

    slug = factory.Sequence(lambda n: f"topic-{n}")
    name_zh = factory.Sequence(lambda n: f"主题{n}")
    name_en = factory.Sequence(lambda n: f"Topic {n}")


class SourceFactory(DjangoModelFactory):
    """Typed in by hand; without a venue."""

    class Meta:
        model = Source

    slug = factory.Sequence(lambda n: f"source-{n}")
    kind = SourceKind.LOCAL
    name_zh = factory.Sequence(lambda n: f"来源{n}")
    venue = None
    created_at = MADE_AT


class SubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = Subscription

    source = factory.SubFactory(SourceFactory, kind=SourceKind.SUBSCRIPTION)
    url = factory.Sequence(lambda n: f"https://museum-{n}.example/calendar.ics")
    next_fetch_at = MADE_AT


class EventFactory(DjangoModelFactory):
    """Published, public, at a venue of its own: Saturday 2026-11-07, 10:00-11:30 in Hefei.

    Makes no occurrences; ``refresh_occurrences`` or :class:`OccurrenceFactory` does.
    """

    class Meta:
        model = Event

    source = factory.SubFactory(SourceFactory)
    uid = factory.Sequence(lambda n: f"event-{n}")
    public_uid = factory.LazyAttribute(
        lambda event: public_uid_of(source_slug=event.source.slug, uid=event.uid)
    )
    venue = factory.SubFactory("tests.factories.venues.VenueFactory")
    title_zh = factory.Sequence(lambda n: f"光的故事{n}")
    title_en = factory.Sequence(lambda n: f"The story of light {n}")
    kind = EventKind.WORKSHOP
    moderation = Moderation.PUBLISHED
    status = Status.SCHEDULED
    start_date = date(2026, 11, 7)
    start_time = time(10, 0)
    end_date = factory.SelfAttribute("start_date")
    end_time = time(11, 30)
    timezone = "Asia/Shanghai"
    created_at = MADE_AT
    changed_at = factory.SelfAttribute("created_at")
    visibility = Visibility.PUBLIC
    published_at = factory.LazyAttribute(
        lambda event: (
            event.created_at
            if (event.moderation, event.visibility) == (Moderation.PUBLISHED, Visibility.PUBLIC)
            else None
        )
    )
    cancelled_from = factory.LazyAttribute(
        lambda event: event.changed_at if event.status == Status.CANCELLED else None
    )


class CampaignFactory(DjangoModelFactory):
    """Announced; a weekend in September 2027 for which anybody's partners may register."""

    class Meta:
        model = Campaign

    slug = factory.Sequence(lambda n: f"campaign-{n}")
    name_zh = factory.Sequence(lambda n: f"科普日{n}")
    name_en = factory.Sequence(lambda n: f"Science day {n}")
    lead = factory.SubFactory("tests.factories.venues.OrganisationFactory")
    starts_on = date(2027, 9, 18)
    ends_on = date(2027, 9, 20)
    state = CampaignState.ANNOUNCED
    created_at = MADE_AT
    changed_at = MADE_AT


class CampaignPartnerFactory(DjangoModelFactory):
    class Meta:
        model = CampaignPartner

    campaign = factory.SubFactory(CampaignFactory)
    organisation = factory.SubFactory("tests.factories.venues.OrganisationFactory")


class ParticipationFactory(DjangoModelFactory):
    """Accepted."""

    class Meta:
        model = Participation

    campaign = factory.SubFactory(CampaignFactory)
    event = factory.SubFactory(EventFactory)
    state = ParticipationState.ACCEPTED
    proposed_at = MADE_AT
    decided_at = MADE_AT


class OccurrenceFactory(DjangoModelFactory):
    """The first occurrence of its event, as the event's own start and end say."""

    class Meta:
        model = Occurrence

    event = factory.SubFactory(EventFactory)
    original_start = factory.LazyAttribute(
        lambda o: (
            o.event.start_date.isoformat() if o.event.is_all_day else o.event.wall_start.isoformat()
        )
    )
    start_date = factory.SelfAttribute("event.start_date")
    end_date = factory.LazyAttribute(lambda o: o.event.last_day_touched_plus_one)
    starts_at = factory.LazyAttribute(lambda o: o.event.moment_of(o.event.wall_start))
    ends_at = factory.LazyAttribute(lambda o: o.event.moment_of(o.event.wall_end))


class EventReferenceFactory(DjangoModelFactory):
    class Meta:
        model = EventReference

    event = factory.SubFactory(EventFactory)
    refid = factory.Sequence(lambda n: f"unit:AH-{n:02}")


class OutgoingMailFactory(DjangoModelFactory):
    class Meta:
        model = OutgoingMail

    key = factory.Sequence(lambda n: f"notice-{n}")
    message_id = factory.Sequence(lambda n: f"<notice-{n}@orrery.example>")
    recipient = "host@museum.example"
    subject = "巡展安排"
    body = "您好。"
    created_at = MADE_AT
    next_attempt_at = MADE_AT
