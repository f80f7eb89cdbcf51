"""OpenStreetMap's Nominatim, the public one or one's own. Answers in WGS 84.

The public service allows one request a second for a whole installation, and asks for caching and a
User-Agent of one's own: https://operations.osmfoundation.org/policies/nominatim/
"""

from __future__ import annotations

from urllib.parse import urlsplit

from geopy.geocoders import Nominatim

from venues.adapters.geopy_client import TIMEOUT_SECONDS, GeopyClient
from venues.crs import Crs

PUBLIC = "https://nominatim.openstreetmap.org"


def nominatim(*, url: str, user_agent: str) -> GeopyClient:
    """``url`` is the service's address without ``/search``; empty: the public one."""
    parts = urlsplit(url or PUBLIC)
    service = Nominatim(
        scheme=parts.scheme,
        domain=parts.netloc + parts.path.rstrip("/"),
        user_agent=user_agent,
        timeout=TIMEOUT_SECONDS,
    )
    return GeopyClient(
        "nominatim",
        service,
        crs=Crs.WGS84,
        options=lambda country: {"country_codes": country.lower()},
    )
