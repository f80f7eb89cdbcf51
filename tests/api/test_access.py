"""Who may do what with a key: every operation, asked by everyone, in the same small network."""

from __future__ import annotations

import random

import pytest
from django.db import transaction

from tests.api.described import faults, operations
from tests.api.scenes import CALLERS, SCENES

OPERATIONS = {str(operation): operation for operation in operations()}


def test_A2_every_operation_has_a_row_saying_who_may(db):
    assert sorted(SCENES) == sorted(OPERATIONS)


def _wrong(network, cases):
    """The cases whose answer is not the scene's, or not as the document says."""
    clients = {caller: network.caller(caller) for caller in CALLERS}
    wrong = []
    for name, caller in cases:
        scene = SCENES[name]
        with transaction.atomic():
            answer = scene.request(clients[caller], network)
            transaction.set_rollback(True)
        refusals = (401, 404) if caller == "anonymous" else (403, 404)
        right = (scene.status,) if caller in scene.allowed else refusals
        if answer.status_code not in right:
            wrong.append((name, caller, answer.status_code, answer.content[:300]))
        if answer.status_code != 204:
            wrong += faults(OPERATIONS[name], answer.status_code, answer.json())
    return wrong


def _sample():
    """For each operation one who may, one who may not, and somebody without a key."""
    chance = random.Random(20261123)
    for name, scene in SCENES.items():
        others = sorted(set(CALLERS) - scene.allowed - {"anonymous"})
        for among in (sorted(scene.allowed), others, ["anonymous"]):
            yield from ((name, caller) for caller in chance.sample(among, min(1, len(among))))


def test_A1_an_operation_answers_some_who_may_and_refuses_some_others(network):
    assert _wrong(network, _sample()) == []


@pytest.mark.long
@pytest.mark.parametrize("name", SCENES)
def test_A1_an_operation_answers_those_who_may_and_refuses_all_others(network, name):
    assert _wrong(network, [(name, caller) for caller in CALLERS]) == []
