"""Time zones by IANA name, out of the pinned ``tzdata`` package. Nothing else knows zones."""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo


def is_known_timezone(name: str) -> bool:
    """Whether ``name`` is a zone of the IANA database in its exact spelling.

    Safe for names out of foreign files: nothing is opened that is not in the list
    (``zoneinfo`` alone fails on directories and on long names).
    """
    return name in known_timezones()


@cache
def known_timezones() -> frozenset[str]:
    """Every IANA zone and alias of the pinned ``tzdata`` package, whatever the machine has."""
    listing = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listing.split())


@cache
def zone(name: str) -> ZoneInfo:
    """The zone from the pinned ``tzdata`` package, not from the machine, so that all agree.

    Raises:
        ValueError: no such zone.
    """
    if not is_known_timezone(name):
        raise ValueError(f"{name!r} is not an IANA time zone")
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
