"""``Idempotency-Key``: a repeated POST is answered again, not done again.

The key is claimed in a transaction of its own, so that a second request arriving meanwhile is
told so. The answer is stored in the transaction of the effect: after a crash there are either
both or neither, and the abandoned claim may be taken over once no request can still be behind
it. Refusals are not stored: they left nothing behind, and the caller may correct and repeat.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Reused, StillAnswering
from venues.models import IdempotencyRecord

KEPT = timedelta(hours=24)
LONGEST_REQUEST = timedelta(minutes=2)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def answer_once(
    request: Request,
    act: Callable[[], Response],
    render: Callable[[Response], Response],
    kept: Callable[[Response], bytes],
) -> HttpResponseBase:
    """``act()``'s answer, or the one given before to the same key, user, address and body.

    ``kept`` says what of a rendered answer is stored; a secret is told once and never kept.

    Raises:
        ParseError: the key is not 1 to 200 visible ASCII characters.
        Reused: the key came with another body or address before.
        StillAnswering: the first request with this key has not been answered yet.
    """
    key = request.headers["Idempotency-Key"]
    if not _KEY.fullmatch(key):
        raise ParseError("`Idempotency-Key` must be 1 to 200 visible ASCII characters.")
    claimed_at = timezone.now()
    record = _claim(request, key, claimed_at)
    if record.status is not None:
        return _replayed(record)
    try:
        with transaction.atomic():
            response = render(act())
            stored = IdempotencyRecord.objects.filter(pk=record.pk, created_at=claimed_at).update(
                status=response.status_code,
                body=kept(response),
                content_type=response.headers.get("Content-Type", ""),  # 204 has none
            )
            if not stored:  # took so long that another request took the claim over
                raise StillAnswering()
    except BaseException:
        IdempotencyRecord.objects.filter(pk=record.pk, created_at=claimed_at).delete()
        raise
    return response


def _replayed(record: IdempotencyRecord) -> HttpResponse:
    answer = HttpResponse(
        bytes(record.body), status=record.status, content_type=record.content_type or None
    )
    if not record.content_type:
        del answer.headers["Content-Type"]
    return answer


def _claim(request: Request, key: str, now: datetime) -> IdempotencyRecord:
    """The record of ``key``: claimed at ``now`` for this request, or answered before."""
    body = b"\0".join([b"POST", request.get_full_path().encode(), request.body])
    fingerprint = hashlib.sha256(body).hexdigest()
    mine = IdempotencyRecord.objects.filter(user=request.user, key=key)
    mine.filter(created_at__lte=now - KEPT).delete()
    mine.filter(status=None, created_at__lte=now - LONGEST_REQUEST).delete()
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                user=request.user, key=key, fingerprint=fingerprint, created_at=now
            )
    except IntegrityError:
        record = mine.first()
    if record is None:
        raise StillAnswering()  # it was claimed and refused in this very moment
    if record.fingerprint != fingerprint:
        raise Reused()
    if record.status is None:
        raise StillAnswering()
    return record
