"""Looking up addresses: case S12 (one request a second for the whole installation, cached)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.factories.venues import RegionFactory, VenueFactory
from tests.venues.geocoding_server import FakeService
from venues import tasks
from venues.adapters import configured_geocoder
from venues.crs import Crs, from_wgs84
from venues.geocoding import Coordinates, GeocoderUnavailable
from venues.models import GeocodeAnswer, RateGate, Venue
from venues.services.coordinates import GeocodingReport, address_query, geocode_pending

ROOT = Path(__file__).resolve().parents[2]
HEFEI = Coordinates(31.82, 117.23)


# ---- the adapters, against a server that answers as the services document it


@pytest.fixture
def ask(settings):
    def ask(service: FakeService, geocoder: str, address: str = "安徽省合肥市"):
        settings.GEOCODER, settings.GEOCODER_KEY = geocoder, "k3y"
        settings.GEOCODER_URL, settings.SITE_URL = service.url, "https://tour.example"
        return configured_geocoder().locate(address, country="CN")

    return ask


def _shown(crs):
    return from_wgs84(HEFEI, crs)


ANSWERS = {
    "nominatim": [{"lat": str(HEFEI.lat), "lon": str(HEFEI.lon), "display_name": "合肥"}],
    "amap": {
        "status": "1", "infocode": "10000",
        "geocodes": [{"location": f"{_shown(Crs.GCJ02)[1]},{_shown(Crs.GCJ02)[0]}"}],
    },
    "baidu": {
        "status": 0,
        "result": {
            "location": {"lng": _shown(Crs.BD09)[1], "lat": _shown(Crs.BD09)[0]}, "level": "城市",
        },
    },
}  # fmt: skip
UNKNOWN = {
    "nominatim": [],
    "amap": {"status": "1", "infocode": "10000", "geocodes": []},
    "baidu": {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []},
}
REFUSED = {
    "nominatim": {"error": "no"},
    "amap": {"status": "0", "infocode": "10003", "info": "DAILY_QUERY_OVER_LIMIT"},
    "baidu": {"status": 302, "message": "天配额超限"},
}
PROVIDERS = sorted(ANSWERS)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_service_answers_in_wgs84_to_one_request_with_our_name(ask, provider):
    with FakeService(otherwise=ANSWERS[provider]).running() as service:
        place = ask(service, provider)

    assert (place.lat, place.lon) == pytest.approx((HEFEI.lat, HEFEI.lon), abs=1e-6)
    [request] = service.seen
    assert request["agent"] == "Orrery (+https://tour.example)"
    assert (request.get("q") or request["address"]) == "安徽省合肥市"
    assert {"nominatim": request.get("countrycodes"), "amap": request.get("key"),
            "baidu": request.get("ak")}[provider] in ("cn", "k3y")  # fmt: skip


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_unknown_address_is_no_failure(ask, provider):
    with FakeService(otherwise=UNKNOWN[provider]).running() as service:
        assert ask(service, provider) is None


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example/", "//evil.example/x", "@evil.example/", "x&key=&ak=&q=y#", "%0d%0aHost: e",
        "x\r\nHost: evil.example", "../../x?y", "\\\\evil.example",
    ],
)  # fmt: skip
def test_S13_an_address_never_chooses_whom_the_key_is_sent_to(ask, provider, address):
    with FakeService(otherwise=UNKNOWN[provider]).running() as service:
        ask(service, provider)
        ask(service, provider, address)

    plain, hostile = service.seen
    assert hostile["path"] == plain["path"]
    assert (hostile.get("key"), hostile.get("ak")) == (plain.get("key"), plain.get("ak"))
    assert (hostile.get("q") or hostile["address"]) == address


def test_amap_has_codes_that_mean_the_address_is_unknown(ask):
    with FakeService(otherwise={"status": "0", "infocode": "30001"}).running() as service:
        assert ask(service, "amap") is None


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("status", "body"),
    [(200, None), (200, b"<html>"), (200, b"[[["), (429, {}), (503, {}), (403, {})],
    ids=["refused", "a page", "half an answer", "too many", "overloaded", "forbidden"],
)
def test_anything_else_means_try_again_later(ask, provider, status, body):
    answer = REFUSED[provider] if body is None else body

    with (
        FakeService(otherwise=answer, status=status).running() as service,
        pytest.raises(GeocoderUnavailable) as failure,
    ):
        ask(service, provider)

    assert "k3y" not in str(failure.value)


def test_no_service_is_asked_unless_one_is_configured(settings):
    settings.GEOCODER = ""

    assert configured_geocoder() is None


# ---- the service


@dataclass
class Clock:
    now: datetime
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Geocoder:
    """Knows some addresses; every question takes a tenth of a second."""

    clock: Clock
    known: dict[str, Coordinates]
    name: str = "fake"
    timeout_seconds: float = 10.0
    fails: bool = False
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)

    def locate(self, address: str, *, country: str) -> Coordinates | None:
        self.asked.append((address, country, self.clock.now))
        self.clock.now += timedelta(seconds=0.1)
        if self.fails:
            raise GeocoderUnavailable("fake")
        return self.known.get(address)


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def hefei():
    nation = RegionFactory(level=0, name_zh="中国")
    province = RegionFactory(level=1, name_zh="安徽省", parent=nation)
    return RegionFactory(
        level=2, name_zh="合肥市", parent=province, lat=HEFEI.lat, lon=HEFEI.lon, code="340100"
    )


def _pending(region, address, **facts):
    return VenueFactory(region=region, address_zh=address, geocoding="pending", **facts)


def _run(geocoder, clock, **options):
    return geocode_pending(geocoder=geocoder, clock=clock, wait=clock.wait, **options)


@pytest.mark.django_db
@pytest.mark.db_contract
def test_pending_addresses_become_coordinates_with_their_source(hefei, clock):
    known = _pending(hefei, "黄山路446号")
    unknown = _pending(hefei, "无名路")
    stated = VenueFactory(region=hefei, address_zh="黄山路446号")
    geocoder = Geocoder(clock, {"安徽省合肥市黄山路446号": HEFEI})

    report = _run(geocoder, clock)

    assert report == GeocodingReport(found=1, not_found=1, unavailable=False)
    for venue in (known, unknown, stated):
        venue.refresh_from_db()
    assert (known.lat, known.lon) == (HEFEI.lat, HEFEI.lon)
    assert (known.coordinates_source, known.geocoding, known.version) == ("geocoder", "found", 2)
    assert (unknown.geocoding, unknown.lat, unknown.version) == ("not_found", None, 1)
    assert (stated.geocoding, stated.lat) == ("not_needed", None)
    assert [(address, country) for address, country, _ in geocoder.asked] == [
        ("安徽省合肥市黄山路446号", "CN"),
        ("安徽省合肥市无名路", "CN"),
    ]


@pytest.mark.django_db
def test_an_address_that_names_its_regions_is_asked_as_it_is(hefei):
    assert address_query(_pending(hefei, "合肥市黄山路446号")) == "安徽省合肥市黄山路446号"
    assert address_query(_pending(hefei, "安徽省合肥市东路")) == "安徽省合肥市东路"


@pytest.mark.django_db
@pytest.mark.db_contract
def test_S12_a_second_passes_after_every_answer_and_no_address_is_asked_twice(hefei, clock):
    for address in ("一路", "二路", "一路", "三路", "二路"):
        _pending(hefei, address)
    geocoder = Geocoder(clock, {})

    first = _run(geocoder, clock)
    _pending(hefei, "三路")
    second = _run(geocoder, clock)

    assert (first.not_found, second.not_found) == (5, 1)
    assert [address[6:] for address, _, _ in geocoder.asked] == ["一路", "二路", "三路"]
    moments = [at for _, _, at in geocoder.asked]
    assert [(b - a).total_seconds() for a, b in pairwise(moments)] == [1.1, 1.1]
    assert clock.waited == [1.0, 1.0]
    assert GeocodeAnswer.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.db_contract
def test_a_service_that_fails_is_left_alone_for_a_minute(hefei, clock):
    _pending(hefei, "一路")
    geocoder = Geocoder(clock, {"安徽省合肥市一路": HEFEI}, fails=True)

    failed = _run(geocoder, clock)
    geocoder.fails = False
    again = _run(geocoder, clock)

    assert failed == GeocodingReport(0, 0, unavailable=True)
    assert again == GeocodingReport(1, 0, unavailable=False)
    assert clock.waited == [60.0]


@pytest.mark.django_db
@pytest.mark.db_contract
def test_K4_a_worker_that_died_while_asking_closes_the_gate_only_for_a_while(hefei, clock):
    _pending(hefei, "一路")

    class Killed(BaseException):
        pass

    class Deadly(Geocoder):
        def locate(self, address, *, country):
            raise Killed

    dead = Deadly(clock, {})
    gate = RateGate.objects
    with pytest.raises(Killed):
        _run(dead, clock)
    gate.update(opens_at=clock.now + timedelta(seconds=11))  # as a killed process leaves it

    _run(Geocoder(clock, {}), clock)

    assert clock.waited == [11.0]


@pytest.mark.django_db
@pytest.mark.db_contract
def test_K10_a_gate_closed_by_a_clock_that_was_set_back_is_open(hefei, clock):
    _pending(hefei, "一路")
    RateGate.objects.create(name="fake", opens_at=clock.now + timedelta(hours=2))

    report = _run(Geocoder(clock, {}), clock)

    assert (report.not_found, clock.waited) == (1, [])


@pytest.mark.django_db
@pytest.mark.db_contract
def test_what_people_stated_meanwhile_is_kept(hefei, clock):
    venue = _pending(hefei, "一路")

    class Slow(Geocoder):
        def locate(self, address, *, country):
            Venue.objects.filter(pk=venue.pk).update(
                lat=31.0, lon=117.0, coordinates_source="survey", geocoding="not_needed"
            )
            return super().locate(address, country=country)

    _run(Slow(clock, {"安徽省合肥市一路": HEFEI}), clock)

    venue.refresh_from_db()
    assert (venue.lat, venue.coordinates_source) == (31.0, "survey")


@pytest.mark.django_db
def test_an_answer_far_from_the_region_is_another_place_of_that_name(hefei, clock):
    venue = _pending(hefei, "人民路")

    _run(Geocoder(clock, {"安徽省合肥市人民路": Coordinates(43.8, 87.6)}), clock)

    venue.refresh_from_db()
    assert (venue.geocoding, venue.lat) == ("not_found", None)


@pytest.mark.django_db
def test_the_task_asks_the_configured_service(hefei, settings, monkeypatch):
    venue = _pending(hefei, "黄山路446号")
    monkeypatch.setattr(tasks.time, "sleep", lambda seconds: pytest.fail("nothing to wait for"))

    tasks.geocode_pending()  # off by default
    venue.refresh_from_db()
    assert venue.geocoding == "pending"
    with FakeService(otherwise=ANSWERS["nominatim"]).running() as service:
        settings.GEOCODER, settings.GEOCODER_URL = "nominatim", service.url
        tasks.geocode_pending()

    venue.refresh_from_db()
    assert (venue.geocoding, venue.lat) == ("found", HEFEI.lat)


WORKER = """
import sys, time
from datetime import UTC, datetime, timedelta
import django
django.setup()
from venues.adapters import configured_geocoder
from venues.services.coordinates import geocode_pending

