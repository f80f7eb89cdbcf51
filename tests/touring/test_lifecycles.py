"""The tables of lifecycles: whole, drawn in docs, and walked at random through the services."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touring import lifecycles
from touring.models import HoldState, RequestState, StopState
from touring.models.stop import FREEING_STATES, PUBLIC_STATES

ROOT = Path(__file__).resolve().parents[2]
WORDS = {
    "request": RequestState,
    "stop": StopState,
    "hold": HoldState,
}


def test_the_page_in_docs_is_drawn_from_the_tables():
    written = (ROOT / "docs" / "lifecycles.md").read_text(encoding="utf-8")

    assert written == lifecycles.document()


@pytest.mark.parametrize("cycle", lifecycles.ALL, ids=lambda cycle: cycle.name)
def test_the_columns_know_the_states_of_the_table_with_its_words(cycle):
    assert [(one.name, one.zh) for one in cycle.states] == WORDS[cycle.name].choices


@pytest.mark.parametrize("cycle", lifecycles.ALL, ids=lambda cycle: cycle.name)
def test_every_state_is_reached_and_every_step_knows_its_states(cycle):
    names = {state.name for state in cycle.states}

    assert cycle.reachable() - {"same"} == names
    assert all(set(one.sources) <= names for one in cycle.steps)
    assert all(set(one.targets) <= names | {"same"} for one in cycle.steps)


@pytest.mark.parametrize("cycle", lifecycles.ALL, ids=lambda cycle: cycle.name)
def test_an_operation_is_one_step_from_a_state_unless_a_call_tells_them_apart(cycle):
    seen: dict[tuple[str, str], list[frozenset[str]]] = {}
    for step in cycle.steps:
        for state in step.sources:
            seen.setdefault((step.operation, state), []).append(frozenset(step.gates))

    assert [key for key, gates in seen.items() if len(gates) > 1] == []


def test_nothing_is_public_before_it_is_contracted():
    before = ("proposed", "option", "challenged", "confirmed", *FREEING_STATES)

    assert {state for state in StopState if state not in PUBLIC_STATES} == set(before)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_walk_along_any_table_stays_among_its_states(data):
    cycle = data.draw(st.sampled_from(lifecycles.ALL))
    state = data.draw(st.sampled_from(cycle.initial))
    for _ in range(data.draw(st.integers(1, 30))):
        operations = cycle.operations(state)
        if not operations:
            break
        step = cycle.find(data.draw(st.sampled_from(operations)), state)
        assert step is not None
        target = data.draw(st.sampled_from(step.targets))
        state = state if target == "same" else target
        assert state in {one.name for one in cycle.states}
