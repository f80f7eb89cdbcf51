"""Campaigns: one lead, many partners, one theme, and the events that join."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from events.enums import (
    Admission,
    CampaignKind,
    CampaignState,
    OrganiserRole,
    ParticipationState,
)
from events.models.choices import choices
from events.models.event import Event
from venues.models import Organisation
from venues.models.bilingual import Named


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def shown_to_all(self) -> CampaignQuerySet:
        return self.exclude(state=CampaignState.DRAFT)


class Campaign(Named):
    """A period in which many organisations hold events under one theme.

    Days are half-open: ``[starts_on, ends_on)``, and events join while
    ``[registration_opens_on, registration_closes_on)`` is open; an open side is unlimited.
    ``version`` and ``changed_at`` grow with every change.
    """

    audited_at = ("lead",)

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(
        max_length=16, choices=choices(CampaignKind), default=CampaignKind.OTHER
    )
    theme_zh = models.CharField(max_length=300, blank=True)
    theme_en = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="leads")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="not included")
    registration_opens_on = models.DateField(null=True, blank=True)
    registration_closes_on = models.DateField(null=True, blank=True, help_text="not included")
    materials_due_on = models.DateField(null=True, blank=True, help_text="the last day")
    admission = models.CharField(
        max_length=10, choices=choices(Admission), default=Admission.PARTNERS
    )
    state = models.CharField(
        max_length=10, choices=choices(CampaignState), default=CampaignState.DRAFT
    )
    url = models.URLField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "slug"]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            ),
            models.CheckConstraint(
                name="campaign_registration_closes_after_it_opens",
                condition=Q(registration_opens_on__isnull=True)
                | Q(registration_closes_on__isnull=True)
                | Q(registration_closes_on__gt=F("registration_opens_on")),
            ),
        ]


class CampaignPartner(models.Model):
    """An organisation that takes part; one that withdrew stays, with the moment it did."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="partnerships"
    )
    role = models.CharField(
        max_length=16, choices=choices(OrganiserRole), default=OrganiserRole.CO_ORGANISER
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["organisation__slug"]
        constraints = [
            models.UniqueConstraint(
                "campaign", "organisation", name="campaign_partner_once_per_campaign"
            ),
        ]


class Participation(models.Model):
    """An event in a campaign, brought by ``organisation`` (the lead, a partner, or nobody known).

    Only accepted ones are shown. When a partner withdraws, those it brought become withdrawn,
    which takes the events out of the campaign and leaves them as they are everywhere else.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="participations")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="brought"
    )
    state = models.CharField(
        max_length=10, choices=choices(ParticipationState), default=ParticipationState.PROPOSED
    )
    is_key_activity = models.BooleanField(default=False)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["campaign", "state", "event"], name="campaign_events")]
        constraints = [
            models.UniqueConstraint("campaign", "event", name="participation_once_per_campaign"),
            models.CheckConstraint(
                name="participation_decided_says_when",
                condition=Q(state=ParticipationState.PROPOSED, decided_at__isnull=True)
                | (~Q(state=ParticipationState.PROPOSED) & Q(decided_at__isnull=False)),
            ),
        ]
