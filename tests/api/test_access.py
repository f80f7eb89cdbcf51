"""Who may do what: every operation, asked by everyone, in the same small network."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.api.described import faults, operations
from tests.api.scenes import CALLERS, SCENES

OPERATIONS = {str(operation): operation for operation in operations()}


def test_A2_every_operation_has_a_row_saying_who_may(db):
    assert sorted(SCENES) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", SCENES)
def test_A1_an_operation_answers_those_who_may_and_refuses_all_others(network, name):
    scene = SCENES[name]
    answered, wrong = set(), []

    for caller in CALLERS:
        client = network.caller(caller)
        with transaction.atomic():
            answer = scene.request(client, network)
            transaction.set_rollback(True)
        if answer.status_code == scene.status:
            answered.add(caller)
        elif answer.status_code not in ((401, 404) if caller == "anonymous" else (403, 404)):
            wrong.append((caller, answer.status_code, answer.content[:300]))
        if answer.status_code != 204:
            wrong += faults(OPERATIONS[name], answer.status_code, answer.json())

    assert wrong == []
    assert answered == scene.allowed
