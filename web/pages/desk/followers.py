"""How many follow the calendars of one's places: counted, without knowing who."""

from __future__ import annotations

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.services.followers import reach_of
from web.pages.desk.events import venues_edited
from web.pages.desk.page import desk_page

MOST = 100


@require_safe
@desk_page
def followers(request: HttpRequest) -> HttpResponse:
    """Each place with the followers of its public calendar, and its private ones in use."""
    alive = Q(private_feeds__revoked_at__isnull=True)
    venues = venues_edited(request).annotate(
        private=Count("private_feeds", filter=alive),
        private_fetched_at=Max("private_feeds__last_fetched_at", filter=alive),
    )[:MOST]
    paths = [f"/feeds/venues/{venue.slug}.ics" for venue in venues]
    rows = zip(venues, reach_of(paths, today=timezone.now().date()), strict=True)
    return render(request, "desk/followers.html", {"rows": list(rows)})
