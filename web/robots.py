"""``/robots.txt`` (RFC 9309): what is of no use to search engines, and where the list of pages is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

NOT_FOR_ROBOTS = (
    *("/account/", "/admin/", "/desk/", "/feeds/private/", "/invitations/"),
    "/whats-on/follow/",
)


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # a view's signature
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
