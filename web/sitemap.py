"""What search engines should look at: an index, and lists of at most 50,000 pages (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from math import ceil
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.models import Campaign, Event, Occurrence
from venues.models import Region, Venue

PAGE = 20_000
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"

Row = tuple[str, datetime | None]


def _events() -> QuerySet:
    """Public events with a date to come."""
    coming = Occurrence.objects.filter(event=OuterRef("pk"), ends_at__gt=timezone.now())
    found = Event.objects.shown_to_all().filter(Exists(coming))
    return found.order_by("pk").values_list("public_uid", "changed_at")


def _venues() -> QuerySet:
    return Venue.objects.open().order_by("pk").values_list("slug", "changed_at")


def _campaigns() -> QuerySet:
    return Campaign.objects.shown_to_all().order_by("pk").values_list("slug", "changed_at")


def _regions() -> QuerySet:
    found = Region.objects.filter(valid_to__isnull=True).order_by("pk")
    return found.values_list("code", "valid_to")


SECTIONS: dict[str, Callable[[], QuerySet]] = {
    "events": _events,
    "venues": _venues,
    "campaigns": _campaigns,
    "regions": _regions,
}


@require_safe
@cache_control(public=True, max_age=3600)
def index(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """``/sitemap.xml``: the lists, each with its number."""
    addresses = [
        f"{settings.SITE_URL}/sitemaps/{section}-{number}.xml"
        for section, rows in SECTIONS.items()
        for number in range(1, ceil(rows().count() / PAGE) + 1)
    ]
    parts = [f"<sitemap><loc>{escape(address)}</loc></sitemap>" for address in addresses]
    return _xml("sitemapindex", parts)


@require_safe
@cache_control(public=True, max_age=3600)
def section(request: HttpRequest, section: str, number: int) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """``/sitemaps/events-1.xml``: one list of pages with the moments they last changed."""
    rows = SECTIONS[section]()[(number - 1) * PAGE : number * PAGE]
    return _xml("urlset", [_url(section, *row) for row in rows])


def _url(section: str, name: str, changed_at: datetime | None) -> str:
    address = f"{settings.SITE_URL}/{section}/{quote(name, safe='@')}/"
    moment = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
    return f"<url><loc>{escape(address)}</loc>{moment}</url>"


def _xml(root: str, parts: Iterable[str]) -> HttpResponse:
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{_XMLNS}">'
    return HttpResponse(
        "".join([text, *parts, f"</{root}>\n"]), content_type="application/xml; charset=utf-8"
    )
