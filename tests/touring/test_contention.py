"""Deadlocks and locked databases end in a clear refusal, never in a server error (M1, M2)."""

from __future__ import annotations

import pytest
from django.db import OperationalError, transaction

from touring.errors import AlreadyTaken
from touring.services.contention import TRIES, patient


class Deadlock(Exception):
    sqlstate = "40P01"


def locked() -> OperationalError:
    return OperationalError("database is locked")


def deadlocked() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = Deadlock()
    return error


class Service:
    """Fails with the errors given, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def calling(service: Service):
    return patient(lambda: service())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [locked, deadlocked])
def test_a_contended_service_is_tried_again(error):
    service = Service(error(), error())

    assert calling(service)() == "done"
    assert service.calls == TRIES


@pytest.mark.django_db(transaction=True)
def test_after_the_last_try_it_is_refused():
    service = Service(*(locked() for _ in range(TRIES)))

    with pytest.raises(AlreadyTaken, match="try again in a moment"):
        calling(service)()

    assert service.calls == TRIES


@pytest.mark.django_db(transaction=True)
def test_inside_a_callers_transaction_it_is_refused_at_once():
    service = Service(locked())

    with pytest.raises(AlreadyTaken), transaction.atomic():
        calling(service)()

    assert service.calls == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_patient_services_only_the_outer_one_repeats():
    inner = Service(locked())
    outer_calls = []

    @patient
    def outer() -> str:
        outer_calls.append(1)
        with transaction.atomic():
            return calling(inner)()

    assert outer() == "done"
    assert (len(outer_calls), inner.calls) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_other_troubles_of_the_database_are_not_hidden():
    service = Service(OperationalError("disk I/O error"))

    with pytest.raises(OperationalError, match="disk"):
        calling(service)()
