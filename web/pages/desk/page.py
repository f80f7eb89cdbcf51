"""What the desk's pages share: somebody signed in, nothing kept by caches, refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.views.decorators.cache import never_cache

from venues.errors import DomainError
from web.pages.desk.refusals import refusal_lines
from web.pages.page import LANGUAGES

View = Callable[..., HttpResponse]


def desk_page(view: View) -> View:
    """A page for people who are signed in, in the language of ``?lang=`` or the browser's."""

    @never_cache
    @login_required
    @wraps(view)
    def shown(request: HttpRequest, **words: str) -> HttpResponse:
        chosen = LANGUAGES.get(request.GET.get("lang", ""))
        with translation.override(chosen or translation.get_language() or "zh-hans"):
            return view(request, **words)

    return shown


def done(
    request: HttpRequest, act: Callable[[], object], said: str, *, back: str
) -> HttpResponseRedirect:
    """Do it, say so, and go ``back``; a refusal is said in its own words instead."""
    try:
        act()
    except DomainError as refusal:
        for line in refusal_lines(refusal):
            messages.error(request, line)
    else:
        messages.success(request, said)
    language = request.GET.get("lang")
    return HttpResponseRedirect(f"{back}?lang={language}" if language else back)
