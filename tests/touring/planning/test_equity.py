"""How evenly the regions are served: worst-off, spread and Gini, by hand."""

from __future__ import annotations

import pytest

from tests.touring.planning.instances import host, problem, request
from touring.planning.equity import equity_of, gini
from touring.planning.formats import equity_document, parse_plan, plan_document
from touring.planning.result import Equity, RegionShare, Stop
from touring.planning.solve import solve
from touring.planning.stop import MaxWork


def counties():
    """Prefecture P has counties a and b, prefecture Q has county c; one request of 10 each."""
    return problem(
        regions=[
            {"id": "P"},
            {"id": "Q"},
            {"id": "a", "parent": "P"},
            {"id": "b", "parent": "P"},
            {"id": "c", "parent": "Q"},
        ],
        hosts=[host("h0", region="a"), host("h1", region="b"), host("h2", region="c")],
        requests=[request(f"r{i}", f"h{i}") for i in range(3)],
    )


def test_shares_are_counted_one_level_above_the_hosts():
    equity = equity_of(counties(), [Stop("u1", 0, "r0")])

    assert equity == Equity(
        worst=0.0,
        worst_regions=("Q",),
        spread=0.5,
        gini=0.5,
        shares=(RegionShare("P", 20.0, 10.0), RegionShare("Q", 10.0, 0.0)),
    )


def test_a_season_without_requests_in_regions_is_even():
    assert equity_of(problem(), []) == Equity(1.0, (), 0.0, 0.0)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([], 0), ([0, 0], 0), ([3, 3, 3], 0), ([0, 1], 0.5), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25)],
)
def test_gini_is_the_mean_difference_over_twice_the_mean(amounts, expected):
    assert gini(amounts) == pytest.approx(expected)


def test_every_plan_tells_its_equity_and_reads_back():
    plan = solve(counties(), stop=MaxWork(20))

    assert plan.equity is not None
    assert plan.equity.worst == 1
    written = plan_document(plan)
    assert written["equity"] == equity_document(plan.equity)
    assert parse_plan(written).stops == plan.stops
