"""AMap (高德), geocoding v3, which geopy does not bring along. Answers in GCJ-02."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderQuotaExceeded,
    GeocoderServiceError,
)
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from venues.adapters.geopy_client import TIMEOUT_SECONDS, GeopyClient
from venues.crs import Crs

PUBLIC = "https://restapi.amap.com/v3/geocode/geo"
_NOT_FOUND = {"30000", "30001"}  # "the engine has no data": the address is unknown
_QUOTA = {"10003", "10004", "10019", "10020", "10021", "10044"}
_KEY = {"10001", "10002", "10005", "10006", "10007", "10009"}


class AMap(Geocoder):
    def __init__(self, key: str, url: str = PUBLIC, **options: Any) -> None:
        super().__init__(**options)
        self._key = key
        self._url = url

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Any:
        """As geopy's own services; coordinates are GCJ-02."""
        url = f"{self._url}?{urlencode({'key': self._key, 'address': query, 'output': 'JSON'})}"
        callback = partial(self._parse, exactly_one=exactly_one)
        return self._call_geocoder(url, callback, timeout=timeout)

    def _parse(self, page: dict[str, Any], exactly_one: bool = True) -> Any:
        if page["status"] != "1":
            return self._refused(str(page.get("infocode")))
        places = [self._location(place) for place in page["geocodes"]]
        if not places:
            return None
        return places[0] if exactly_one else places

    def _refused(self, code: str) -> None:
        if code in _NOT_FOUND:
            return
        if code in _QUOTA:
            raise GeocoderQuotaExceeded(code)
        if code in _KEY:
            raise GeocoderAuthenticationFailure(code)
        raise GeocoderServiceError(code)

    def _location(self, place: dict[str, Any]) -> Location:
        lon, lat = map(float, place["location"].split(","))
        return Location(str(place.get("formatted_address", "")), (lat, lon), place)


def amap(*, key: str, url: str, user_agent: str) -> GeopyClient:
    """``url`` replaces https://restapi.amap.com/v3/geocode/geo unless empty."""
    service = AMap(key, url or PUBLIC, user_agent=user_agent, timeout=TIMEOUT_SECONDS)
    return GeopyClient("amap", service, crs=Crs.GCJ02)
