"""Who acts for which part of the network, and the keys programs use on their behalf."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from venues.models.organisation import Organisation
from venues.models.region import Region
from venues.models.venue import Venue


class Role(models.TextChoices):
    """What a membership permits inside its scope; see ``venues.rights``. Labels are Chinese."""

    ADMINISTRATOR = "administrator", "管理员"
    NATION_OFFICER = "nation_officer", "国家级业务人员"
    PROVINCE_OFFICER = "province_officer", "省级业务人员"
    PREFECTURE_OFFICER = "prefecture_officer", "市级业务人员"
    COUNTY_OFFICER = "county_officer", "县级业务人员"
    TOUR_PLANNER = "tour_planner", "巡展计划员"
    HUB_KEEPER = "hub_keeper", "集散中心管理员"
    OPERATOR = "operator", "巡展执行人员"
    MUSEUM_PUBLISHER = "museum_publisher", "场馆发布员"
    MUSEUM_EDITOR = "museum_editor", "场馆编辑"
    HOST_CONTACT = "host_contact", "承办联系人"
    RECOMMENDER = "recommender", "推荐人"
    INFORMATION_OFFICER = "information_officer", "科普信息员"
    PAIRED_DONOR = "paired_donor", "结对援助方"
    AUDITOR = "auditor", "审计员"
    READER = "reader", "只读人员"

    def name_in(self, language: str) -> str:
        return self.value.replace("_", " ") if language == "en" else str(self.label)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def valid_on(self, day: date) -> MembershipQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )


class Membership(models.Model):
    """``user`` holds ``role`` for one region (and all below), organisation or venue.

    Holds on the days ``[valid_from, valid_to)``; an open side is unlimited.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_has_exactly_one_scope",
                condition=Q(region__isnull=False, organisation__isnull=True, venue__isnull=True)
                | Q(region__isnull=True, organisation__isnull=False, venue__isnull=True)
                | Q(region__isnull=True, organisation__isnull=True, venue__isnull=False),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}, {self.place}"

    @property
    def place(self) -> Region | Organisation | Venue:
        """The one thing it is held for."""
        held_for = self.region or self.organisation or self.venue
        assert held_for is not None  # a constraint says so
        return held_for


class ApiKey(models.Model):
    """A key a program sends as ``Authorization: Bearer KEY``.

    Only ``SHA-256(key)`` is kept; ``prefix`` lets a person recognise it. ``scopes`` are
    ``read`` or ``write`` words, optionally narrowed as ``write:events``.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
