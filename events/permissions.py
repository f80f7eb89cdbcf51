"""May this user …? On the day ``on`` in the event's own calendar; plain yes or no.

The rules are rows of ``venues.rights``; here is said which place and state of an event they ask.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from events.enums import CampaignState, Moderation, Visibility
from events.models import Campaign, Event, Participation, PrivateFeed, Source
from events.recurrence.zones import zone
from venues.models import Organisation, Venue
from venues.permissions import Actor, may, where


def can_edit_at(user: Actor, venue: Venue | None, source: Source, on: date) -> bool:
    """Whether ``user`` may write events of ``source`` at ``venue``.

    An event without a venue (online) belongs to the venue of its source; where there is none
    either, to the administrators of the whole installation.
    """
    place = venue or source.venue
    return may(user, "event.edit", on=on, state=Moderation.DRAFT, venue=place)


def can_edit(user: Actor, event: Event, on: date) -> bool:
    """Whether ``user`` may change the event as long as it is not published."""
    return can_edit_at(user, event.venue, event.source, on)


def can_publish(user: Actor, event: Event, on: date) -> bool:
    """Whether ``user`` may publish the event, and change it when it is published."""
    return can_publish_at(user, event.venue, event.source, on)


def can_publish_at(user: Actor, venue: Venue | None, source: Source, on: date) -> bool:
    return may(user, "event.publish", on=on, venue=venue or source.venue)


def can_have_private_feed(user: Actor, venue: Venue, on: date) -> bool:
    """Have, and go on reading, a calendar of all that happens at the venue."""
    return may(user, "private-feed.make", on=on, venue=venue)


def can_revoke(user: Actor, feed: PrivateFeed, on: date) -> bool:
    """End the address: its owner, or who administers the venue."""
    is_own = user.is_active and feed.owner_id == user.pk
    return is_own or may(user, "private-feed.revoke", on=on, venue=feed.venue)


def can_lead_at(user: Actor, lead: Organisation, on: date) -> bool:
    """Open campaigns that ``lead`` leads."""
    return may(user, "campaign.lead", on=on, lead=lead)


def can_lead(user: Actor, campaign: Campaign, on: date) -> bool:
    """Change, announce and close the campaign, and decide which events it takes."""
    return can_lead_at(user, campaign.lead, on)


def can_speak_for(user: Actor, partner: Organisation, on: date) -> bool:
    """Take the partner out of a campaign."""
    return may(user, "campaign.partner", on=on, organisation=partner)


def campaigns_visible_to(user: Actor, on: date) -> QuerySet[Campaign]:
    """What was announced, and drafts of campaigns that ``user`` leads."""
    announced = ~Q(state=CampaignState.DRAFT)
    return Campaign.objects.filter(announced | where(user, "campaign.lead", on=on, lead="lead"))


def participations_visible_to(user: Actor, on: date) -> QuerySet[Participation]:
    """Those of campaigns that ``user`` leads, and those of events that ``user`` edits."""
    led = Q(campaign__in=Campaign.objects.filter(where(user, "campaign.lead", on=on, lead="lead")))
    return Participation.objects.filter(led | Q(event__in=edited_by(user, on)))


def visible_to(user: Actor, on: date) -> QuerySet[Event]:
    """What ``user`` may see: what all may, published entries for hosts at venues where ``user``
    works, and everything at venues that ``user`` edits or audits."""
    public = Q(moderation=Moderation.PUBLISHED, visibility=Visibility.PUBLIC)
    return Event.objects.filter(
        public
        | where(user, "event.read", on=on, state="moderation", venue="venue")
        | _of_source(user, "event.read", on)
    )


def edited_by(user: Actor, on: date) -> QuerySet[Event]:
    """Events of the venues that ``user`` edits, whatever their state."""
    edited = where(user, "venue.edit", on=on, venue="venue")
    return Event.objects.filter(edited | _of_source(user, "venue.edit", on))


def sources_edited_by(user: Actor, on: date) -> QuerySet[Source]:
    """Sources of the venues that ``user`` edits."""
    return Source.objects.filter(where(user, "venue.edit", on=on, venue="venue"))


def _of_source(user: Actor, operation: str, on: date) -> Q:
    """Events without a venue (online) are judged by the venue of their source."""
    return Q(venue__isnull=True) & where(
        user, operation, on=on, state="moderation", venue="source__venue"
    )


def day_of(event: Event, now: datetime) -> date:
    """The calendar day at ``now`` where the event takes place."""
    return now.astimezone(zone(event.timezone)).date()
