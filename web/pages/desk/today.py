"""The desk's first page: what is on, what waits, what is wrong."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.enums import Moderation
from events.models import Occurrence, Subscription
from events.permissions import edited_by, sources_edited_by
from touring.permissions import seasons_visible_to
from web.pages.desk.page import desk_page

DAYS_AHEAD = 7
MOST = 30


@require_safe
@desk_page
def today(request: HttpRequest) -> HttpResponse:
    """The coming week at one's venues, drafts and what waits for review, calendars in trouble."""
    now = timezone.now()
    day = timezone.localdate(now)
    mine = edited_by(request.user, day)
    coming = Occurrence.objects.filter(
        event__in=mine.filter(moderation=Moderation.PUBLISHED),
        ends_at__gt=now,
        starts_at__lt=now + timedelta(days=DAYS_AHEAD),
    )
    troubled = Subscription.objects.filter(
        source__in=sources_edited_by(request.user, day), failed_since__isnull=False
    )
    context = {
        "dates": coming.select_related("event__venue").order_by("starts_at", "pk")[:MOST],
        "drafts": mine.filter(moderation__in=(Moderation.DRAFT, Moderation.RETURNED)).order_by(
            "-changed_at"
        )[:MOST],
        "waiting": mine.filter(moderation=Moderation.SUBMITTED).count(),
        "troubled": troubled.select_related("source__venue").order_by("pk")[:MOST],
        "plans": seasons_visible_to(request.user, day).exists(),
        "today": day,
    }
    return render(request, "desk/today.html", context)
