"""Hostile text, names, queries and clocks: what leaves the house can be read by everybody."""

from __future__ import annotations

from datetime import date, time

import pytest
from icalendar import Calendar

from events.ical.lint import counts, faults
from tests.events.ical.panel import complaints
from tests.factories.events import EventFactory, OccurrenceFactory, TopicFactory
from tests.factories.venues import RegionFactory, VenueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

BREAKING = [
    "\r\nATTENDEE:mailto:evil@example.org",
    "\nEND:VEVENT\nBEGIN:VEVENT",
    "\rX-EVIL:1",
    "\x0bX-EVIL:1",
    "\x0cX-EVIL:1",
    "\x1cX-EVIL:1",
    "\x85X-EVIL:1",
    "\u2028X-EVIL:1",
    "\u2029X-EVIL:1",
    "\\nX-EVIL:1",
    '";X-EVIL=1:',
    ",;:\\",
    "科" * 80,
    "🧪\u200d🔬" * 30,
    "e\u0301" * 60,
    "\ufeff光",
]


@pytest.mark.parametrize("text", BREAKING)
def test_hostile_text_makes_no_component_and_no_property_O1(client, text):
    region = RegionFactory(code="340100", name_zh=f"合肥{text}"[:200])
    venue = VenueFactory(slug="hefei", name_zh=f"馆{text}"[:200], address_zh=text, region=region)
    event = EventFactory(
        venue=venue,
        title_zh=f"光{text}"[:300],
        title_en=text[:300],
        description_zh=text,
        location_en=text[:300],
        url=f"https://museum.example/{text}",
        public_uid=f"a{text}"[:200] + "@orrery.example",
    )
    event.topics.add(TopicFactory(slug="light"))
    OccurrenceFactory(event=event)

    for address in ("/feeds/venues/hefei.ics", "/feeds/regions/340100.ics?lang=en"):
        data = client.get(address).content

        assert faults(data) == []
        assert {name for _, name in counts(data)} <= KNOWN_PROPERTIES
        assert counts(data)["VEVENT", "BEGIN"] == 1
        (read,) = Calendar.from_ical(data).walk("VEVENT")
        assert "ATTENDEE" not in read
        assert "X-EVIL" not in read


KNOWN_PROPERTIES = {
    *("BEGIN", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "DESCRIPTION"),
    *("X-WR-CALDESC", "COLOR", "X-APPLE-CALENDAR-COLOR", "LAST-MODIFIED", "REFRESH-INTERVAL"),
    *("X-PUBLISHED-TTL", "SOURCE", "TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"),
    *("SUMMARY", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "CREATED", "LOCATION"),
    *("STATUS", "URL", "X-ORRERY-KIND", "X-ORRERY-TOPICS"),
}


def test_nul_never_reaches_a_feed_even_when_a_row_has_it_O1(client, monkeypatch):
    """No database of ours stores it through the services; here the row is tampered with."""
    event = EventFactory(venue=VenueFactory(slug="hefei"))
    OccurrenceFactory(event=event)
    from events.feeds import fragments

    whole = fragments.read

    def tampered(ids):
        rows = whole(ids)
        for row in rows:
            row.occurrence.event.title_zh = "光\0的\x07故\x7f事"
        return rows

    monkeypatch.setattr(fragments, "read", tampered)
    data = client.get("/feeds/venues/hefei.ics").content

    assert faults(data) == []
    assert "SUMMARY:光的故事" in data.decode()


@pytest.mark.parametrize(
    "slug", ['a";b', "a\r\nSet-Cookie: x=1", "..", "a%0d%0ab", "光", "a;filename*=UTF-8''x"]
)
def test_file_name_is_letters_and_digits_alone_O3(client, slug):
    from urllib.parse import quote

    VenueFactory(slug=slug)

    response = client.get(f"/feeds/venues/{quote(slug, safe='')}.ics")

    assert response.status_code in (200, 404)
    if response.status_code == 200:
        name = response.headers["Content-Disposition"].removeprefix('inline; filename="')
        assert name.removesuffix('.ics"').replace("-", "").isalnum()
        assert name.isascii()


