"""Finding coordinates for venues that have only an address, politely.

However many workers run, the whole installation asks a service at most once a second: a row
(:class:`RateGate`) is taken before each request and opens again a second after its answer. Answers,
also "not found", are kept and asked for once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from venues.geocoding import Coordinates, Geocoder, GeocoderUnavailable
from venues.models import (
    CoordinatesSource,
    GeocodeAnswer,
    Geocoding,
    RateGate,
    RegionLevel,
    RegionPath,
    Venue,
)

SECONDS_BETWEEN_REQUESTS = 1.0
SECONDS_AFTER_A_FAILURE = 60.0
FARTHEST_FROM_SEAT_KM = 500
"""An answer farther from the seat of the venue's county means another place of that name."""


@dataclass(frozen=True)
class GeocodingReport:
    found: int
    not_found: int
    unavailable: bool


def geocode_pending(
    *,
    geocoder: Geocoder,
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
    limit: int = 40,
) -> GeocodingReport:
    """Look up the addresses of up to ``limit`` venues that wait for it, the oldest first.

    ``clock`` says what time it is, ``wait`` passes that many seconds; asking takes time, so one
    moment would not do. May run twice at once: an address is asked for by one of the two, and a
    venue that was changed meanwhile keeps what people stated. When the service does not answer,
    the rest stays pending for a later run.
    """
    found = not_found = 0
    pending = Venue.objects.filter(geocoding=Geocoding.PENDING).select_related("region")
    for venue in pending.order_by("changed_at", "pk")[:limit]:
        try:
            place = _answer(geocoder, venue, clock=clock, wait=wait)
        except GeocoderUnavailable:
            return GeocodingReport(found, not_found, unavailable=True)
        if place is not None and _is_elsewhere(venue, place):
            place = None
        _write(venue, place, now=clock())
        found, not_found = found + (place is not None), not_found + (place is None)
    return GeocodingReport(found, not_found, unavailable=False)


def address_query(venue: Venue) -> str:
    """The address with the names of its regions before it, as far as it does not hold them."""
    above = (
        RegionPath.objects.filter(descendant=venue.region_id)
        .exclude(ancestor__level=RegionLevel.NATION)
        .order_by("-depth")
    )
    names = above.values_list("ancestor__name_zh", flat=True)
    missing = [name for name in names if name not in venue.address_zh]
    return "".join([*missing, venue.address_zh])[:500]


def _answer(
    geocoder: Geocoder,
    venue: Venue,
    *,
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
) -> Coordinates | None:
    query = address_query(venue)
    kept = GeocodeAnswer.objects.filter(provider=geocoder.name, query=query)
    if (answer := kept.first()) is not None:
        return _place(answer)
    _pass_gate(geocoder, clock=clock, wait=wait)
    pause = SECONDS_BETWEEN_REQUESTS
    try:
        if (answer := kept.first()) is not None:  # somebody asked while we waited
            return _place(answer)
        place = geocoder.locate(query, country=venue.region.country)
    except GeocoderUnavailable:
        pause = SECONDS_AFTER_A_FAILURE
        raise
    finally:
        opens_at = clock() + timedelta(seconds=pause)
        RateGate.objects.filter(name=geocoder.name).update(opens_at=opens_at)
    lat, lon = (None, None) if place is None else (place.lat, place.lon)
    GeocodeAnswer.objects.update_or_create(
        provider=geocoder.name,
        query=query,
        defaults={"lat": lat, "lon": lon, "asked_at": clock()},
    )
    return place


def _place(answer: GeocodeAnswer) -> Coordinates | None:
    if answer.lat is None or answer.lon is None:
        return None
    return Coordinates(answer.lat, answer.lon)


def _pass_gate(
    geocoder: Geocoder, *, clock: Callable[[], datetime], wait: Callable[[float], None]
) -> None:
    """Wait until the gate opens, and close it for as long as a request can take.

    If this process dies now, the gate opens by itself. A gate that stays closed for longer than
    any request or pause takes was closed by a clock that has been set back since.
    """
    longest = timedelta(
        seconds=SECONDS_BETWEEN_REQUESTS + max(geocoder.timeout_seconds, SECONDS_AFTER_A_FAILURE)
    )
    busy = timedelta(seconds=geocoder.timeout_seconds + SECONDS_BETWEEN_REQUESTS)
    while True:
        now = clock()
        with transaction.atomic():
            gate, _ = RateGate.objects.select_for_update().get_or_create(
                name=geocoder.name, defaults={"opens_at": now}
            )
            remaining = gate.opens_at - now
            if remaining <= timedelta() or remaining > longest:
                RateGate.objects.filter(pk=gate.pk).update(opens_at=now + busy)
                return
        wait(remaining.total_seconds())


def _is_elsewhere(venue: Venue, place: Coordinates) -> bool:
    seat = venue.region
    if seat.level < RegionLevel.PREFECTURE or seat.lat is None or seat.lon is None:
        return False
    return place.km_to(Coordinates(seat.lat, seat.lon)) > FARTHEST_FROM_SEAT_KM


def _write(venue: Venue, place: Coordinates | None, *, now: datetime) -> None:
    """Only if the venue still waits, with the address that was asked for."""
    waiting = Venue.objects.filter(
        pk=venue.pk,
        geocoding=Geocoding.PENDING,
        address_zh=venue.address_zh,
        region=venue.region_id,
    )
    if place is None:
        waiting.update(geocoding=Geocoding.NOT_FOUND)
    else:
        waiting.update(
            lat=place.lat,
            lon=place.lon,
            coordinates_source=CoordinatesSource.GEOCODER,
            geocoding=Geocoding.FOUND,
            version=F("version") + 1,
            changed_at=now,
        )
