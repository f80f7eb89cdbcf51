"""Handing out tour requests as a workbook: what one may see, and no more."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from touring.imports.requests_export import requests_workbook
from touring.models import Season
from touring.permissions import requests_visible_to
from venues.permissions import Actor

MOST_ROWS = 20_000


def export_requests(*, season: Season, by: Actor, now: datetime) -> bytes:
    """The season's requests that ``by`` may see, as an .xlsx, by code (A12)."""
    rows = requests_visible_to(by, timezone.localdate(now)).filter(season=season)
    found = rows.select_related("venue", "space", "county").prefetch_related(
        "windows", "exhibitions"
    )
    return requests_workbook(found.order_by("code").distinct()[:MOST_ROWS])
