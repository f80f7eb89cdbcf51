"""Every refusal and every failure as one RFC 9457 problem document with a stable ``code``.

Kinds of refusal become statuses here and nowhere else; views catch nothing.
"""

from __future__ import annotations

import dataclasses
import logging
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core import exceptions as django_errors
from django.core.signals import got_request_exception
from django.db import IntegrityError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as rest_errors
from rest_framework.response import Response

from events.errors import FeedNotFound, InvalidFilter, NoSuchDate
from venues.errors import Conflict, DomainError, Invalid, NotAllowed, Stale

CONTENT_TYPE = "application/problem+json"

log = logging.getLogger(__name__)

# The first kind that fits decides, so narrower kinds stand above wider ones.
_STATUS_OF_KIND: tuple[tuple[type[DomainError], int], ...] = (
    (FeedNotFound, 404),
    (NoSuchDate, 404),
    (InvalidFilter, 400),
    (NotAllowed, 403),
    (Conflict, 409),
    (Stale, 412),
    (Invalid, 422),
    (DomainError, 422),
)


class InvalidParameters(rest_errors.APIException):
    """The query string cannot be understood; ``detail`` names every parameter at fault."""

    status_code = 400
    default_code = "invalid_parameters"

    def __init__(self, problems: Mapping[str, str | list[str]]) -> None:
        super().__init__("The query cannot be understood; see `problems`.")
        self.problems = [
            {"parameter": name, "message": message}
            for name, messages in problems.items()
            for message in ([messages] if isinstance(messages, str) else messages)
        ]


class TooLarge(rest_errors.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is larger than this address accepts."


class PreconditionRequired(rest_errors.APIException):
    status_code = 428
    default_code = "precondition_required"
    default_detail = (
        "Send `If-Match` with the `ETag` of the representation you looked at, so that a "
        "colleague's change is not overwritten unseen."
    )


class PreconditionFailed(rest_errors.APIException):
    status_code = 412
    default_code = "stale"
    default_detail = "It has changed since you read it; read it again and decide anew."


class Reused(rest_errors.APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "This `Idempotency-Key` was used for another request; take a new key."


class StillAnswering(rest_errors.APIException):
    status_code = 409
    default_code = "idempotency_key_in_use"
    default_detail = "The first request with this `Idempotency-Key` is still being answered."


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer any exception of a view; what nobody expected is logged and answered by its id."""
    request = context["request"]
    if isinstance(error, django_errors.RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, Http404):
        error = rest_errors.NotFound()  # Django's own message names models
    elif isinstance(error, django_errors.PermissionDenied):
        error = rest_errors.PermissionDenied()
    elif isinstance(error, django_errors.SuspiciousOperation | UnreadablePostError):
        error = rest_errors.ParseError("The request is malformed.")

    path = getattr(request, "path", "")
    if isinstance(error, DomainError):
        return _respond(_of_refusal(error), path)
    if isinstance(error, rest_errors.APIException):
        return _respond(_of_rest(error), path, _headers(error))
    if isinstance(error, django_errors.ValidationError):
        return _respond(_invalid(_of_django(error)), path)
    return _unexpected(error, request)


def _respond(problem: dict[str, Any], instance: str, headers: dict | None = None) -> Response:
    code = problem["code"]
    body = {"type": type_of(code), **problem, "instance": instance}
    return Response(body, status=body["status"], content_type=CONTENT_TYPE, headers=headers)


def type_of(code: str) -> str:
    """The address that explains ``code``; part of the contract, as ``code`` itself is."""
    return f"{settings.SITE_URL}/api/v1/docs/#{code}"


def _of_refusal(error: DomainError) -> dict[str, Any]:
    status = next(status for kind, status in _STATUS_OF_KIND if isinstance(error, kind))
    detail = dict(error.detail)
    problem = {
        "title": _title(type(error)) or _phrase(status),
        "status": status,
        "detail": error.message,
        "code": error.code,
        "problems": [_plain(problem) for problem in detail.pop("problems", ())],
    }
    if detail:
        problem["details"] = _plain(detail)
    return problem


def _title(kind: type[DomainError]) -> str:
    """What the kind's docstring says up to the first stop."""
    text = " ".join((kind.__dict__.get("__doc__") or "").split())
    first = re.split(r"[.;:](?:\s|$)", text)[0]
    return f"{first}." if first else ""


def _plain(value: Any) -> Any:
    """``value`` as JSON knows it; problems of the domain may be dataclasses or sentences."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _of_rest(error: rest_errors.APIException) -> dict[str, Any]:
    if isinstance(error, rest_errors.ValidationError):
        return _invalid(list(_flat(error.detail)))
    problem = {
        "title": _phrase(error.status_code),
        "status": error.status_code,
        "detail": str(error.detail),
        "code": str(error.get_codes()),
        "problems": getattr(error, "problems", []),
    }
    if problem["code"] == "error":
        problem["code"] = error.default_code
    return problem


def _invalid(problems: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "title": _title(Invalid),
        "status": 422,
        "detail": "Some fields cannot be accepted; see `problems`.",
        "code": Invalid.code,
        "problems": problems,
    }


def _flat(detail: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """REST framework's nested messages as a list; ``field`` is a dotted path into the body."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            if isinstance(inner, Mapping | list):
                yield from _flat(inner, (*path, str(index)))
            else:
                yield from _flat(inner, path)
    else:
        yield {"field": ".".join(path), "message": str(detail), "code": getattr(detail, "code", "")}


def _of_django(error: django_errors.ValidationError) -> list[dict[str, str]]:
    if not hasattr(error, "error_dict"):
        return [{"field": "", "message": text} for text in error.messages]
    return [
        {"field": "" if name == django_errors.NON_FIELD_ERRORS else name, "message": text}
        for name, texts in error.message_dict.items()
        for text in texts
    ]


def _unexpected(error: Exception, request: Any) -> Response:
    """What the caller may know of a failure is an id; the rest stands in the log under it.

    Two failures are nobody's mistake: a race that a constraint decided, and a database that is
    busy. They are logged too, and say that trying again helps.
    """
    number = uuid.uuid4()
    log.exception("unexpected failure %s", number)
    instance = f"urn:uuid:{number}"
    if isinstance(error, IntegrityError):
        return _respond(_bare(409, "conflict", "Somebody else was faster; read again."), instance)
    if isinstance(error, OperationalError):
        busy = _bare(503, "unavailable", "The database is busy; try again in a moment.")
        return _respond(busy, instance, {"Retry-After": "1"})
    got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    return _respond(
        _bare(500, "internal_error", "Something went wrong here; name the instance when asking."),
        instance,
    )


def _bare(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "title": _phrase(status),
        "status": status,
        "detail": detail,
        "code": code,
        "problems": [],
    }


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def _headers(error: rest_errors.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def known_codes() -> Iterable[tuple[str, str]]:
    """Every ``code`` with what it says, for the pages."""
    codes = {kind.code: _title(kind) for kind in _kinds(DomainError)}
    for kind in _kinds(rest_errors.APIException):
        codes.setdefault(kind.default_code, _phrase(kind.status_code))
    return sorted(codes.items())


def _kinds(base: type) -> Iterator[type]:
    yield base
    for kind in base.__subclasses__():
        yield from _kinds(kind)
