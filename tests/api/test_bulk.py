"""Many events in one request: a result for each, dry runs, all or none."""

from __future__ import annotations

import pytest

from events.models import Event

ADDRESS = "/api/v1/events/by-source/cms/"
GOOD = {
    "title_zh": "光",
    "start": "2026-12-05T10:00",
    "end": "2026-12-05T11:00",
    "venue": "museum",
}
BAD = {**GOOD, "end": "2026-12-05T09:00"}
ELSEWHERE = {**GOOD, "venue": "foreign"}


@pytest.fixture
def publisher(network):
    return network.caller("publisher")


def put(client, *rows, query=""):
    return client.put(ADDRESS + query, {"events": list(rows)}, format="json").json()


def outcomes(answer) -> list[str]:
    return [row["outcome"] for row in answer["results"]]


def pushed() -> int:
    return Event.objects.filter(source__slug="cms").count()


ROWS = ({"id": "1", **GOOD}, {"id": "2", **BAD}, {"id": "3", **ELSEWHERE}, {"id": "4"}, {"id": ""})
REFUSED = ["created", "refused", "refused", "refused", "refused"]


def test_a_refused_row_costs_only_itself(publisher):
    answer = put(publisher, *ROWS)

    assert (answer["written"], outcomes(answer), pushed()) == (True, REFUSED, 1)
    assert [row["code"] for row in answer["results"]][:3] == ["", "invalid_event", "not_allowed"]
    assert all(row["message"] for row in answer["results"][1:])


@pytest.mark.parametrize("query", ["?dry_run=1", "?atomic=1", "?dry_run=1&atomic=1"])
def test_a_dry_run_or_a_refusal_among_all_or_none_writes_nothing(publisher, query):
    answer = put(publisher, *ROWS, query=query)

    assert (answer["written"], outcomes(answer), pushed()) == (False, REFUSED, 0)


def test_the_same_rows_again_change_nothing(publisher):
    rows = [{"id": str(number), **GOOD} for number in range(3)]
    put(publisher, *rows, query="?atomic=1")

    answer = put(publisher, *rows, {"id": "0", **GOOD, "title_zh": "影"})

    assert outcomes(answer) == ["unchanged", "unchanged", "unchanged", "changed"]
    assert pushed() == 3


def test_strangers_get_refusals_and_write_nothing(network):
    answer = put(network.caller("nobody"), {"id": "1", **GOOD})

    assert (outcomes(answer), pushed()) == (["refused"], 0)
