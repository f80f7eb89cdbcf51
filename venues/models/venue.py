"""Venues and their spaces: where things are shown, and what a touring exhibition finds there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from venues.models.bilingual import Bilingual, Named
from venues.models.organisation import Organisation
from venues.models.region import Region


class VenueKind(models.TextChoices):
    SCIENCE_MUSEUM = "science_museum", "科技馆"
    RURAL_SCHOOL_MUSEUM = "rural_school_museum", "农村中学科技馆"
    BASE = "base", "科普教育基地"
    STATION = "station", "新时代文明实践站"
    SERVICE_CENTRE = "service_centre", "党群/社区服务中心"
    HUB = "hub", "资源集散中心"
    SCHOOL = "school", "学校"
    HALL = "hall", "展厅、体育馆、礼堂"
    SERVICE_POINT = "service_point", "服务点"
    DIGITAL = "digital", "数字科技馆"


class VenueStatus(models.TextChoices):
    PLANNED = "planned", "规划中"
    UNDER_CONSTRUCTION = "under_construction", "建设中"
    OPEN = "open", "开放"
    CLOSED = "closed", "关闭"


class CoordinatesSource(models.TextChoices):
    SURVEY = "survey"
    OPERATOR = "operator"
    GEOCODER = "geocoder"
    REGION_SEAT = "region_seat"
    DATASET = "dataset"


class Geocoding(models.TextChoices):
    """``pending`` asks the geocoding task for coordinates; the others are its answers."""

    NOT_NEEDED = "not_needed"
    PENDING = "pending"
    FOUND = "found"
    NOT_FOUND = "not_found"


_POSITIVE_FACILITIES = (
    "area_m2",
    "clear_height_m",
    "floor_load_kg_m2",
    "power_kw",
    "door_width_m",
    "door_height_m",
    "lift_load_kg",
    "truck_length_m",
    "crate_store_m2",
)


class VenueQuerySet(models.QuerySet["Venue"]):
    def in_region(self, region: Region) -> VenueQuerySet:
        """Venues anywhere under ``region``, by the closure table."""
        return self.filter(region__ancestor_paths__ancestor=region)

    def open(self) -> VenueQuerySet:
        return self.filter(status=VenueStatus.OPEN)


class Venue(Named):
    """A place of the network, with the facilities a touring exhibition asks about.

    Facility figures are what is usable for a visiting exhibition; ``None`` is "not known",
    which a requirement treats as not offered. Coordinates are WGS 84 degrees with their source.
    ``timezone`` is an IANA id and is stored, never inferred at run time. ``version`` and
    ``changed_at`` grow with every change (ETag, feeds).
    """

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=30, choices=VenueKind)
    status = models.CharField(max_length=20, choices=VenueStatus, default=VenueStatus.OPEN)
    opened_on = models.DateField(null=True, blank=True)
    meets_standard = models.BooleanField(default=False, help_text="达标科技馆")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="venues"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="venues")
    address_zh = models.CharField(max_length=300, blank=True)
    address_en = models.CharField(max_length=300, blank=True)
    lat = models.FloatField(null=True, blank=True, help_text="WGS 84 degrees")
    lon = models.FloatField(null=True, blank=True, help_text="WGS 84 degrees")
    coordinates_source = models.CharField(max_length=20, choices=CoordinatesSource, blank=True)
    geocoding = models.CharField(max_length=12, choices=Geocoding, default=Geocoding.NOT_NEEDED)
    timezone = models.CharField(max_length=60, default="Asia/Shanghai", help_text="IANA id")
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)

    area_m2 = models.FloatField(null=True, blank=True)
    clear_height_m = models.FloatField(null=True, blank=True)
    floor = models.SmallIntegerField(null=True, blank=True)
    floor_load_kg_m2 = models.FloatField(null=True, blank=True)
    power_kw = models.FloatField(null=True, blank=True)
    three_phase = models.BooleanField(default=False)
    door_width_m = models.FloatField(null=True, blank=True)
    door_height_m = models.FloatField(null=True, blank=True)
    lift_load_kg = models.FloatField(null=True, blank=True)
    truck_length_m = models.FloatField(null=True, blank=True, help_text="longest truck that fits")
    crate_store_m2 = models.FloatField(null=True, blank=True)
    climate_class = models.PositiveSmallIntegerField(default=0)
    security_rating = models.PositiveSmallIntegerField(default=0)
    has_hvac = models.BooleanField(default=False)
    has_network = models.BooleanField(default=False)
    is_accessible = models.BooleanField(default=False, help_text="step-free access")
    capacity_at_once = models.PositiveIntegerField(null=True, blank=True)
    capacity_per_day = models.PositiveIntegerField(null=True, blank=True)

    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    objects = VenueQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(fields=["lat", "lon"], name="venue_by_coordinates")]
        constraints = [
            models.CheckConstraint(
                name="venue_coordinates_both_or_neither",
                condition=Q(lat__isnull=True, lon__isnull=True, coordinates_source="")
                | (Q(lat__range=(-90, 90), lon__range=(-180, 180)) & ~Q(coordinates_source="")),
            ),
            *(
                models.CheckConstraint(
                    name=f"venue_{field}_not_negative",
                    condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0}),
                )
                for field in _POSITIVE_FACILITIES
            ),
        ]


class Space(Bilingual):
    """A hall or room of a venue that holds one thing at a time."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="spaces")
    code = models.SlugField(max_length=40)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    area_m2 = models.FloatField(null=True, blank=True)
    clear_height_m = models.FloatField(null=True, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["venue", "code"]
        constraints = [
            models.UniqueConstraint("venue", "code", name="space_code_once_per_venue"),
        ]

    def __str__(self) -> str:
        return self.name_zh
