"""What must hold before anything starts: Django runs these with every command and server."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

GEOCODERS = ("", "nominatim", "amap", "baidu")


@register()
def not_optimized(**_: Any) -> Sequence[CheckMessage]:
    if not sys.flags.optimize:
        return []
    return [
        Error(
            "Python runs with -O or PYTHONOPTIMIZE, which removes the assertions that keep "
            "line breaks out of calendars and mail.",
            hint="Start it without -O and unset PYTHONOPTIMIZE.",
            id="venues.E001",
        )
    ]


@register()
def sqlite_locks_at_once(**_: Any) -> Sequence[CheckMessage]:
    return [
        Error(
            f"The SQLite database “{alias}” does not begin its transactions with IMMEDIATE: under "
            "concurrent writers requests die with “database is locked”.",
            hint="Set OPTIONS['transaction_mode'] to 'IMMEDIATE'.",
            id="venues.E002",
        )
        for alias, database in settings.DATABASES.items()
        if database["ENGINE"].endswith("sqlite3")
        and database.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE"
    ]


@register()
def workbooks_are_defused(**_: Any) -> Sequence[CheckMessage]:
    has_defusedxml = importlib.util.find_spec("defusedxml") is not None
    if has_defusedxml and os.environ.get("OPENPYXL_DEFUSEDXML", "True") == "True":
        return []
    return [
        Error(
            "Workbooks would be read without defusedxml: a kilobyte may expand to gigabytes.",
            hint="Install requirements.txt and leave OPENPYXL_DEFUSEDXML unset.",
            id="venues.E003",
        )
    ]


@register()
def geocoder_is_known(**_: Any) -> Sequence[CheckMessage]:
    problems = []
    if settings.GEOCODER not in GEOCODERS:
        problems.append(
            f"GEOCODER is “{settings.GEOCODER}”; use nominatim, amap, baidu or nothing."
        )
    elif settings.GEOCODER in ("amap", "baidu") and not settings.GEOCODER_KEY:
        problems.append(f"GEOCODER={settings.GEOCODER} needs a GEOCODER_KEY.")
    return [Error(message, id="venues.E004") for message in problems]