# A clock that runs {speed} times faster than the wall's, the same one in every process.
begin = datetime(2026, 11, 2, tzinfo=UTC)
clock = lambda: begin + timedelta(seconds=(time.time() - {origin}) * {speed})
wait = lambda seconds: time.sleep(seconds / {speed})
print(geocode_pending(geocoder=configured_geocoder(), clock=clock, wait=wait))
"""
PREPARE = """
import django
django.setup()
from tests.tables import make_tables
make_tables()
from tests.factories.venues import RegionFactory, VenueFactory
region = RegionFactory(name_zh="合肥市")
for n in range({count}):
    VenueFactory(region=region, address_zh="路%d号" % n, geocoding="pending")
"""


def test_S12_three_processes_together_ask_once_a_second(tmp_path):
    """Real processes, one database file, a real server; their second lasts a tenth of ours."""
    speed, count = 10, 12
    with FakeService(otherwise=[]).running() as service:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'network.sqlite3'}",
            "GEOCODER": "nominatim",
            "GEOCODER_URL": service.url,
        }
        python = [sys.executable, "-c"]
        subprocess.run(
            [*python, PREPARE.format(count=count)], env=environment, cwd=ROOT, check=True
        )
        origin = tmp_path.stat().st_mtime
        program = WORKER.format(speed=speed, origin=origin)
        workers = [
            subprocess.Popen(
                [*python, program], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
            )
            for _ in range(3)
        ]
        answers = [worker.communicate(timeout=120)[0] for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert all("unavailable=False" in answer for answer in answers)
    assert sorted(request["q"] for request in service.seen) == sorted(
        f"合肥市路{n}号" for n in range(count)
    )
    arrivals = sorted(request["at"] for request in service.seen)
    assert min(b - a for a, b in pairwise(arrivals)) >= 1 / speed
