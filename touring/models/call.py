"""Calls for requests: who may ask for what, until when, and how many a region may hand up."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from touring.models.season import Season
from venues.models import Region
from venues.models.bilingual import Named


class Programme(models.TextChoices):
    REGULAR = "regular", "常规巡展"
    ROTATION = "rotation", "区域换展"
    CARAVAN = "caravan", "科普大篷车"
    PAIRED_AID = "paired_aid", "对口支援"
    INTERNATIONAL = "international", "国际巡展"


class RequestCall(Named):
    """Requests of ``programme`` for ``season`` are taken on the days ``[opens_on, closes_on)``.

    The days are those of ``timezone``. Each level answers within ``answer_days`` working days.
    ``asks_nation``: what the province accepts is decided by the nation.
    """

    audited_at = ("season.region",)

    slug = models.SlugField(max_length=80, unique=True)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="calls")
    programme = models.CharField(max_length=20, choices=Programme, default=Programme.REGULAR)
    year = models.PositiveSmallIntegerField()
    opens_on = models.DateField()
    closes_on = models.DateField(help_text="first day on which nothing is taken any more")
    timezone = models.CharField(max_length=63, default="Asia/Shanghai")
    answer_days = models.PositiveSmallIntegerField(default=10, help_text="working days per level")
    asks_nation = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-opens_on", "slug"]
        constraints = [
            models.CheckConstraint(
                name="call_closes_after_it_opens", condition=Q(closes_on__gt=F("opens_on"))
            ),
            models.UniqueConstraint(
                "season", "programme", "year", name="call_once_per_season_programme_and_year"
            ),
        ]


class RequestQuota(models.Model):
    """At most ``most`` requests from ``region`` and below are handed up under the call."""

    call = models.ForeignKey(RequestCall, on_delete=models.CASCADE, related_name="quotas")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    most = models.PositiveIntegerField()

    class Meta:
        ordering = ["call", "region__code"]
        constraints = [
            models.UniqueConstraint("call", "region", name="quota_once_per_call_and_region"),
        ]
