"""The page behind the link in an invitation: opening it changes nothing, its buttons answer."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from events.errors import NoSuchInvitation, WrongState
from events.itip.record import entry_in
from events.models import Invitation
from events.services.answers import CHOICES, answer_by_link, invitation_of
from events.services.invitation_mail import days_in_words
from web.pages.page import LANGUAGES

LONGEST_COMMENT = 1_000
_WORDS = {said.value.lower(): said for said in CHOICES}


@csrf_exempt  # the token in the address is the permission; there is no session to ride on
@sensitive_post_parameters()
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation, or take its answer. No cookie is set, no cache keeps it."""
    _forget_address(request)
    try:
        row = invitation_of(token=token)
        with translation.override(LANGUAGES[row.language]):
            answer = _answer if request.method == "POST" else _shown
            response = answer(request, row, token)
    except NoSuchInvitation:
        response = render(request, "web/not_found.html", status=404)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
    said = _WORDS.get(request.POST.get("answer", ""))
    sequence = request.POST.get("sequence", "")
    if said is None or not sequence.isascii() or not sequence.isdigit() or len(sequence) > 9:
        return _shown(request, row, token, status=400)
    try:
        row = answer_by_link(
            token=token,
            answer=said,
            comment=request.POST.get("comment", "")[:LONGEST_COMMENT],
            sequence=int(sequence),
            now=timezone.now(),
        )
    except WrongState:
        return _shown(request, row, token, status=409)
    return _shown(request, row, token, is_done=True)


def _shown(
    request: HttpRequest, row: Invitation, token: str, *, status: int = 200, is_done: bool = False
) -> HttpResponse:
    entry = entry_in(row.record, sequence=row.sequence, changed_at=row.changed_at)
    context = {
        "action": f"{settings.SITE_URL}/invitations/{token}/",
        "row": row,
        "title": row.text("title"),
        "days": days_in_words(entry),
        "place": row.text("location"),
        "words": row.text("description"),
        "answer": row.standing_answer.value,
        "chosen": _WORDS.get(request.GET.get("answer", "")),
        "choices": _WORDS.items(),
        "is_done": is_done,
        "is_changed": status == 409,
    }
    return render(request, "web/invitation.html", context, status=status)


def _forget_address(request: HttpRequest) -> None:
    """Take the secret address off the request, so that no log, mail or metric can quote it."""
    request.path = request.path_info = request.META["PATH_INFO"] = "/invitations/TOKEN/"
    for name in ("REQUEST_URI", "RAW_URI"):
        request.META.pop(name, None)
    request.resolver_match = None
