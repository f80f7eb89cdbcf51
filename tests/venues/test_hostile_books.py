"""Tables made to hang, to swell or to break: each ends soon, with its rows or with a reason."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.venues.book_forks import Outcome, outcomes
from tests.venues.hostile_books import mutants, recipes
from venues.imports.archive import UnreadableFile
from venues.imports.child import CPU_SECONDS, MEMORY_BYTES
from venues.imports.isolated import read_table_isolated

RECIPES = list(recipes())


def check(found: list[Outcome]) -> Counter[str]:
    """Each within the bounds, and nearly all far below them."""
    assert max(each.cpu_seconds for each in found) < CPU_SECONDS + 0.5
    assert max(each.peak_mb for each in found) < MEMORY_BYTES / 1_000_000
    quick = [each for each in found if each.cpu_seconds < 2]
    assert len(quick) >= 0.9 * len(found)
    return Counter(each.said for each in found)


def test_some_hostile_tables_end_within_their_bounds():
    """X1-X5."""
    some = [(name, data) for name, make in RECIPES[5::16] if len(data := make()) < 300_000]

    said = check(list(outcomes(some)))

    assert said["given up"] <= 1
    assert said["refused"] > said["read"] > 0


@pytest.mark.long
def test_every_hostile_table_ends_within_its_bounds():
    """X1-X5: three hundred recipes."""
    assert len(RECIPES) >= 300

    found = list(outcomes((name, make()) for name, make in RECIPES))

    said = check(found)
    assert said["given up"] <= 20, [each for each in found if each.said == "given up"]


@pytest.mark.parametrize(
    ("number", "seed"), [(150, 1), pytest.param(5_000, 2, marks=pytest.mark.long)]
)
def test_mutants_of_tables_end_within_their_bounds(number, seed):
    """X1-X5: octets changed in the archive and inside its parts."""
    said = check(list(outcomes(mutants(number, seed))))

    assert said["given up"] == 0
    assert min(said["read"], said["refused"]) > number / 10


@pytest.mark.parametrize("name", ["csv of one astral sign"])
def test_what_needs_more_than_it_may_is_refused_by_name(name):
    """X1: whatever it is that ends the reader."""
    (make,) = (make for each, make in RECIPES if each.endswith(f": {name}"))

    with pytest.raises(UnreadableFile, match="too much time or memory"):
        read_table_isolated(make())
