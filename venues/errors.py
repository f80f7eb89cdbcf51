"""The kinds of refusal all storeys share; each app derives its own from these.

``api.errors`` turns a kind into an HTTP status and ``code`` into the problem document; nothing
else catches them. A programmer's mistake stays a ``ValueError`` or ``TypeError``.
"""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """Something asked for is not possible; ``message`` says why and what to do instead.

    ``detail`` holds the figures a program needs (ids, sequences, JSON-serialisable).
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class NotAllowed(DomainError):
    """The actor's memberships do not permit it."""

    code = "not_allowed"


class Conflict(DomainError):
    """Somebody or something else was faster, or holds what was asked for."""

    code = "conflict"


class Stale(DomainError):
    """The caller looked at an older version than the stored one."""

    code = "stale"


class Invalid(DomainError):
    """The input cannot be accepted; ``detail["problems"]`` lists every reason at once."""

    code = "invalid"


class JobNotQueued(Conflict):
    """Another worker took the job, or it is over."""

    code = "job_not_queued"


class LeaseLost(Conflict):
    """The job was taken from this worker; nothing it does from now on may be written."""

    code = "lease_lost"


def field_problem(field: str, message: str) -> dict[str, str]:
    """One entry of ``detail["problems"]`` of :class:`Invalid`."""
    return {"field": field, "message": message}
