"""The real geocoding services. The only room that imports geopy."""

from __future__ import annotations

from django.conf import settings

from venues.adapters.amap import amap
from venues.adapters.baidu import baidu
from venues.adapters.nominatim import nominatim
from venues.geocoding import Geocoder

PROVIDERS = ("nominatim", "amap", "baidu")


def configured_geocoder() -> Geocoder | None:
    """The service that ``GEOCODER`` names, ``None`` when it is empty: then nothing is asked.

    Every request says who asks: the User-Agent names this installation's address.
    """
    agent = f"Orrery (+{settings.SITE_URL})"
    if settings.GEOCODER == "nominatim":
        return nominatim(url=settings.GEOCODER_URL, user_agent=agent)
    if settings.GEOCODER == "amap":
        return amap(key=settings.GEOCODER_KEY, url=settings.GEOCODER_URL, user_agent=agent)
    if settings.GEOCODER == "baidu":
        return baidu(key=settings.GEOCODER_KEY, url=settings.GEOCODER_URL, user_agent=agent)
    return None
