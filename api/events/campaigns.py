"""Campaigns over HTTP: read by all, kept by their leads, joined by events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.events.campaign_bodies import (
    CampaignBody,
    CampaignDetail,
    CampaignQuery,
    CampaignRow,
    CampaignStats,
    DecisionBody,
    JoinBody,
    NewCampaignBody,
    ParticipationRow,
    values_changed,
    values_from,
)
from api.preconditions import seen_version
from api.schema import operation
from api.views import PrivateView, ResourceView
from events.models import Campaign, Event, Participation
from events.permissions import (
    campaigns_visible_to,
    edited_by,
    participations_visible_to,
    visible_to,
)
from events.services import campaigns, participation
from events.services.campaigns import campaign_values_of
from events.stats.campaigns import by_province
from venues.models import Organisation


class CampaignView(ResourceView):
    """What concerns campaigns that the caller may see."""

    resource = "campaigns"

    def seen(self) -> QuerySet[Campaign]:
        return campaigns_visible_to(self.request.user, self.today)

    def campaign(self, campaign: Campaign, *, status: int = 200) -> Response:
        return self.row(
            CampaignDetail,
            Campaign.objects.filter(pk=campaign.pk),
            status=status,
            version="version",
            location=reverse("api-campaign", args=[campaign.slug]) if status == 201 else None,
        )


class CampaignList(CampaignView):
    @operation(answers=CampaignRow, paged=True, query=CampaignQuery)
    def get(self, request: Request) -> Response:
        """Campaigns, the latest first; drafts only for those who lead them."""
        found = self.seen().filter(**self.query(CampaignQuery))
        return self.page(CampaignRow, found, ordering=("-starts_on", "-pk"))

    @operation(answers=CampaignDetail, status=201, body=NewCampaignBody)
    def post(self, request: Request) -> Response:
        """Write a draft; `announce` shows it to the world."""
        body = self.body(NewCampaignBody)
        campaign = campaigns.open_campaign(
            slug=body.pop("slug"), values=values_from(body), by=request.user, now=self.now
        )
        return self.campaign(campaign, status=201)


class CampaignItem(CampaignView):
    @operation(answers=CampaignDetail)
    def get(self, request: Request, slug: str) -> Response:
        return self.row(CampaignDetail, self.seen().filter(slug=slug), version="version")

    @operation(answers=CampaignDetail, body=CampaignBody, if_match=True)
    def patch(self, request: Request, slug: str) -> Response:
        """Change what is sent; the rest stays. Partners left out of `partners` withdraw."""
        campaign = get_object_or_404(self.seen(), slug=slug)
        seen = seen_version(request, current=campaign.version)
        values = values_changed(campaign_values_of(campaign), self.body(CampaignBody, partial=True))
        changed = campaigns.change_campaign(
            campaign_id=campaign.pk, seen_version=seen, values=values, by=request.user, now=self.now
        )
        return self.campaign(changed)


class CampaignStep(CampaignView):
    step: ClassVar[Callable[..., Campaign]]

    @operation(answers=CampaignDetail, if_match=True)
    def post(self, request: Request, slug: str) -> Response:
        campaign = get_object_or_404(self.seen(), slug=slug)
        seen = seen_version(request, current=campaign.version)
        take = type(self).step
        return self.campaign(
            take(campaign_id=campaign.pk, seen_version=seen, by=request.user, now=self.now)
        )


class AnnounceCampaign(CampaignStep):
    """Show the campaign to the world, and let events join."""

    step = campaigns.announce_campaign


class CloseCampaign(CampaignStep):
    """Take no more events; what joined stays shown."""

    step = campaigns.close_campaign


class CampaignStatsItem(CampaignView):
    @operation(answers=CampaignStats)
    def get(self, request: Request, slug: str) -> Response:
        """Events, dates and venues of the campaign by province, and their sums."""
        campaign = get_object_or_404(self.seen(), slug=slug)
        shares = by_province(campaign)
        figures = ("events", "dates", "venues")
        return Response(
            {
                **{name: sum(getattr(share, name) for share in shares) for name in figures},
                "provinces": [vars(share) for share in shares],
            }
        )


class WithdrawPartner(CampaignView):
    @operation(answers=CampaignDetail)
    def post(self, request: Request, slug: str, organisation: str) -> Response:
        """Leave the campaign, with every event that the organisation brought."""
        campaign = participation.withdraw_partner(
            campaign_id=get_object_or_404(self.seen(), slug=slug).pk,
            organisation_id=get_object_or_404(Organisation, slug=organisation).pk,
            by=request.user,
            now=self.now,
        )
        return self.campaign(campaign)


class ParticipationView(PrivateView):
    """What concerns the events of a campaign, for those who decide on either."""

    resource = "campaigns"

    def about(self, slug: str) -> Campaign:
        seen = campaigns_visible_to(self.request.user, self.today)
        return get_object_or_404(seen, slug=slug)

    def participation(self, row: Participation, *, status: int = 200) -> Response:
        return self.row(ParticipationRow, Participation.objects.filter(pk=row.pk), status=status)


class ParticipationList(ParticipationView):
    @operation(answers=ParticipationRow, paged=True)
    def get(self, request: Request, slug: str) -> Response:
        """Events that joined or want to: all of them for the lead, your own otherwise."""
        rows = participations_visible_to(request.user, self.today).filter(campaign=self.about(slug))
        return self.page(ParticipationRow, rows, ordering=("pk",))

    @operation(answers=ParticipationRow, status=201, body=JoinBody)
    def post(self, request: Request, slug: str) -> Response:
        """Bring an event into the campaign; accepted at once where the campaign says so."""
        campaign, body = self.about(slug), self.body(JoinBody)
        mine = edited_by(request.user, self.today)
        row = participation.join_campaign(
            campaign_id=campaign.pk,
            event_id=get_object_or_404(mine, public_uid=body["event"]).pk,
            organisation=body["organisation"],
            by=request.user,
            now=self.now,
        )
        return self.participation(row, status=201)


class DecideParticipation(ParticipationView):
    @operation(answers=ParticipationRow, body=DecisionBody)
    def post(self, request: Request, slug: str, uid: str) -> Response:
        """Accept or decline an event, as the campaign's lead."""
        row = participation.decide_participation(
            **self.named(slug, uid), **self.body(DecisionBody), by=request.user, now=self.now
        )
        return self.participation(row)

    def named(self, slug: str, uid: str) -> dict[str, Any]:
        campaign = self.about(slug)
        event = get_object_or_404(Event, public_uid=uid, participations__campaign=campaign)
        return {"campaign_id": campaign.pk, "event_id": event.pk}


class LeaveCampaign(ParticipationView):
    @operation(answers=ParticipationRow)
    def post(self, request: Request, slug: str, uid: str) -> Response:
        """Take an event out of the campaign; in its own calendars it stays."""
        campaign = self.about(slug)
        seen = visible_to(request.user, self.today)
        event = get_object_or_404(seen, public_uid=uid, participations__campaign=campaign)
        row = participation.leave_campaign(
            campaign_id=campaign.pk, event_id=event.pk, by=request.user, now=self.now
        )
        return self.participation(row)
