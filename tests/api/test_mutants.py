"""A mistake in the permission code is noticed: by the matrix, or by the tests of its own room."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from tests.api import mutants, oracle
from tests.api.scenes import CALLERS, SCENES
from tests.api.test_access import _sample as sample_of_callers
from tests.api.test_matrix import CASES, People, _expected, _sample

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
OWN_TESTS = [
    *("tests/venues/test_permissions.py", "tests/venues/test_rights.py"),
    *("tests/venues/test_memberships.py", "tests/touring/test_pairings.py"),
    *("tests/touring/test_request_levels.py", "tests/touring/test_stop_steps.py"),
    *("tests/touring/test_holds.py", "tests/touring/test_suspension.py"),
    *("tests/touring/test_vehicles.py", "tests/events/services/test_private_feeds.py"),
    *("tests/events/services/test_editing.py", "tests/events/services/test_campaigns.py"),
    *("tests/api/test_audit.py", "tests/api/test_account.py", "tests/web/test_account.py"),
]
EQUIVALENT: dict[str, str] = {}
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
    files = {name.replace(".", "/") + ".py" for name in mutants.MODULES}
    found: dict[str, list] = {}
    for question in questions:
        seen: set[str] = set()

        def note(frame, event, _, seen=seen):
            path = frame.f_code.co_filename
            if event == "call" and any(path.endswith(file) for file in files):
                seen.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_name}")

        sys.setprofile(note)
        try:
            assert question()
        finally:
            sys.setprofile(None)
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


def _is_noticed_by_its_own_tests(mutant: mutants.Mutant) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-p", "tests.api.mutants", "--mutant", f"{mutant.module}:{mutant.number}"]
    done = subprocess.run(command + OWN_TESTS, cwd=ROOT, capture_output=True, check=False)
    return done.returncode == 1


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
def test_A1_every_mistake_in_the_permission_code_is_noticed(questions, capsys):
    survivors = list(_survivors(questions))
    with capsys.disabled():
        print(f"\n{len(survivors)} mutants to be noticed by their own tests:")  # noqa: T201 - a long run's progress
        for mutant in survivors:
            print(" ", mutant)  # noqa: T201 - likewise

    unnoticed = [
        str(mutant)
        for mutant in survivors
        if f"{mutant.function}: {mutant.mistake.partition(': ')[2]}" not in EQUIVALENT
        and not _is_noticed_by_its_own_tests(mutant)
    ]

    assert unnoticed == []
