"""The event filter as querysets: which events, which dates, for whom, at what cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from urllib.parse import parse_qs

import pytest

from events.enums import EventKind, Moderation, Status, Visibility
from events.errors import InvalidFilter
from events.queries import EventFilter, Window, events, hosted_occurrences, occurrences
from tests.factories.events import (
    EventFactory,
    EventReferenceFactory,
    OccurrenceFactory,
    TopicFactory,
)
from tests.factories.venues import RegionFactory, VenueFactory
from venues.models import FormerAddress

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

TODAY = date(2026, 11, 2)


def asked(query: str) -> EventFilter:
    return EventFilter.parse(parse_qs(query, keep_blank_values=True), today=TODAY)


def event_with_date(**facts):
    return OccurrenceFactory(event=EventFactory(**facts)).event


def found(query: str) -> set[str]:
    """Titles of the events found; events and occurrences have to agree."""
    by_event = {event.title_zh for event in events(asked(query))}
    by_date = [occurrence.event.title_zh for occurrence in occurrences(asked(query))]
    assert len(by_date) == len(set(by_date))
    assert set(by_date) == by_event
    return by_event


@pytest.mark.parametrize(
    "hidden",
    [
        {"moderation": Moderation.DRAFT},
        {"moderation": Moderation.SUBMITTED},
        {"moderation": Moderation.RETURNED},
        {"moderation": Moderation.ARCHIVED},
        {"visibility": Visibility.HOSTS},
    ],
)
def test_only_what_the_public_may_see_is_found_O4(hidden):
    event_with_date(title_zh="shown")
    event_with_date(title_zh="hidden", **hidden)

    assert found("") == {"shown"}


def test_region_means_everything_below_it():
    anhui = RegionFactory(code="340000")
    hefei = RegionFactory(code="340100", parent=anhui)
    county = RegionFactory(code="340121", parent=hefei)
    event_with_date(title_zh="county", venue=VenueFactory(region=county))
    event_with_date(title_zh="province", venue=VenueFactory(region=anhui))
    event_with_date(title_zh="elsewhere")

    assert found("region=340000") == {"county", "province"}
    assert found("region=340100") == {"county"}
    assert found("region=340000,340100") == {"county", "province"}


def test_replaced_region_means_its_successor():
    new = RegionFactory(code="510981")
    RegionFactory(code="510922", replaced_by=new, valid_to=date(2019, 1, 1))
    event_with_date(title_zh="射洪", venue=VenueFactory(region=new))

    assert found("region=510922") == {"射洪"}


def test_former_slug_of_a_venue_still_finds_it():
    event_with_date(title_zh="here", venue=VenueFactory(slug="new-name"))
    FormerAddress.objects.create(kind="venue", former="old-name", current="new-name")

    assert found("venue=old-name") == {"here"}


def test_topic_means_the_narrower_ones_and_the_successor_too():
    physics = TopicFactory(slug="physics")
    optics = TopicFactory(slug="optics", broader=physics)
    TopicFactory(slug="light", replaced_by=optics)
    event_with_date(title_zh="lenses").topics.add(optics, physics)
    event_with_date(title_zh="plain")

    assert found("topic=physics") == found("topic=optics") == found("topic=light") == {"lenses"}


def test_unknown_places_and_topics_are_named_all_at_once():
    with pytest.raises(InvalidFilter) as refusal:
        occurrences(asked("region=999999&venue=nowhere&topic=magic"))

    assert refusal.value.detail["problems"] == [
        {
            "parameter": "region",
            "message": "there is no region '999999'; check the code, such as 340100",
        },
        {
            "parameter": "venue",
            "message": "there is no venue 'nowhere'; check the slug in the venue's address",
        },
        {
            "parameter": "topic",
            "message": "there is no topic 'magic'; check the slug in the list of topics",
        },
    ]


def test_exhibition_and_unit_are_found_by_reference():
    tour = event_with_date(title_zh="tour")
    EventReferenceFactory(event=tour, refid="exhibition:light")
    EventReferenceFactory(event=tour, refid="unit:AH-03")
    EventReferenceFactory(event=event_with_date(title_zh="other"), refid="unit:AH-04")

    assert found("exhibition=light") == found("unit=AH-03") == {"tour"}
    assert found("unit=AH-03,AH-04") == {"tour", "other"}
    assert found("exhibition=light&unit=AH-04") == set()
    assert found("unit=unheard-of") == set()


def test_audience_kind_price_and_words():
    event_with_date(
        title_zh="光与影",
        title_en="Light",
        audiences=["youth", "family"],
        kind=EventKind.SHOW,
        is_free=True,
    )
    event_with_date(
        title_zh="机器人", title_en="", audiences=["everyone"], kind=EventKind.CAMP, is_free=False
    )
    event_with_date(
        title_zh="讲座", title_en="", description_zh="谈100%的光_学", kind=EventKind.LECTURE
    )

    assert found("audience=youth") == {"光与影"}
    assert found("audience=youth,everyone") == {"光与影", "机器人"}
    assert found("kind=camp,lecture") == {"机器人", "讲座"}
    assert found("free=true") == {"光与影"}
    assert found("free=false") == {"机器人"}
    assert found("q=光") == {"光与影", "讲座"}
    assert found("q=LIGHT") == {"光与影"}
    assert found("q=光 影") == {"光与影"}
    assert found("q=100%25") == {"讲座"}
    assert found("q=光%25学") == set()


def test_school_year_age_and_language_of_the_event():
    event_with_date(title_zh="first", grades=[1, 2], age_min=6, languages=["zh"])
    event_with_date(title_zh="twelfth", grades=[0, 12], age_max=18, languages=["zh-yue", "en"])
    event_with_date(title_zh="silent")

    assert found("grade=1") == {"first"}
    assert found("grade=2") == {"first"}
    assert found("grade=0") == found("grade=12") == {"twelfth"}
    assert found("grade=2,12") == {"first", "twelfth"}
    assert found("age=5") == {"twelfth", "silent"}
    assert found("age=6") == found("age=18") == {"first", "twelfth", "silent"}
    assert found("age=19") == {"first", "silent"}
    assert found("spoken=zh") == {"first", "twelfth"}
    assert found("spoken=ZH-yue") == found("spoken=en") == {"twelfth"}
    assert found("spoken=fr") == set()


def test_online_is_without_venue_moved_online_or_of_that_kind():
    event_with_date(title_zh="stream", venue=None)
    event_with_date(title_zh="moved", status=Status.MOVED_ONLINE)
    event_with_date(title_zh="kind", kind=EventKind.ONLINE)
    event_with_date(title_zh="hall")

    assert found("online=true") == {"stream", "moved", "kind"}
    assert found("online=false") == {"hall"}


@pytest.fixture
def three_cities():
    for slug, lat, lon in (
        ("hefei", 31.8206, 117.2272),
        ("wuhu", 31.3524, 118.4331),
        ("suva", -18.1416, 178.4419),
    ):
        place = VenueFactory(slug=slug, lat=lat, lon=lon, coordinates_source="dataset")
        event_with_date(title_zh=slug, venue=place)
    event_with_date(title_zh="unknown place")


@pytest.mark.usefixtures("three_cities")
def test_near_measures_great_circles():
    """Hefei to Wuhu is 126 km."""
    assert found("near=31.82,117.23&km=100") == {"hefei"}
    assert found("near=31.82,117.23&km=250") == {"hefei", "wuhu"}
    assert found("near=-18.1,-179.9&km=250") == {"suva"}
    assert found("near=90,0&km=500") == set()


@pytest.mark.usefixtures("three_cities")
def test_box_may_span_the_date_line():
    assert found("bbox=115,29,118,33") == {"hefei"}
    assert found("bbox=170,-40,-170,0") == {"suva"}
    assert found("bbox=-180,-90,180,90") == {"hefei", "wuhu", "suva"}


def test_days_are_half_open_and_the_events_own():
    event_with_date(
        title_zh="exhibition",
        start_date=date(2026, 11, 10),
        start_time=None,
        end_date=date(2026, 11, 20),
        end_time=None,
    )

    assert found("start=2026-11-20") == set()
    assert found("start=2026-11-19") == {"exhibition"}
    assert found("end=2026-11-10") == set()
    assert found("end=2026-11-11") == {"exhibition"}
    assert found("start=2026-11-12&end=2026-11-13") == {"exhibition"}


def test_moments_are_half_open_and_moments_without_length_are_found():
    event_with_date(title_zh="workshop")  # 2026-11-07 10:00-11:30 +08:00
    event_with_date(title_zh="opening", end_time=time(10, 0))

    assert found("start=2026-11-07T10:00:00%2B08:00") == {"workshop", "opening"}
    assert found("start=2026-11-07T10:00:01%2B08:00") == {"workshop"}
    assert found("start=2026-11-07T03:30:00Z") == set()
    assert found("end=2026-11-07T10:00:00%2B08:00") == set()


def test_today_and_weekend_depend_on_the_day_of_asking():
    event_with_date(title_zh="saturday")
    event_with_date(title_zh="monday", start_date=TODAY)

    assert found("on=today") == {"monday"}
    assert found("on=weekend") == {"saturday"}


def test_window_and_filter_bound_each_other():
    event_with_date(title_zh="saturday")

    inside = Window(date(2026, 11, 7), date(2026, 11, 8))
    before = Window(date(2026, 11, 1), date(2026, 11, 7))

    assert [e.title_zh for e in events(asked(""), window=inside)] == ["saturday"]
    assert list(events(asked(""), window=before)) == []
    assert list(occurrences(asked("start=2026-11-08"), window=inside)) == []


def test_event_without_dates_is_found_only_without_bounds():
    EventFactory(title_zh="far ahead")

    assert [e.title_zh for e in events(asked(""))] == ["far ahead"]
    assert list(events(asked("start=2026-11-01"))) == []


@pytest.mark.parametrize(
    ("ordering", "titles"),
    [
        ("start", ["first", "second"]),
        ("-start", ["second", "first"]),
        ("changed_at", ["second", "first"]),
        ("-changed_at", ["first", "second"]),
    ],
)
def test_ordering(ordering, titles):
    event_with_date(title_zh="first", changed_at=datetime(2026, 10, 9, tzinfo=UTC))
    event_with_date(
        title_zh="second",
        start_date=date(2026, 11, 8),
        changed_at=datetime(2026, 10, 5, tzinfo=UTC),
    )

    wanted = asked(f"ordering={ordering}")

    assert [e.title_zh for e in events(wanted)] == titles
    assert [o.event.title_zh for o in occurrences(wanted)] == titles


def test_hosts_see_moves_and_installation_but_no_drafts_O4():
    museum = VenueFactory()
    event_with_date(title_zh="show", venue=museum)
    event_with_date(title_zh="move", venue=museum, visibility=Visibility.HOSTS)
    event_with_date(title_zh="draft", venue=museum, moderation=Moderation.DRAFT)
    event_with_date(title_zh="neighbour", visibility=Visibility.HOSTS)

    rows = hosted_occurrences(museum, window=Window(date(2026, 11, 1), date(2026, 12, 1)))

    assert {row.event.title_zh for row in rows} == {"show", "move"}


@pytest.mark.parametrize("number", [1, 3])
def test_dates_of_a_region_cost_three_queries_for_any_number(number, django_assert_num_queries):
    """Former addresses of the code, the region, the dates with their events and venues."""
    venue = VenueFactory(region=RegionFactory(code="340100"))
    for _ in range(number):
        event_with_date(venue=venue)

    with django_assert_num_queries(3):
        names = [row.event.venue.name_zh for row in occurrences(asked("region=340100"))]

    assert len(names) == number
