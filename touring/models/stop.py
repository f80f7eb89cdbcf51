"""Stops: what has been promised to hosts, and may not be promised twice."""

from __future__ import annotations

from datetime import date

from django.db import models

from touring import lifecycles
from touring.models.exhibition import Unit
from touring.models.plan import DAYS_IN_ORDER, Plan
from touring.models.request import TourRequest
from venues.models import Space, Venue


class StopState(models.TextChoices):
    """The states of ``touring.lifecycles.STOP``."""

    PROPOSED = "proposed", "拟定"
    OPTION = "option", "意向"
    CHALLENGED = "challenged", "被挑战"
    CONFIRMED = "confirmed", "已确认"
    CONTRACTED = "contracted", "已签约"
    PREPARING = "preparing", "准备中"
    IN_TRANSIT = "in_transit", "运输中"
    INSTALLING = "installing", "布展中"
    OPEN = "open", "展出中"
    SUSPENDED = "suspended", "暂停"
    CLOSING = "closing", "撤展中"
    HANDED_OVER = "handed_over", "已交接"
    REPORTED = "reported", "已总结"
    CLOSED = "closed", "已闭展"
    RELEASED = "released", "已释放"
    CANCELLED = "cancelled", "已取消"


class HostAnswer(models.TextChoices):
    """What the host answered to the invitation to these dates."""

    NOT_ASKED = "", "未邀请"
    NEEDS_ACTION = "needs_action", "未答复"
    ACCEPTED = "accepted", "已接受"
    DECLINED = "declined", "已谢绝"
    TENTATIVE = "tentative", "待定"


FREEING_STATES = tuple(StopState(name) for name in lifecycles.FREEING_STOPS)
PUBLIC_STATES = tuple(StopState(name) for name in lifecycles.PUBLIC_STOPS)


class StopQuerySet(models.QuerySet["Stop"]):
    def holding(self) -> StopQuerySet:
        """Stops that occupy their unit and space."""
        return self.exclude(state__in=FREEING_STATES)

    def shown_to_all(self) -> StopQuerySet:
        """Stops whose run the public may see: nothing before a contract is signed."""
        return self.filter(state__in=PUBLIC_STATES)

    def touching(self, first: date, end: date) -> StopQuerySet:
        """Stops that are at their host on some day of ``[first, end)``."""
        return self.filter(arrives_on__lt=end, leaves_on__gt=first)


class Stop(models.Model):
    """``unit`` at ``venue`` on the days ``[arrives_on, leaves_on)``, open on
    ``[opens_on, closes_on)``, on the road from ``origin`` on ``[departs_on, arrives_on)``.

    The database itself refuses two holding stops that share a day and the unit, the space, or,
    where no space is named, the venue (``touring.guards``). The identity follows the request: a
    moved stop keeps ``uid`` and its feed address. Rows are written by
    :mod:`touring.services.stops` alone.
    """

    uid = models.CharField(max_length=80, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="stops")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="stops")
    space = models.ForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="stops"
    )
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="published_stops"
    )
    request = models.OneToOneField(
        TourRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="stop"
    )
    state = models.CharField(max_length=12, choices=StopState, default=StopState.PROPOSED)
    reason = models.CharField(max_length=200, blank=True, help_text="why released or cancelled")
    origin = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    departs_on = models.DateField(help_text="first travel day; arrives_on when it takes none")
    arrives_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField(help_text="first day no longer open")
    leaves_on = models.DateField(help_text="first day no longer at the host")
    host_answer = models.CharField(
        max_length=12, choices=HostAnswer, default=HostAnswer.NOT_ASKED, blank=True
    )
    host_answered_at = models.DateTimeField(null=True, blank=True)
    host_comment = models.TextField(blank=True, help_text="plain text of the host")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["arrives_on", "pk"]
        indexes = [
            models.Index(fields=["unit", "arrives_on"], name="stop_by_unit"),
            models.Index(fields=["space", "arrives_on"], name="stop_by_space"),
            models.Index(fields=["venue", "arrives_on"], name="stop_by_venue"),
        ]
        constraints = [
            models.CheckConstraint(name="stop_days_in_order", condition=DAYS_IN_ORDER),
        ]

    def __str__(self) -> str:
        return self.uid
