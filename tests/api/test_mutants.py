"""A mistake in the permission code is noticed: by the matrix, or by the tests of its own room."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.db import transaction

from tests.api import mutants, oracle
from tests.api.scenes import CALLERS, SCENES
from tests.api.test_access import _sample as sample_of_callers
from tests.api.test_matrix import CASES, People, _expected, _sample

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "venues": "permissions rights memberships audit venue_services jobs keys admin",
    "touring": "request_levels requests stops stop_steps holds pairings suspension vehicles "
    "publication uploads hosting drafting branching admin units_and_seasons stats",
    "web": "account desk_people desk_requests desk_stops desk_files figures workbench",
    "api": "audit account reading writing touring_support condition_reports",
}
TESTS = ["-m", "not browser", "tests/events/services"] + [
    f"tests/{room}/test_{name}.py" for room, names in ROOMS.items() for name in names.split()
]
EQUIVALENT = {
    "stops_worked_on: where() without home": "who reports from the unit's home also operates it "
    "from there, and the other way round: either row lets both in",
    "_at_recipients_of: Q() without pk__in": "an empty condition adds nothing to the other half, "
    "and that one lets nobody in who has no account",
}
"""Function and mistake → why nobody could tell it from the right code."""


@pytest.fixture
def questions(network):
    """Requests whose answers the page of rights foretells, each with whether it was right."""
    people = People(network)
    table, addresses = oracle.rights(), oracle.addresses()
    clients = {caller: network.caller(caller) for caller in CALLERS}

    def by_role(case, role, scope):
        client = people.client(role, scope)
        expected = _expected(role, scope, case[0], addresses[case[0]], case[1], table)
        return lambda: expected == (_status(CASES[case], client, network) == CASES[case].status)

    def by_caller(name, caller):
        scene = SCENES[name]
        expected = caller in scene.allowed
        return lambda: expected == (_status(scene, clients[caller], network) == scene.status)

    return [by_role(*case) for case in _sample()] + [by_caller(*one) for one in sample_of_callers()]


def _status(scene, client, network) -> int:
    with transaction.atomic():
        try:
            return scene.request(client, network).status_code
        except Exception:  # a mutant may do anything; whatever it is, it was noticed
            return 0
        finally:
            transaction.set_rollback(True)


def _askers(questions) -> dict[str, list]:
    """Function of the permission code → the questions whose answer it takes part in."""
    found: dict[str, list] = {}
    for question in questions:
        with mutants.called() as seen:
            assert question()
        for name in seen:
            found.setdefault(name, []).append(question)
    return found


def _survivors(questions) -> Iterator[mutants.Mutant]:
    """Mutants that no question notices."""
    mutants.prepare()
    askers = _askers(questions)
    for module in mutants.MODULES:
        for mutant in mutants.mutants(module):
            with mutants.in_place(mutant):
                asked = askers.get(f"{module}.{mutant.function}", [])
                if all(question() for question in asked):
                    yield mutant


def _unnoticed_by_tests(survivors: Sequence[mutants.Mutant], folder: Path) -> list[str]:
    asked, answer = folder / "mutants", folder / "unnoticed"
    asked.write_text("\n".join(f"{one.module}:{one.number}" for one in survivors))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-p", "tests.api.mutants", "--mutants", str(asked), "--unnoticed", str(answer)]
    subprocess.run(command + TESTS, cwd=ROOT, capture_output=True, check=True)
    return json.loads(answer.read_text())


def test_a_mutant_is_noticed_and_the_right_code_comes_back(network, questions):
    mutants.prepare()
    wrong = next(
        one
        for one in mutants.mutants("venues.permissions")
        if (one.function, one.mistake.partition(": ")[2]) == ("_holds", "And")
        or one.function == "_covers"
    )
    ask = [question for question in questions[:200:10] if question()]

    with mutants.in_place(wrong):
        noticed = not all(question() for question in ask)

    assert noticed
    assert all(question() for question in ask)


@pytest.mark.long
def test_A1_every_mistake_in_the_permission_code_is_noticed(questions, tmp_path):
    survivors = list(_survivors(questions))

    unnoticed = [
        one
        for one in _unnoticed_by_tests(survivors, tmp_path)
        if re.sub(r"^\S+ |line \d+: ", "", one) not in EQUIVALENT
    ]

    assert unnoticed == []
