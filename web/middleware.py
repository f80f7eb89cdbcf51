"""What has to be answered before sessions, languages and cookies come into play."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from web.feeds import forget_address, no_such_address

_SECRET = re.compile(r"feeds/+private", re.IGNORECASE)
"""Addresses that hold a token; mistyped ones are as secret as those that work."""


class FeedsFirst:
    """Answers calendar addresses at once: the same bytes for everybody, whatever cookies say.

    The middleware below would add ``Vary: Accept-Language`` and ``Cookie``, which keep shared
    caches from answering.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        is_secret = _SECRET.search(path) is not None
        is_event = path.startswith("/events/") and path.endswith(
            (".ics", ".atom", ".json", ".jsonld")
        )
        if not (is_secret or is_event or path.startswith(("/feeds/", "/rpde/", "/sitemap"))):
            return self.get_response(request)
        request.get_host()  # refuses a foreign Host as every other page does
        try:
            found = resolve(path, urlconf="web.urls")  # web stands at the root
        except Resolver404:
            found = None
        if is_secret:
            forget_address(request)
        if found is None:
            return no_such_address(request)
        return found.func(request, *found.args, **found.kwargs)
