"""The page of the person who is signed in: inbox, roles, sign-in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from venues.models import Membership, Role
from venues.services.notices import inbox, mark_read
from web.pages.page import language

_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Unread notices, newest first, and today's roles; a POST marks every notice as read."""
    now, code = timezone.now(), language()
    if request.method == "POST":
        mark_read(person=request.user, now=now)
        return HttpResponseRedirect(request.path)
    held = Membership.objects.filter(user=request.user).valid_on(timezone.localdate(now))
    places = held.select_related("region", "organisation", "venue").order_by("role", "pk")
    shown = {
        "notices": [
            {
                "title": notice.text("title", code),
                "body": notice.text("body", code),
                "path": notice.path,
                "created_at": notice.created_at,
            }
            for notice in inbox(request.user).filter(read_at__isnull=True)[:_SHOWN]
        ],
        "roles": [(Role(row.role).name_in(code), row.place.name(code)) for row in places],
    }
    return render(request, "account/home.html", shown)
