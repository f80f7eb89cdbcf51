"""The need index: its parts, its weights, and what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from touring.planning.need import WEIGHTS, NeedFacts, need_index

COUNTY = NeedFacts(
    region="a",
    children=10_000,
    km_to_museum=80,
    years_since_visit=1,
    has_museum=False,
    tags=0,
    literacy=0.9,
)


def test_of_two_equal_counties_the_one_visited_longer_ago_ranks_higher():
    recent, old = COUNTY, replace(COUNTY, region="b", years_since_visit=5)

    assert [one.region for one in need_index([recent, old])] == ["b", "a"]


def test_the_index_is_the_weighted_sum_of_its_parts():
    (need,) = need_index([replace(COUNTY, years_since_visit=3, tags=2)])

    assert need.parts == {
        "children": 1,
        "years_since_visit": 0.5,
        "no_own_museum": 1,
        "region_tags": 1,
        "literacy_gap": pytest.approx(1),
    }
    assert need.index == pytest.approx(0.35 + 0.125 + 0.15 + 0.15 + 0.10)
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_a_seat_near_a_museum_has_no_children_out_of_reach():
    near = replace(COUNTY, km_to_museum=50)
    (need,) = need_index([near])

    assert need.parts["children"] == 0
    assert need.missing == ()


def test_never_visited_counts_as_the_longest_time_and_more_than_six_years_no_further():
    never, long = (replace(COUNTY, years_since_visit=years) for years in (None, 30))

    parts = [one.parts["years_since_visit"] for one in need_index([never, long])]

    assert parts == [1, 1]


def test_a_missing_figure_counts_nothing_and_is_named():
    (need,) = need_index([replace(COUNTY, children=None, literacy=None)])

    assert need.missing == ("children", "literacy_gap")
    assert (need.parts["children"], need.parts["literacy_gap"]) == (0, 0)


def test_a_season_may_weigh_the_parts_otherwise():
    (need,) = need_index([COUNTY], {"no_own_museum": 2.0})

    assert need.index == 2
