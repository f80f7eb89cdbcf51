"""Taking in files: judged by their first bytes and their size, kept under a name of ours."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TypeVar

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidPaper
from touring.models import RequestAttachment, TourRequest
from touring.models.papers import Paper
from touring.permissions import can_change_request
from venues.errors import field_problem
from venues.permissions import Actor, require
from venues.services import audit
from venues.texts import forbidden_characters

MOST_BYTES = 10 * 1024 * 1024
MOST_PAPERS = 20
_PDF, _PNG, _JPEG = "application/pdf", "image/png", "image/jpeg"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES: dict[str, tuple[str, bytes]] = {
    "pdf": (_PDF, b"%PDF-"),
    "png": (_PNG, b"\x89PNG\r\n\x1a\n"),
    "jpg": (_JPEG, b"\xff\xd8\xff"),
    "jpeg": (_JPEG, b"\xff\xd8\xff"),
    "docx": (f"{_OFFICE}.wordprocessingml.document", b"PK\x03\x04"),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", b"PK\x03\x04"),
}
PICTURES = frozenset({_PNG, _JPEG})

AnyPaper = TypeVar("AnyPaper", bound=Paper)


def keep_paper(
    paper: AnyPaper,
    *,
    name: str,
    content: bytes,
    by: Actor,
    now: datetime,
    types: frozenset[str] | None = None,
) -> AnyPaper:
    """Fill in and save a paper. ``types`` narrows what is taken (pictures only, say).

    Raises:
        InvalidPaper: too large, empty, of an unknown type, or not what its ending says.
    """
    problems, content_type = _judge(name, content, types)
    if problems:
        told = [field_problem("file", message) for message in problems]
        raise InvalidPaper(f"The file is not taken. {' '.join(problems)}", problems=told)
    paper.name, paper.content_type, paper.size = name, content_type, len(content)
    paper.sha256 = hashlib.sha256(content).hexdigest()
    paper.uploaded_by_id, paper.uploaded_at = by.pk, now
    paper.file.save(name, ContentFile(content), save=False)
    paper.save()
    return paper


@transaction.atomic
def attach_to_request(
    *, request_id: int, name: str, content: bytes, by: Actor, now: datetime
) -> RequestAttachment:
    """Add a file to a request; the same content a second time is the same attachment.

    Raises: NotAllowed, InvalidPaper.
    """
    request = TourRequest.objects.select_for_update().get(pk=request_id)
    allowed = can_change_request(by, request, timezone.localdate(now))
    require(allowed, f"You may not add files to request {request.code}.")
    digest = hashlib.sha256(content).hexdigest()
    if (known := request.attachments.filter(sha256=digest).first()) is not None:
        return known
    if request.attachments.count() >= MOST_PAPERS:
        told = [field_problem("file", f"{MOST_PAPERS} files are there: join some into one PDF.")]
        raise InvalidPaper("The request has as many files as it may have.", problems=told)
    paper = keep_paper(
        RequestAttachment(request=request), name=name, content=content, by=by, now=now
    )
    audit.record(by=by, action="tour_request.attach", subject=request, now=now, note=paper.name)
    return paper


def _judge(name: str, content: bytes, types: frozenset[str] | None) -> tuple[list[str], str]:
    problems = []
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    content_type, start = _TYPES.get(ending, ("", b""))
    if not name or len(name) > 200 or forbidden_characters(name) or "/" in name or "\\" in name:
        problems.append("Give it a plain name of at most 200 characters.")
    if not content_type or (types is not None and content_type not in types):
        taken = sorted(key for key, (kind, _) in _TYPES.items() if types is None or kind in types)
        problems.append(f"Send one of: {', '.join(taken)}.")
    elif not content.startswith(start):
        problems.append(f"Its content is no {ending}: save it as one and send it again.")
    if not content or len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        problems.append(f"It has {len(content):,} bytes: send 1 byte to {most} MiB.")
    return problems, content_type