HOSTILE_QUERIES = [
    "start=0001-01-01T00:00:00%2B14:00",
    "start=9999-12-31T23:59:59%2B23:59",
    "end=9999-12-31T23:59:59-23:59",
    "start=99999999999999999999",
    "near=NaN,NaN&km=5",
    "near=1e400,0",
    "near=31,117&km=99999999999999999999",
    "km=-1&near=0,0",
    "bbox=-1e309,0,0,0",
    "q=%00",
    "q=a%00b",
    "q=%ED%A0%80",
    "q=%FF%FE",
    "q=" + "x" * 5_000,
    "region=%00",
    "venue=" + "x," * 2_000,
    "venue=%F0%9F%A7%AA",
    "region=99999999999999999999",
    "topic=' OR 1=1 --",
    "unit=%25%25%25",
    "lang=" + "x" * 5_000,
    "&".join("region=1" for _ in range(500)),
    "[]=1&a[b]=2",
    "=",
    "%",
]


@pytest.mark.db_contract
@pytest.mark.parametrize("query", HOSTILE_QUERIES)
@pytest.mark.parametrize("address", ["/feeds/search.ics", "/feeds/near.ics"])
def test_hostile_queries_get_an_answer_and_never_a_failure_P1(client, address, query):
    response = client.get(f"{address}?{query}")

    assert response.status_code in (200, 400)
    assert response.status_code == 400 or response.headers["Content-Type"].startswith("text/cal")


@pytest.mark.db_contract
@pytest.mark.parametrize(
    "subject",
    ["%00", "a%00b", "%ED%A0%80", "%FF", "x" * 3_000, "..", "%2e%2e", "99999999999999999999"],
)
@pytest.mark.parametrize(
    "folder", ["venues", "regions", "topics", "audiences", "exhibitions", "units", "s", "private"]
)
def test_hostile_subjects_are_simply_not_there_P1(client, folder, subject):
    assert client.get(f"/feeds/{folder}/{subject}.ics").status_code == 404


@pytest.mark.db_contract
@pytest.mark.parametrize("uid", ["%00", "-@", "@", "-", "a-b", "a-%00@x", "x" * 3_000, "a/b/c"])
def test_hostile_uids_are_simply_not_there_P1(client, uid):
    assert client.get(f"/events/{uid}.ics").status_code == 404


@pytest.mark.parametrize("number", range(7))
def test_other_peoples_readers_have_no_complaints(client, number):
    """Zones with and without summer time, quarter hours, whole days, nights, cancelled ones."""
    timezone = [
        "Asia/Kathmandu",
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Shanghai",
        "UTC",
    ][number]
    venue = VenueFactory(slug="there", timezone=timezone, name_zh="馆, 一; 二", name_en="Hall")
    for facts in (
        {"start_date": date(2026, 10, 25), "start_time": time(1, 30), "end_time": time(3, 15)},
        {"start_date": date(2027, 3, 28), "start_time": time(1, 30), "end_time": time(3, 15)},
        {"start_date": date(2026, 11, 1), "start_time": None, "end_time": None}
        | {"end_date": date(2027, 2, 1)},
        {"start_time": time(20, 0), "end_date": date(2026, 11, 8), "end_time": time(2, 0)},
        {"end_time": time(10, 0)},
    ):
        OccurrenceFactory(event=EventFactory(venue=venue, timezone=timezone, **facts))
    OccurrenceFactory(event=EventFactory(venue=venue, timezone=timezone), is_cancelled=True)

    for language in ("zh", "en"):
        data = client.get(f"/feeds/venues/there.ics?lang={language}").content

        assert counts(data)["VEVENT", "BEGIN"] == 6
        assert complaints(data) == []
        assert faults(data) == []
