"""Answers to invitations that a mail provider posts, as they came in (RFC 5322)."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events.services import answers

SIGNATURE = "X-Orrery-Signature"


@csrf_exempt  # signed by the sender; no session is read
@require_POST
def inbound_mail(request: HttpRequest) -> HttpResponse:
    """``POST /api/v1/inbound-mail/``: one raw mail as the body.

    ``X-Orrery-Signature: sha256=HEX`` is the HMAC-SHA256 of the body under
    ``INBOUND_MAIL_SECRET``; without that variable the address does not exist. Posting a mail
    again changes nothing. 200 says what became of it.
    """
    if not settings.INBOUND_MAIL_SECRET:
        return HttpResponse(status=404)
    raw = request.body
    if not _is_signed(request.headers.get(SIGNATURE, ""), raw):
        return HttpResponse(status=401)
    row = answers.receive_mail(raw=raw, receipt=answers.receipt_for(raw), now=timezone.now())
    return JsonResponse({"verdict": row.verdict, "reason": row.reason})


def _is_signed(signature: str, raw: bytes) -> bool:
    secret = settings.INBOUND_MAIL_SECRET.encode()
    expected = f"sha256={hmac.new(secret, raw, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(signature.encode(), expected.encode())
