"""Tour requests (申报): a host asks for a stop, with ranked windows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from touring.models.exhibition import Exhibition
from touring.models.season import Season
from venues.models import Space, Venue


class RequestState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    ACCEPTED = "accepted", "已受理"
    REJECTED = "rejected", "未受理"
    WITHDRAWN = "withdrawn", "已撤回"


class TourRequestQuerySet(models.QuerySet["TourRequest"]):
    def accepted(self) -> TourRequestQuerySet:
        """Those the planner may serve."""
        return self.filter(state=RequestState.ACCEPTED)


class TourRequest(models.Model):
    """``venue`` asks for one stop of ``stay_days`` in ``season``; only accepted ones are planned.

    ``exhibitions`` empty means any. ``must``: leaving it out is paid as a penalty. ``value`` is
    the need-weighted worth of serving it (see the season's objective).
    """

    code = models.CharField(max_length=40, unique=True, help_text="e.g. SC-2026-013")
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="requests")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="tour_requests")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.DRAFT)
    stay_days = models.PositiveSmallIntegerField(default=60)
    value = models.FloatField(default=1.0)
    must = models.BooleanField(default=False)
    exhibitions = models.ManyToManyField(Exhibition, blank=True, related_name="requests")
    expected_visits = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was rejected")
    contact_email = models.EmailField(blank=True)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = TourRequestQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="request_stays", condition=Q(stay_days__gt=0)),
            models.CheckConstraint(name="request_value_not_negative", condition=Q(value__gte=0)),
        ]

    def __str__(self) -> str:
        return self.code


class RequestWindow(models.Model):
    """The stop may lie, from opening to close, in ``[first_date, end_date)``.

    ``rank`` 1 is liked best; ``preference`` multiplies the request's value.
    """

    request = models.ForeignKey(TourRequest, on_delete=models.CASCADE, related_name="windows")
    rank = models.PositiveSmallIntegerField()
    first_date = models.DateField()
    end_date = models.DateField()
    preference = models.FloatField(default=1.0)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint("request", "rank", name="window_rank_once_per_request"),
            models.CheckConstraint(
                name="window_ends_after_it_starts", condition=Q(end_date__gt=F("first_date"))
            ),
            models.CheckConstraint(
                name="window_preference_between_0_and_1",
                condition=Q(preference__gte=0, preference__lte=1),
            ),
        ]
