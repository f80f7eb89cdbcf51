"""What stored text depends on besides rows: the code that writes it, settings, rules of zones."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import tzdata
from django.conf import settings

from events import feeds, ical, models
from venues import models as venue_models

_LENGTH = 16


def release() -> str:
    """Another text whenever the same rows may give other bytes than before."""
    parts = (code(), settings.SITE_URL, tzdata.IANA_VERSION)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_LENGTH]


@cache
def code() -> str:
    """Changes with the code that turns rows into bytes, so that an upgrade is noticed."""
    folders = [Path(str(room.__file__)).parent for room in (feeds, ical, models, venue_models)]
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
