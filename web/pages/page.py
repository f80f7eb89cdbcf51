"""What all pages share: the language, and answers to addresses that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from events.errors import FeedNotFound
from events.feeds.subjects import Moved
from web.pages.month import UnreadableMonth

LANGUAGES = {"zh": "zh-hans", "en": "en"}

View = Callable[..., HttpResponse | Moved]


def page(view: View) -> Callable[..., HttpResponse]:
    """A read-only page in the language of ``?lang=``, else of the browser, else Chinese.

    Sets no cookie. A former address redirects with its query kept; one that leads nowhere gets
    a page that helps.
    """

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, **words: str) -> HttpResponse:
        chosen = LANGUAGES.get(request.GET.get("lang", ""))
        with translation.override(chosen or translation.get_language() or "zh-hans"):
            response = _answer(view, request, words)
            response.headers["Content-Language"] = translation.get_language() or "zh-hans"
        response.headers.setdefault("Cache-Control", "public, max-age=60")
        patch_vary_headers(response, ["Cookie"])  # larger letters are kept in one
        return response

    return shown


def language() -> str:
    """``zh`` or ``en``, whichever the page is shown in."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


def _answer(view: View, request: HttpRequest, words: dict[str, str]) -> HttpResponse:
    try:
        answer = view(request, **words)
    except FeedNotFound:
        return render(request, "web/not_found.html", {"guess": guess(request)}, status=404)
    except UnreadableMonth:
        return render(request, "web/bad_month.html", status=400)
    if isinstance(answer, Moved):
        kind, former = words["kind"], words["subject"]
        query = request.META.get("QUERY_STRING", "")
        address = request.path.replace(f"/{kind}/{former}/", f"/{kind}/{answer.subject}/")
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    return answer


def guess(request: HttpRequest) -> str:
    """What somebody may have looked for, from the last words of an address that leads nowhere."""
    last = request.path.rstrip("/").rpartition("/")[2]
    words = " ".join(last.replace("-", " ").replace("_", " ").split())
    return words if words.isprintable() and any(map(str.isalpha, words)) and len(words) < 60 else ""


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # a handler's signature
    """Django's handler for addresses that no page has, whatever was to be done there."""
    chosen = LANGUAGES.get(request.GET.get("lang", ""))
    with translation.override(chosen or translation.get_language() or "zh-hans"):
        return render(request, "web/not_found.html", {"guess": guess(request)}, status=404)
