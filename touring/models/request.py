"""Tour requests (申报): a host asks for a stop, with ranked windows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from touring import lifecycles
from touring.models.call import Programme, RequestCall
from touring.models.exhibition import Exhibition
from touring.models.papers import Paper
from touring.models.season import Season
from venues.models import Region, Space, Venue


class RequestState(models.TextChoices):
    """The states of ``touring.lifecycles.REQUEST``."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    ENDORSED = "endorsed", "县级已同意"
    RETURNED = "returned", "已退回"
    CONSOLIDATED = "consolidated", "市级已汇总"
    WAITING = "waiting", "候补"
    ACCEPTED = "accepted", "已受理"
    REJECTED = "rejected", "未受理"
    PLANNED = "planned", "已排期"
    FULFILLED = "fulfilled", "已完成"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "已过期"


class TourRequestQuerySet(models.QuerySet["TourRequest"]):
    def accepted(self) -> TourRequestQuerySet:
        """Those the planner may serve, or serves already."""
        return self.filter(state__in=lifecycles.PLANNED_REQUESTS)

    def active(self) -> TourRequestQuerySet:
        """Those of which a county has one per programme and year."""
        return self.filter(state__in=lifecycles.ACTIVE_REQUESTS)


class TourRequest(models.Model):
    """``venue`` asks for one stop of ``stay_days`` in ``season``; only accepted ones are planned.

    Under a ``call`` it climbs the four levels of the association, and its ``county`` has no second
    active one in that ``programme`` and ``year``; without a call the season's planner decides.

    ``exhibitions`` empty means any. ``must``: leaving it out is paid as a penalty. ``value`` is
    the need-weighted worth of serving it (see the season's objective).
    """

    code = models.CharField(max_length=40, unique=True, help_text="e.g. SC-2026-013")
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="requests")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="tour_requests")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, null=True, blank=True)
    call = models.ForeignKey(
        RequestCall, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    programme = models.CharField(max_length=20, choices=Programme, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    county = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.DRAFT)
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
            models.UniqueConstraint(
                "county",
                "programme",
                "year",
                condition=Q(call__isnull=False, state__in=lifecycles.ACTIVE_REQUESTS),
                name="one_active_request_per_county_programme_and_year",
            ),
            models.CheckConstraint(
                name="request_under_a_call_names_county_and_year",
                condition=Q(call__isnull=True) | Q(county__isnull=False, year__isnull=False),
            ),
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


class RequestStep(models.Model):
    """One step of a request, never changed but for its escalation.

    ``level`` says for which of the four levels the actor decided. ``due_on`` is the day by which
    the next level shall have answered; ``escalated_at`` when the level above was told it had not.
    """

    request = models.ForeignKey(TourRequest, on_delete=models.CASCADE, related_name="steps")
    operation = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    level = models.CharField(max_length=20, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, help_text="the reason, where there is one")
    version = models.PositiveIntegerField(help_text="of the request after the step")
    due_on = models.DateField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["request", "pk"]
        indexes = [models.Index(fields=["due_on"], name="step_by_due_day")]


class RequestVersion(models.Model):
    """What was asked for until a change replaced it; ``wish`` as the interface shows it."""

    request = models.ForeignKey(TourRequest, on_delete=models.CASCADE, related_name="history")
    number = models.PositiveIntegerField(help_text="the request's version that held it")
    wish = models.JSONField()
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )

    class Meta:
        ordering = ["request", "number"]
        constraints = [
            models.UniqueConstraint("request", "number", name="wish_kept_once_per_version"),
        ]


class RequestAttachment(Paper):
    """A file handed in with a request."""

    request = models.ForeignKey(TourRequest, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        ordering = ["request", "pk"]
