"""Conditional requests and content coding, as RFC 9110 has them; headers in, answers out."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.utils.http import parse_http_date_safe

_ENTITY_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_ENTITY_TAGS = re.compile(rf"\s*(?:,\s*)*{_ENTITY_TAG}(?:\s*,(?:\s*{_ENTITY_TAG})?)*\s*")
_OPAQUE = re.compile(r'"([\x21\x23-\x7e\x80-\xff]*)"')
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def matching_tag(if_none_match: str, current: Collection[str]) -> str | None:
    """The first of the ``current`` opaque tags that the client has, compared weakly (8.8.3.2).

    ``*`` has them all. A header that is no list of entity tags has none.
    """
    if if_none_match.strip() == "*":
        return next(iter(current), None)
    if not _ENTITY_TAGS.fullmatch(if_none_match):
        return None
    held = set(_OPAQUE.findall(if_none_match))
    return next((tag for tag in current if tag in held), None)


def is_unmodified_since(if_modified_since: str, changed_at: datetime) -> bool:
    """Whether the client's date is not before the change; no HTTP date at all says nothing."""
    since = parse_http_date_safe(if_modified_since)
    return since is not None and int(changed_at.timestamp()) <= since


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether ``gzip`` (or ``*``) stands in the header with a weight above zero (12.5.3)."""
    weights: dict[str, float] = {}
    for member in accept_encoding.split(","):
        coding, _, parameters = member.partition(";")
        name, _, text = parameters.partition("=")
        weight = 1.0
        if name.strip().lower() == "q":
            weight = float(text) if _QUALITY.fullmatch(text := text.strip()) else 0.0
        weights[coding.strip().lower()] = weight
    for coding in ("gzip", "x-gzip", "*"):
        if coding in weights:
            return weights[coding] > 0
    return False
