"""Holds (占位): who stands in line for a unit or a place, and since when."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from touring import lifecycles
from touring.models.exhibition import Unit
from touring.models.stop import Stop
from venues.models import Space, Venue


class HoldSubject(models.TextChoices):
    UNIT = "unit", "套或车"
    PLACE = "place", "场地"


class HoldState(models.TextChoices):
    """The states of ``touring.lifecycles.HOLD``."""

    LIVE = "live", "有效"
    CHALLENGED = "challenged", "被挑战"
    CONFIRMED = "confirmed", "已确认"
    RELEASED = "released", "已释放"
    EXPIRED = "expired", "已过期"
    KILLED = "killed", "已失效"


class HoldQuerySet(models.QuerySet["Hold"]):
    def live(self) -> HoldQuerySet:
        """Those that stand in line."""
        return self.filter(state__in=lifecycles.LIVE_HOLDS)

    def touching(self, first: date, end: date) -> HoldQuerySet:
        """Holds of some day of ``[first, end)``."""
        return self.filter(arrives_on__lt=end, leaves_on__gt=first)


class Hold(models.Model):
    """``unit`` is wanted at ``venue`` on the days ``[arrives_on, leaves_on)``; never public.

    ``subject`` says what is held: the unit, or the place (``space``; the venue where none is
    named). ``rank`` is one more than the live holds of the same subject that share a day and came
    earlier; a joint first, which only planners grant, ranks first beside another. On
    ``expires_on`` (a day of the venue) it is over; a challenged one is over on ``respond_by``.
    """

    uid = models.CharField(max_length=80, unique=True)
    subject = models.CharField(max_length=10, choices=HoldSubject)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="holds")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="holds")
    space = models.ForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="holds"
    )
    stop = models.ForeignKey(
        Stop, on_delete=models.PROTECT, null=True, blank=True, related_name="holds"
    )
    arrives_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField(help_text="first day no longer open")
    leaves_on = models.DateField()
    state = models.CharField(max_length=12, choices=HoldState, default=HoldState.LIVE)
    rank = models.PositiveSmallIntegerField(default=1)
    is_joint_first = models.BooleanField(default=False)
    expires_on = models.DateField(help_text="first day on which it no longer holds")
    challenged_at = models.DateTimeField(null=True, blank=True)
    challenged_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="challenges"
    )
    respond_by = models.DateField(null=True, blank=True, help_text="last day to answer")
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["arrives_on", "rank", "pk"]
        indexes = [
            models.Index(fields=["unit", "arrives_on"], name="hold_by_unit"),
            models.Index(fields=["venue", "arrives_on"], name="hold_by_venue"),
            models.Index(fields=["expires_on"], name="hold_by_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                name="hold_days_in_order",
                condition=Q(
                    arrives_on__lte=F("opens_on"),
                    opens_on__lt=F("closes_on"),
                    closes_on__lte=F("leaves_on"),
                ),
            ),
            models.CheckConstraint(name="hold_rank_from_1", condition=Q(rank__gte=1)),
            models.CheckConstraint(
                name="hold_challenged_with_its_clock",
                condition=~Q(state=HoldState.CHALLENGED)
                | Q(challenged_at__isnull=False, respond_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.uid
