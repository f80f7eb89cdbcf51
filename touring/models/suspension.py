"""Suspension of a region for some days: an emergency, a flood, an epidemic."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from touring.models.stop import Stop
from venues.models import Region


class Suspension(models.Model):
    """Nothing is shown in ``region`` and below on ``[first_date, end_date)``, until lifted.

    ``replan_proposed`` holds the numbers of the runs that were asked for, ``postponed_events``
    what :func:`events.services.postponing.postpone_events` answered, to be given back by lifting.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="suspensions")
    first_date = models.DateField()
    end_date = models.DateField()
    reason_zh = models.CharField(max_length=200)
    reason_en = models.CharField(max_length=200, blank=True)
    replan_proposed = models.JSONField(default=list, blank=True)
    postponed_events = models.JSONField(default=dict, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    declared_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-first_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="suspension_ends_after_it_starts", condition=Q(end_date__gt=F("first_date"))
            ),
        ]


class SuspendedStop(models.Model):
    """A stop that a suspension stopped, and the state it had and gets back."""

    suspension = models.ForeignKey(Suspension, on_delete=models.CASCADE, related_name="stops")
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="suspensions")
    was = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint("suspension", "stop", name="stop_once_per_suspension"),
        ]
