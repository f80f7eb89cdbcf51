"""Larger letters and fewer things, for those who read better so; kept in a cookie of its own."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

COOKIE = "larger"
_YEAR_SECONDS = 365 * 24 * 3600
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
"""An address on this site: one slash, then visible ASCII without backslashes. Browsers drop tabs
and read backslashes as slashes, so that what looks relative to us leads elsewhere for them."""


@require_safe
@never_cache
def larger(request: HttpRequest) -> HttpResponse:
    """``?on=1`` or ``0``, then back to ``?back=``, where that is a page of ours."""
    response = HttpResponseRedirect(page_of_ours(request.GET.get("back", "")))
    if request.GET.get("on") == "1":
        response.set_cookie(
            COOKIE,
            "1",
            max_age=_YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(COOKIE)
    return response


def page_of_ours(back: str) -> str:
    """``back``, or the first page where it might lead off this site."""
    is_ours = _PATH.fullmatch(back) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else "/"
