"""Says once per request where it comes from, for the audit log."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from venues.models import Via
from venues.services.audit import Origin, acting_from

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class KnowOrigin:
    """Notes door, address and request id; answers with the id as ``X-Request-ID``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        origin = Origin(via=Via.SESSION, address=client_address(request), request_id=request_id)
        with acting_from(origin):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response


def client_address(request: HttpRequest) -> str | None:
    """The caller's IP address: what the outermost proxy of ours saw, or who connected.

    Each trusted proxy adds one address to ``X-Forwarded-For``; what stands before those was
    written by the caller and is not believed.
    """
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str | None:
    """:func:`client_address` before there is a request."""
    if proxies := settings.TRUSTED_PROXIES:
        seen = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(seen) >= proxies and seen[-proxies]:
            return str(seen[-proxies])
    return environ.get("REMOTE_ADDR")
