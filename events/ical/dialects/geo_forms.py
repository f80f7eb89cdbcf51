"""GEO as ``geo:31.8,117.3`` (a URI) or ``31.8,117.3`` (a comma) instead of ``31.8;117.3``."""

from __future__ import annotations

import re

_PAIR = re.compile(
    r"^(?:geo:)?\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*\\?[;,]\s*([+-]?\d{1,3}(?:\.\d{1,20})?)"
)


def coordinates(value: str) -> tuple[float, float] | None:
    """Latitude and longitude, or none where there are none on Earth."""
    found = _PAIR.match(value.strip())
    if not found:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    is_on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if is_on_earth else None
