"""A geopy service in the shape of our protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geopy.exc import GeopyError
from geopy.geocoders.base import Geocoder as GeopyGeocoder

from venues.crs import Crs, to_wgs84
from venues.geocoding import Coordinates, GeocoderUnavailable

TIMEOUT_SECONDS = 10.0


class GeopyClient:
    """Asks ``service`` once per call and brings its answer from ``crs`` to WGS 84."""

    timeout_seconds = TIMEOUT_SECONDS

    def __init__(
        self,
        name: str,
        service: GeopyGeocoder,
        *,
        crs: Crs,
        options: Callable[[str], dict[str, Any]] = lambda _country: {},
    ) -> None:
        self.name = name
        self._service = service
        self._crs = crs
        self._options = options

    def locate(self, address: str, *, country: str) -> Coordinates | None:
        try:
            found = self._service.geocode(address, exactly_one=True, **self._options(country))
            return found and to_wgs84(float(found.latitude), float(found.longitude), self._crs)
        except (GeopyError, ValueError, TypeError, KeyError, AttributeError) as error:
            # Beside geopy's own errors: an answer that is not the JSON it is documented to be.
            raise GeocoderUnavailable(f"{self.name}: {type(error).__name__}") from error
