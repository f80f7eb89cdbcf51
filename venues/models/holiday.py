"""Holiday tables: which days of a year are off, and which weekend days are worked instead."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from venues.models.bilingual import Named
from venues.models.region import Region
from venues.workdays import DayKind, SpecialDay


class HolidayStatus(models.TextChoices):
    PROVISIONAL = "provisional", "暂定"
    CONFIRMED = "confirmed", "已公布"


class HolidayKind(models.TextChoices):
    STATUTORY = "statutory", "法定节假日"
    BRIDGE = "bridge", "调休放假"
    MAKEUP_WORKDAY = "makeup_workday", "补班"


class HolidayTable(models.Model):
    """The days of one year in a country, or what one region adds to its country's.

    A newer table does not change the older one: that one gets ``replaced_at`` and stays, so that
    every past answer can be explained.
    """

    country = models.CharField(max_length=2, default="CN", help_text="ISO 3166-1 alpha-2")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, help_text="none: the country"
    )
    year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=HolidayStatus)
    source = models.CharField(max_length=300, help_text="the notice, or the library")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="none: in force")

    class Meta:
        ordering = ["country", "-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "country",
                "year",
                name="holiday_table_one_in_force_per_country",
                condition=Q(region__isnull=True, replaced_at__isnull=True),
            ),
            models.UniqueConstraint(
                "region",
                "year",
                name="holiday_table_one_in_force_per_region",
                condition=Q(region__isnull=False, replaced_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        place = self.region.name_zh if self.region is not None else self.country
        return f"{place} {self.year} ({self.get_status_display()})"


class HolidayDayQuerySet(models.QuerySet["HolidayDay"]):
    def in_force(self, first: date, end: date) -> HolidayDayQuerySet:
        """Days of ``[first, end)`` in tables that nothing has replaced."""
        return self.filter(table__replaced_at__isnull=True, day__gte=first, day__lt=end)


class HolidayDay(Named):
    """One special day of a table.

    A bridge day is off without being statutory: swapped for the weekend day ``in_lieu_of``, or a
    weekend day inside a break.
    """

    table = models.ForeignKey(HolidayTable, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    kind = models.CharField(max_length=16, choices=HolidayKind)
    in_lieu_of = models.DateField(null=True, blank=True)

    objects = HolidayDayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        indexes = [models.Index(fields=["day"], name="holiday_by_day")]
        constraints = [
            models.UniqueConstraint("table", "day", name="holiday_day_once_per_table"),
        ]

    @property
    def special(self) -> SpecialDay:
        return SpecialDay(DayKind(self.kind), self.name_zh, self.name_en, self.in_lieu_of)
