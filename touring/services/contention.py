"""What to do when the database cannot decide between writers: try again, then refuse clearly."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

from touring.errors import AlreadyTaken

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

TRIES = 3
_STATES = ("40P01", "40001", "55P03")  # deadlock, serialization failure, lock not available
_is_inside: ContextVar[bool] = ContextVar("_is_inside", default=False)


def patient(service: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Repeat the whole service, its transaction included, where waiting may help.

    Deadlocks, serialization failures and SQLite's "locked" end in ``AlreadyTaken`` after the last
    try, or at once where the caller's own transaction is lost with them. Of patient services that
    call each other only the outermost repeats.
    """

    @wraps(service)
    def repeated(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        if _is_inside.get():
            return service(*args, **kwargs)
        token = _is_inside.set(True)
        try:
            for left in reversed(range(TRIES)):
                try:
                    return service(*args, **kwargs)
                except OperationalError as refusal:
                    if not is_contention(refusal):
                        raise
                    if left == 0 or connection.in_atomic_block:
                        raise AlreadyTaken(
                            "Others are deciding about the same unit or place; "
                            "try again in a moment."
                        ) from refusal
            raise AssertionError("the last try answers or raises")
        finally:
            _is_inside.reset(token)

    return repeated


def is_contention(error: OperationalError) -> bool:
    """Did the database refuse only because somebody else is writing?"""
    return getattr(error.__cause__, "sqlstate", None) in _STATES or "is locked" in str(error)
