"""Who asks: the sender of ``Authorization: Bearer KEY`` with the key's scopes, or a session."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from venues.models import ApiKey
from venues.services import keys
from venues.services.audit import acting_with_key


class ApiKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != b"bearer":
            return None
        key = None
        if len(header) == 2 and header[1].isascii():
            key = keys.authenticate(header[1].decode(), timezone.now())
        if key is None:
            raise AuthenticationFailed("The key is unknown, expired or revoked.")
        acting_with_key(key.prefix)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:  # signature
        return 'Bearer realm="orrery"'


class PageAuthentication(SessionAuthentication):
    """The session of our own pages, with Django's protection against forged requests."""

    def enforce_csrf(self, request: Request) -> None:
        # The check looks for its token in a form, too. Read through REST framework's request that
        # would use up the stream, and with it the bytes that a one-time post is recognised by.
        _ = request._request.body
        super().enforce_csrf(request._request)  # type: ignore[arg-type]  # it hands it to Django
