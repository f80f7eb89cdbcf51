"""The demo's own feeds and API, read over HTTP as a client would."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from events.adapters.http import GuardedFetch
from events.ical.read import read_calendar
from events.imports.fetch import Fetched, FetchFailed
from touring.models import Exhibition, Unit
from venues.models import Region, Venue, VenueKind


@dataclass
class Readings:
    """What came back, and in words what was not as it should be."""

    feeds: int = 0
    entries: int = 0
    complaints: list[str] = field(default_factory=list)


def feed_paths() -> list[str]:
    """The addresses of the demo's public feeds."""
    provinces = Region.objects.filter(code__in=("340000", "NP-P3", "110000"))
    venues = Venue.objects.exclude(kind=VenueKind.HUB)
    return [
        *(f"/feeds/regions/{region.code}.ics" for region in provinces.order_by("code")),
        *(f"/feeds/exhibitions/{one.slug}.ics" for one in Exhibition.objects.order_by("slug")),
        *(f"/feeds/units/{unit.code}.ics" for unit in Unit.objects.order_by("code")),
        *(f"/feeds/venues/{venue.slug}.ics" for venue in venues.order_by("slug")),
    ]


def read_everything(site: str, paths: Iterable[str]) -> Readings:
    """Read each feed twice, the second time conditionally, and the first page of the API."""
    fetch = GuardedFetch(allowed=frozenset({site.removeprefix("http://")}))
    readings = Readings()
    for path in paths:
        try:
            _read_feed(fetch, site + path, readings)
        except FetchFailed as failure:
            readings.complaints.append(f"{path}: {failure.reason}")
    for name in ("venues", "events", "stops"):
        _read_list(fetch, f"{site}/api/v1/{name}/", readings)
    return readings


def _read_feed(fetch: GuardedFetch, url: str, readings: Readings) -> None:
    first = fetch(url)
    if not isinstance(first, Fetched) or not first.etag:
        readings.complaints.append(f"{url}: no ETag")
        return
    readings.feeds += 1
    if b"\r\nBEGIN:VEVENT\r\n" in first.body:  # a hall without a stop has an empty feed
        reading = read_calendar(first.body, default_timezone="Asia/Shanghai")
        readings.entries += len(reading.entries)
        readings.complaints += [f"{url}: {problem}" for problem in reading.problems]
    if isinstance(fetch(url, etag=first.etag), Fetched):
        readings.complaints.append(f"{url}: read again unchanged, it is sent anew")


def _read_list(fetch: GuardedFetch, url: str, readings: Readings) -> None:
    try:
        answer = fetch(url)
    except FetchFailed as failure:
        readings.complaints.append(f"{url}: {failure.reason}")
        return
    if not isinstance(answer, Fetched) or not json.loads(answer.body)["results"]:
        readings.complaints.append(f"{url}: the list is empty")
