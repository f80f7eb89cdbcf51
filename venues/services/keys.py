"""Keys for programs: shown once, kept as a hash, limited in scope and time."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from venues.errors import Invalid, field_problem
from venues.models import ApiKey
from venues.permissions import Actor
from venues.services import audit
from venues.texts import forbidden_characters

MAX_DAYS = 730
_PREFIX = "orr_"
_SCOPE = re.compile(r"(read|write)(:[a-z][a-z-]{0,30})?")
_USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def issue_api_key(
    *, user: Any, name: str, scopes: Sequence[str], now: datetime, days: int = 365
) -> tuple[ApiKey, str]:
    """A new key of ``user`` and its plain text, which is not stored and cannot be shown again.

    A scope is ``read`` or ``write``, or one area of it such as ``write:events``.

    Raises:
        Invalid: every problem at once.
    """
    problems = []
    if not 0 < len(name.strip()) <= 100 or forbidden_characters(name):
        problems.append(field_problem("name", "Must be 1 to 100 visible characters."))
    if not scopes or not all(map(_SCOPE.fullmatch, scopes)):
        problems.append(field_problem("scopes", "Use read, write, or an area: write:events."))
    if not 1 <= days <= MAX_DAYS:
        problems.append(field_problem("days", f"Must be 1 to {MAX_DAYS} days."))
    if problems:
        raise Invalid("The key cannot be issued.", problems=problems)
    plain = _PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=plain[:12],
        key_hash=_hash(plain),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    said = audit.fields_of(key, "name", "scopes", "expires_at")
    audit.record(by=user, action="key.issue", subject=key, now=now, after=said)
    return key, plain


def authenticate(plain: str, now: datetime) -> ApiKey | None:
    """The key that ``plain`` is, with its user, if both may act at ``now``.

    The use is noted at most once a minute, so that reading needs no write.
    """
    wanted = _hash(plain)
    key = ApiKey.objects.select_related("user").filter(key_hash=wanted).first()
    # The hash of a 256-bit secret may be looked up by index; the last word is constant-time.
    if key is None or not hmac.compare_digest(key.key_hash, wanted):
        return None
    if key.revoked_at is not None or now >= key.expires_at or not key.user.is_active:
        return None
    unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - _USE_NOTED_EVERY)
    if key.last_used_at is None or key.last_used_at <= now - _USE_NOTED_EVERY:
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)
        key.last_used_at = now
    return key


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: Actor | None, now: datetime) -> None:
    """End a key at once; revoking again keeps the first moment."""
    valid = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True)
    if valid.update(revoked_at=now):
        after = {"revoked_at": now}
        audit.record(by=by, action="key.revoke", subject=key, now=now, after=after)
    key.refresh_from_db(fields=["revoked_at"])


def has_scope(key: ApiKey, action: str, area: str) -> bool:
    """Whether the key covers ``action`` (``read`` or ``write``) in ``area`` (``events``).

    Whoever may write may also read what was written.
    """
    actions = ("read", "write") if action == "read" else (action,)
    return any(scope in key.scopes for word in actions for scope in (word, f"{word}:{area}"))


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
