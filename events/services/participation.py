"""Events join campaigns and leave them, partners withdraw; the lead decides where it wants to."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from events.enums import Admission, CampaignState, ParticipationState
from events.errors import NotRegistering, WrongState
from events.models import Campaign, Event, Participation
from events.permissions import can_edit, can_lead, can_speak_for, day_of
from events.services.campaigns import locked_campaign, save_campaign, withdraw_events_of
from events.services.editing import locked
from events.services.raising import raise_events
from venues.errors import NotAllowed
from venues.models import Organisation
from venues.permissions import Actor, require
from venues.services.audit import record

_SHOWN = ParticipationState.ACCEPTED


@transaction.atomic
def join_campaign(
    *,
    campaign_id: int,
    event_id: int,
    organisation: Organisation | None,
    by: Actor,
    now: datetime,
) -> Participation:
    """Bring an event into a campaign; accepted at once where the campaign or ``by`` says so.

    ``organisation`` is the partner (or lead) that brings it; none: the one that runs its venue.
    Idempotent while it is proposed or accepted. A declined event may be proposed again.

    Raises:
        NotAllowed: ``by`` may not change the event.
        NotRegistering: the campaign takes no events now, or not from this organisation.
    """
    campaign = _registering(campaign_id, by, now)
    event = locked(event_id)
    require(can_edit(by, event, day_of(event, now)), "You may not change this event.")
    organisation = organisation or (event.venue.organisation if event.venue else None)
    is_partner = _is_partner(campaign, organisation)
    if not is_partner and campaign.admission != Admission.ANYONE:
        raise NotRegistering(
            f"“{campaign}” takes events of its partners; ask its lead to add your organisation.",
            campaign=campaign.slug,
        )
    row = Participation.objects.filter(campaign=campaign, event=event).first()
    row = row or Participation(campaign=campaign, event=event, proposed_at=now)
    if row.pk and row.state in (ParticipationState.PROPOSED, _SHOWN):
        return row
    is_admitted = campaign.admission == Admission.ANYONE or (
        campaign.admission == Admission.PARTNERS and is_partner
    )
    row.organisation, row.proposed_at = organisation, now
    row.state, row.decided_at = ParticipationState.PROPOSED, None
    if is_admitted or can_lead(by, campaign, localdate(now)):
        row.state, row.decided_at = _SHOWN, now
    row.save()
    _raise(row, now)
    after = {"event": event.public_uid, "state": row.state}
    record(by=by, action="campaign.join", subject=campaign, now=now, after=after)
    return row


@transaction.atomic
def decide_participation(
    *, campaign_id: int, event_id: int, accept: bool, is_key: bool, by: Actor, now: datetime
) -> Participation:
    """The lead's word on an event; ``is_key`` marks a key activity. Idempotent.

    Raises:
        NotAllowed: ``by`` does not lead the campaign.
        WrongState: the event has not been brought, or was taken back.
    """
    campaign = locked_campaign(campaign_id, by=by, now=now)
    row = _row(campaign, event_id)
    wanted = _SHOWN if accept else ParticipationState.DECLINED
    if row.state == ParticipationState.WITHDRAWN:
        raise WrongState("The event was taken back; it has to join again.", state=row.state)
    is_change = row.state != wanted
    row.is_key_activity = is_key and accept
    if is_change:
        was_shown = row.state == _SHOWN
        row.state, row.decided_at = wanted, now
        if was_shown or accept:
            raise_events(Event.objects.filter(pk=event_id), now=now)
    row.save()
    after = {"event": event_id, "state": row.state, "is_key": row.is_key_activity}
    record(by=by, action="campaign.decide", subject=campaign, now=now, after=after)
    return row


@transaction.atomic
def leave_campaign(*, campaign_id: int, event_id: int, by: Actor, now: datetime) -> Participation:
    """Take an event out of a campaign; in its own calendars it stays. Idempotent.

    Raises:
        NotAllowed: ``by`` may neither change the event nor leads the campaign.
        WrongState: it is not in the campaign.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    row = _row(campaign, event_id)
    event = locked(event_id)
    allowed = can_edit(by, event, day_of(event, now)) or can_lead(by, campaign, localdate(now))
    require(allowed, "You may not take this event out of the campaign.")
    if row.state != ParticipationState.WITHDRAWN:
        was_shown = row.state == _SHOWN
        row.state, row.decided_at = ParticipationState.WITHDRAWN, now
        row.save()
        after = {"event": event.public_uid, "state": row.state}
        record(by=by, action="campaign.leave", subject=campaign, now=now, after=after)
        if was_shown:
            raise_events(Event.objects.filter(pk=event_id), now=now)
    return row


@transaction.atomic
def withdraw_partner(
    *, campaign_id: int, organisation_id: int, by: Actor, now: datetime
) -> Campaign:
    """An organisation leaves, and what it brought leaves with it. Idempotent.

    Raises:
        NotAllowed: ``by`` speaks neither for the organisation nor for the lead.
        WrongState: it is no partner.
    """
    campaign = (
        Campaign.objects.select_for_update(of=("self",)).select_related("lead").get(pk=campaign_id)
    )
    partner = campaign.partners.filter(organisation=organisation_id).first()
    if partner is None:
        raise WrongState("The organisation is no partner of the campaign.", state="none")
    on = localdate(now)
    if not (can_lead(by, campaign, on) or can_speak_for(by, partner.organisation, on)):
        raise NotAllowed(
            "You speak neither for the partner nor for the lead.",
            organisation=partner.organisation.slug,
        )
    if partner.withdrawn_at is not None:
        return campaign
    partner.withdrawn_at = now
    partner.save(update_fields=["withdrawn_at"])
    withdraw_events_of(campaign, [organisation_id], now)
    after = {"partner": partner.organisation.slug}
    record(by=by, action="campaign.withdraw", subject=campaign, now=now, after=after)
    return save_campaign(campaign, now)


def _registering(campaign_id: int, by: Actor, now: datetime) -> Campaign:
    """The campaign, locked, if it takes events today; its lead may bring some at any time."""
    campaign = (
        Campaign.objects.select_for_update(of=("self",)).select_related("lead").get(pk=campaign_id)
    )
    today = localdate(now)
    if not _is_open(campaign, today) and not can_lead(by, campaign, today):
        raise NotRegistering(
            f"“{campaign}” does not take events now.",
            campaign=campaign.slug,
            opens_on=_iso(campaign.registration_opens_on),
            closes_on=_iso(campaign.registration_closes_on),
        )
    return campaign


def _is_open(campaign: Campaign, today: date) -> bool:
    opens, closes = campaign.registration_opens_on, campaign.registration_closes_on
    return (
        campaign.state == CampaignState.ANNOUNCED
        and (opens is None or opens <= today)
        and (closes is None or today < closes)
    )


def _is_partner(campaign: Campaign, organisation: Organisation | None) -> bool:
    if organisation is None:
        return False
    partners = campaign.partners.filter(organisation=organisation, withdrawn_at__isnull=True)
    return campaign.lead_id == organisation.pk or partners.exists()


def _row(campaign: Campaign, event_id: int) -> Participation:
    row = Participation.objects.filter(campaign=campaign, event=event_id).first()
    if row is None:
        raise WrongState("The event is not in this campaign.", state="none")
    return row


def _raise(row: Participation, now: datetime) -> None:
    if row.state == _SHOWN:
        raise_events(Event.objects.filter(pk=row.event_id), now=now)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
