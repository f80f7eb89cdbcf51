"""Conditional requests (RFC 9110, section 13): nobody overwrites what they have not seen.

The entity tag of a versioned resource is ``"VERSION.HASH"``. The hash covers the bytes of the
answer, so a tag never stands for two representations; ``If-Match`` compares the version alone,
and plain ``"VERSION"`` may be sent too.
"""

from __future__ import annotations

import hashlib
import re

from rest_framework.request import Request

from api.errors import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def seen_version(request: Request, *, current: int) -> int:
    """The version the caller looked at, which is ``current``.

    A weak tag never matches (RFC 9110, 13.1.1); of several tags one match is enough, and ``*``
    takes whatever is there.

    Raises:
        PreconditionRequired: there is no ``If-Match``.
        PreconditionFailed: the caller looked at another version.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired()
    if header.strip() != "*" and str(current) not in {
        tag.partition(".")[0] for weak, tag in _TAG.findall(header) if not weak
    }:
        raise PreconditionFailed()
    return current


def entity_tag(content: bytes, version: int | None = None) -> str:
    digest = hashlib.sha256(content).hexdigest()[:16]
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether ``If-None-Match`` names ``tag``; compared weakly (RFC 9110, 13.1.2)."""
    header = request.headers.get("If-None-Match", "")
    return header.strip() == "*" or tag.strip('"') in {name for _, name in _TAG.findall(header)}
