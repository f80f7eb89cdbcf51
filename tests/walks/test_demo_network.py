"""The demo: real counties, a plan without a violation, feeds that every reader accepts."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.contrib.auth.models import User

from tests.events.ical.panel import complaints
from touring.demo import build
from touring.demo.reading import feed_paths
from touring.models import Pairing, Stop, TourRequest, Unit
from touring.permissions import stops_visible_to
from touring.services.publication import refuse_if_broken
from venues.models import Region, Venue

# One of each kind; between them they hold entries of every shape, in both zones.
SHAPES = (
    "/feeds/regions/340000.ics",
    "/feeds/regions/NP-P3.ics",
    "/feeds/exhibitions/light.ics",
    "/feeds/units/AH-01.ics",
    "/feeds/venues/hefei-science-technology-museum.ics",
    "/feeds/venues/hall-340421.ics",
)

pytestmark = [pytest.mark.django_db, pytest.mark.node, pytest.mark.libical]


@pytest.fixture
def demo(clock, now, monkeypatch):
    monkeypatch.setattr(build, "WORK", 60)
    return build.build_demo(now=now, say=lambda _: None)


def test_the_demo_network_is_planned_published_and_read(demo, client, now):
    assert Region.objects.filter(level=3, country="CN").count() == 2849
    assert Unit.objects.filter(code__startswith="AH-").count() == 13
    assert Venue.objects.filter(slug__startswith="hall-").count() == 59
    assert Stop.objects.holding().count() >= 50
    for plan in demo.plans:
        plan.refresh_from_db()
        refuse_if_broken(plan.published_version)
    anhui = demo.plans[0].published_version
    assert anhui.stops.filter(is_locked=True).count() == 1
    reasons = {one["request"]: one["reasons"][0]["code"] for one in anhui.unserved}
    too_small = TourRequest.objects.filter(venue__slug="hall-340421").values_list("code", flat=True)
    assert {reasons[code] for code in too_small} == {"no_unit_fits"}
    impossible = TourRequest.objects.get(note__contains="春节")
    assert reasons[impossible.code] == "closed_by_no_work"

    told = TourRequest.objects.get(venue__slug="district-hall-340111")
    assert list(told.steps.order_by("pk").values_list("operation", flat=True)) == [
        *("submit", "endorse", "return", "submit", "endorse", "consolidate", "accept"),
        *("plan", "fulfil"),
    ]
    assert Stop.objects.get(request=told).state == "closed"
    donor, pairing = User.objects.get(username="donor"), Pairing.objects.get()
    seen = stops_visible_to(donor, pairing.first_date).values_list("venue__region__code", flat=True)
    assert set(seen) == {"340121"}
    assert not stops_visible_to(donor, pairing.end_date).exists()
    assert complaints_about(SHAPES, client) == {}
    assert build.build_demo(now=now, say=lambda _: None).was_there


@pytest.mark.long
def test_every_feed_of_the_demo_is_read_without_complaint(demo, client):
    assert len(feed_paths()) > 100
    assert complaints_about(feed_paths(), client) == {}


def complaints_about(paths: Iterable[str], client) -> dict[str, list[str]]:
    """What vobject, ``ical``, libical and ical.js find wrong, by feed."""
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        found[path] = complaints(answer.content)
    return {path: said for path, said in found.items() if said}
