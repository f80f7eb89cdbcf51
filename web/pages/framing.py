"""Which sites may show a page of ours in a frame, and which pictures of theirs a page may show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from csp.decorators import csp, csp_update
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt

from venues.models import Organisation

MOST_ORIGINS = 60
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def origin_of(address: str) -> str:
    """``https://museum.example`` of a web address, fit for a header; empty where it has none."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    return f"{parts.scheme}://{host}{port}"


def may_frame(kind: str, subject: str) -> list[str]:
    """Ourselves, the sites that the operator listed, and those whom the page is about."""
    sites: Iterable[str] = ()
    if about := _about(kind, subject):
        rows = Organisation.objects.filter(about, is_active=True).exclude(website="")
        sites = rows.distinct().order_by("slug").values_list("website", flat=True)[:MOST_ORIGINS]
    origins = (origin_of(each) for each in (*settings.EMBED_ORIGINS, *sites))
    return ["'self'", *dict.fromkeys(each for each in origins if each)]


def in_frames_of(origins: list[str], request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response`` under its own policy: frames of these origins, our style sheet, nothing else."""
    policy = {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": origins,
    }
    return csp(policy)(xframe_options_exempt(lambda _: response))(request)


def with_pictures_of(
    addresses: Iterable[str], request: HttpRequest, response: HttpResponse
) -> HttpResponse:
    """``response`` with leave to load pictures from where these are, and from nowhere else."""
    origins = sorted({origin for each in addresses if (origin := origin_of(each))})
    if not origins:
        return response
    return csp_update({"img-src": origins})(lambda _: response)(request)


def _about(kind: str, subject: str) -> Q | None:
    match kind:
        case "venues":
            return Q(venues__slug=subject)
        case "regions":
            return Q(region__code=subject)
        case "campaigns":
            return Q(leads__slug=subject) | Q(partnerships__campaign__slug=subject)
        case "events":
            return Q(venues__events__public_uid=subject) | Q(organised__event__public_uid=subject)
    return None
