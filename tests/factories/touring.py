"""Rows of tours without surprises: valid, alone, near Hefei, nothing more than asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from tests.factories.venues import RegionFactory, VenueFactory
from touring.models import (
    Exhibition,
    Hold,
    HoldSubject,
    Plan,
    PlannedStop,
    PlanVersion,
    RequestCall,
    RequestState,
    RequestWindow,
    Run,
    Season,
    Stop,
    StopLock,
    StopState,
    TourRequest,
    Unit,
    UnitAvailability,
    UnitMaintenance,
)
from venues.models import CoordinatesSource, RegionLevel

CHANGED_AT = datetime(2026, 10, 1, tzinfo=UTC)
FIRST_DATE, END_DATE = date(2027, 1, 1), date(2028, 1, 1)


class PlacedVenueFactory(VenueFactory):
    """A museum with coordinates, each some 11 km north of the one made before."""

    lat = factory.Sequence(lambda n: 31.0 + (n % 40) * 0.1)
    lon = 117.0
    coordinates_source = CoordinatesSource.SURVEY
    area_m2 = 800
    clear_height_m = 4.0


class ExhibitionFactory(DjangoModelFactory):
    """Asks nothing of its host; four days to set up, two to strike."""

    class Meta:
        model = Exhibition

    slug = factory.Sequence(lambda n: f"exhibition-{n}")
    title_zh = factory.Sequence(lambda n: f"第{n}展览")
    title_en = factory.Sequence(lambda n: f"Exhibition {n}")
    changed_at = CHANGED_AT


class UnitFactory(DjangoModelFactory):
    """A set of an exhibition of its own that may go everywhere, always."""

    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"U-{n:03d}")
    exhibition = factory.SubFactory(ExhibitionFactory)
    home = factory.SubFactory(PlacedVenueFactory)
    changed_at = CHANGED_AT


class UnitAvailabilityFactory(DjangoModelFactory):
    class Meta:
        model = UnitAvailability

    unit = factory.SubFactory(UnitFactory)
    first_date = FIRST_DATE
    end_date = END_DATE


class UnitMaintenanceFactory(DjangoModelFactory):
    class Meta:
        model = UnitMaintenance

    unit = factory.SubFactory(UnitFactory)
    days = 10
    earliest_date = FIRST_DATE
    latest_date = END_DATE


class SeasonFactory(DjangoModelFactory):
    """The year 2027 of a province of its own, without rules; give ``units=[…]``."""

    class Meta:
        model = Season
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"season-{n}")
    name_zh = factory.Sequence(lambda n: f"第{n}季")
    region = factory.SubFactory(RegionFactory, level=RegionLevel.PROVINCE)
    first_date = FIRST_DATE
    end_date = END_DATE
    created_at = CHANGED_AT

    @factory.post_generation
    def units(season, create, extracted, **kwargs):  # noqa: N805  # factory_boy passes the row
        if create and extracted:
            season.units.set(extracted)


class RequestCallFactory(DjangoModelFactory):
    """A call for regular tours in 2027, open from October 2026 to the end of 2199."""

    class Meta:
        model = RequestCall

    slug = factory.Sequence(lambda n: f"call-{n}")
    name_zh = factory.Sequence(lambda n: f"第{n}次申报")
    season = factory.SubFactory(SeasonFactory)
    year = 2027
    opens_on = date(2026, 10, 1)
    closes_on = date(2199, 12, 31)
    created_at = CHANGED_AT


class TourRequestFactory(DjangoModelFactory):
    """An accepted request for 30 days of anything, any time in 2027; ``windows=[(first, end)]``."""

    class Meta:
        model = TourRequest
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"R-{n:03d}")
    season = factory.SubFactory(SeasonFactory)
    venue = factory.SubFactory(PlacedVenueFactory)
    state = RequestState.ACCEPTED
    stay_days = 30
    created_at = CHANGED_AT
    changed_at = CHANGED_AT

    @factory.post_generation
    def windows(request, create, extracted, **kwargs):  # noqa: N805  # factory_boy passes the row
        if create:
            for rank, (first, end) in enumerate(extracted or [(FIRST_DATE, END_DATE)], start=1):
                RequestWindow.objects.create(
                    request=request, rank=rank, first_date=first, end_date=end
                )


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    season = factory.SubFactory(SeasonFactory)
    name_zh = factory.Sequence(lambda n: f"第{n}方案")
    created_at = CHANGED_AT


class RunFactory(DjangoModelFactory):
    """Five steps of work, without a job."""

    class Meta:
        model = Run

    plan = factory.SubFactory(PlanFactory)
    work = 5
    created_at = CHANGED_AT


class PlanVersionFactory(DjangoModelFactory):
    """An empty version made by nobody."""

    class Meta:
        model = PlanVersion

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    created_at = CHANGED_AT


class _Days(factory.declarations.BaseDeclaration):
    """Days that follow from ``opens_on``: 30 open, four before to set up, two after to strike."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def evaluate(self, instance, step, extra):
        return instance.opens_on + timedelta(days=self.after)


class PlannedStopFactory(DjangoModelFactory):
    class Meta:
        model = PlannedStop

    version = factory.SubFactory(PlanVersionFactory)
    unit = factory.SubFactory(UnitFactory)
    request = factory.SubFactory(TourRequestFactory)
    opens_on = date(2027, 3, 1)
    departs_on = _Days(-4)
    arrives_on = _Days(-4)
    closes_on = _Days(30)
    leaves_on = _Days(32)


class StopFactory(DjangoModelFactory):
    """A proposed stop at a venue without spaces, placed by hand, open for 30 days."""

    class Meta:
        model = Stop

    uid = factory.Sequence(lambda n: f"stop-{n}")
    unit = factory.SubFactory(UnitFactory)
    venue = factory.SubFactory(PlacedVenueFactory)
    state = StopState.PROPOSED
    opens_on = date(2027, 3, 1)
    departs_on = _Days(-4)
    arrives_on = _Days(-4)
    closes_on = _Days(30)
    leaves_on = _Days(32)
    created_at = CHANGED_AT
    changed_at = CHANGED_AT


class HoldFactory(DjangoModelFactory):
    """A first hold of a unit by a venue, for the days a :class:`StopFactory` takes."""

    class Meta:
        model = Hold

    uid = factory.Sequence(lambda n: f"hold-{n}")
    subject = HoldSubject.UNIT
    unit = factory.SubFactory(UnitFactory)
    venue = factory.SubFactory(PlacedVenueFactory)
    opens_on = date(2027, 3, 1)
    arrives_on = _Days(-4)
    closes_on = _Days(30)
    leaves_on = _Days(32)
    expires_on = date(2026, 11, 17)
    placed_at = CHANGED_AT
    changed_at = CHANGED_AT


class StopLockFactory(DjangoModelFactory):
    class Meta:
        model = StopLock

    plan = factory.SubFactory(PlanFactory)
    unit = factory.SubFactory(UnitFactory)
    request = factory.SubFactory(TourRequestFactory)
    opens_on = date(2027, 3, 1)
