"""Baidu Maps, geocoding v3. Answers in BD-09."""

from __future__ import annotations

from typing import Any

from geopy.geocoders import BaiduV3
from geopy.location import Location

from venues.adapters.geopy_client import TIMEOUT_SECONDS, GeopyClient
from venues.crs import Crs


class _BaiduV3(BaiduV3):
    """Version 3 says "no such place" with the status of an internal error, and a text."""

    def _parse_json(
        self, page: dict[str, Any], exactly_one: bool = True
    ) -> Location | list[Location] | None:
        told = f"{page.get('msg', '')}{page.get('message', '')}"
        if page.get("status") == 1 and "无相关结果" in told:
            return None
        return super()._parse_json(page, exactly_one)


def baidu(*, key: str, url: str, user_agent: str) -> GeopyClient:
    """``url`` replaces https://api.map.baidu.com/geocoding/v3/ unless empty."""
    service = _BaiduV3(key, user_agent=user_agent, timeout=TIMEOUT_SECONDS)
    service.api = url or service.api
    return GeopyClient("baidu", service, crs=Crs.BD09)
