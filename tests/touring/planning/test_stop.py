"""When a search ends."""

from __future__ import annotations

import time

import numpy as np

from tests.touring.planning.instances import problem
from touring.planning.columns import Effort, completion_of, network_of, price
from touring.planning.stop import Cancelled, MaxWork, watched


def test_what_takes_long_hears_of_the_end_from_a_thread_beside_it():
    over, asked = np.zeros(1, dtype=np.uint8), []

    with watched(Cancelled(lambda: bool(asked)), over):
        assert over[0] == 0
        asked.append(True)
        until = time.monotonic() + 5
        while not over[0] and time.monotonic() < until:
            time.sleep(0.01)

    assert over[0] == 1


def test_an_amount_of_work_never_ends_what_takes_long():
    over = np.zeros(1, dtype=np.uint8)

    with watched(MaxWork(1), over):
        time.sleep(0.12)

    assert over[0] == 0


def test_a_search_for_seasons_that_is_over_finds_none_and_still_bounds_them():
    asked = problem()
    network = network_of(asked, 0, None)
    relaxed = completion_of(network, network.profit)
    found = {
        is_over: price(
            asked,
            network,
            relaxed,
            above=0.0,
            effort=Effort(),
            over=np.array([is_over], dtype=np.uint8),
        )
        for is_over in (0, 1)
    }

    assert found[1].columns == ()
    assert not found[1].is_exact
    assert found[1].bound >= max(column.profit for column in found[0].columns)
