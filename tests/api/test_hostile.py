"""Hostile values in every place of every operation: refused in words, never a failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.urls import resolve
from rest_framework.test import APIClient

from api.parsers import FileJsonParser
from tests.api.described import Operation, operations, resolved
from tests.api.scenes import SCENES, filled

pytestmark = pytest.mark.db_contract

TEXTS = [
    "",
    " ",
    ",",
    "-1",
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "100000000000000000000",
    "1e400",
    "-1e308",
    "NaN",
    "nan,nan",
    "inf,-inf",
    "1,2,3,4,5,6",
    "180,90,-180,-90",
    "-180,-90,180,90",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01",
    "9999-12-31",
    "0000-00-00",
    "2026-02-30",
    "2026-11-02T24:00:00Z",
    "2026-11-02T00:00:00+99:99",
    "true",
    "null",
    "١٢٣",
    "²",
    "\0",
    "a\0b",
    "a\r\nX-Evil: 1",
    "\u2028",
    "\ud800",
    "😀" * 50,
    "x" * 100_000,
    "a," * 3000,
    "%",
    "_",
    "' OR 1=1 --",
    "../../etc/passwd",
    "{}",
    "[]",
    "venue__organisation__email",
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    10**20,
    -(10**20),
    2**31,
    2**63,
    1e308,
    -1e308,
    0.1,
    [],
    {},
    [[]],
    [None],
    [1],
    ["x"] * 3000,
    {"a": {"b": {"c": [1]}}},
    {"__proto__": 1},
    "",
    " ",
    "9223372036854775808",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "a\r\nX-Evil: 1",
    "\u2028\u200b\ufeff",
    "😀" * 50,
    "x" * 30_000,
    "FREQ=SECONDLY;COUNT=1000000000",
    "../../etc/passwd",
]
IN_ADDRESSES = [
    "9223372036854775808",
    "100000000000000000000",
    "\0",
    "\ud800",
    "a\r\nb",
    "x" * 100_000,
    "..%2F",
]
HEADERS = ["", "*", '"', 'W/"1"', '"1", "2"', "\xff", "x" * 9000, "-1", '"100000000000000000000"']


def encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def judge(operation: Operation, where: str, answer: Any) -> Iterator[str]:
    status = str(answer.status_code)
    if answer.status_code >= 500:
        yield f"{where}: {status} {answer.content[:200]!r}"
    elif answer.status_code >= 400:
        if answer["Content-Type"] != "application/problem+json":
            yield f"{where}: {status} is no problem document"
        if status not in operation.details["responses"]:
            yield f"{where}: {status} is not documented"


def share_of(values: list[Any], operation: Operation) -> list[Any]:
    """Every eighth of the values, one at least; operations that stand side by side get different
    ones, and on the other database they get others."""
    turn = [str(one) for one in operations()].index(str(operation))
    first = turn + 4 * (connection.vendor == "sqlite")
    return values[first % min(8, len(values) or 1) :: 8]


@pytest.fixture
def some(pytestconfig) -> Callable[[list[Any], Operation], list[Any]]:
    """What an operation gets of the values: its share, with ``--long`` all."""
    return (lambda values, _: values) if pytestconfig.getoption("--long") else share_of


@pytest.fixture
def planner(network):
    """Somebody whose requests get far: an administrator of the whole province."""
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(network.people["administrator"])
    return client


def peeled(names: list[str], send: Callable[[list[str]], Any]) -> Iterator[tuple[list[str], Any]]:
    """Send with a hostile value in all of ``names``, then without those that were refused for
    it, and so on: what an early check accepts must reach the later ones."""
    while names:
        answer = send(names)
        yield names, answer
        problems = answer.json().get("problems", []) if answer.status_code in (400, 422) else []
        refused = {str(p.get("parameter", p.get("field", ""))).split(".")[0] for p in problems}
        # The services call title_zh and title_en together title.
        left = [n for n in names if refused.isdisjoint((n, n[:-3]))]
        if len(left) == len(names):
            if len(names) > 1 and answer.status_code >= 400:  # nobody said which one it was
                for name in names:
                    yield [name], send([name])
            return
        names = left


@pytest.mark.parametrize("operation", [one for one in operations() if one.method == "get"], ids=str)
def test_P1_hostile_text_in_every_parameter_is_refused_or_understood(
    network, planner, operation, some
):
    """Each operation gets some of the texts; ``--long`` gives all."""
    address = SCENES[str(operation)].address.format(**network.rows)
    names = [parameter["name"] for parameter in operation.parameters("query")]
    faults = []

    for text in some(TEXTS, operation):
        for tried, answer in peeled(
            names,
            lambda some: planner.get(f"{address}?{'&'.join(f'{n}={encoded(text)}' for n in some)}"),  # noqa: B023  # used at once
        ):
            faults += judge(operation, f"{tried}={text[:30]!a}", answer)
    for text in some(IN_ADDRESSES, operation):
        faults += judge(operation, f"{text[:30]!a}=1", planner.get(f"{address}?{encoded(text)}=1"))

    assert faults == []


@pytest.mark.parametrize("operation", [one for one in operations() if "{" in one.address], ids=str)
def test_P1_hostile_text_in_the_address_is_not_found(network, planner, operation, some):
    scene = SCENES[str(operation)]
    body = filled(scene.body, network)
    names = [part["name"] for part in operation.parameters("path")]
    faults = []

    for text in some(IN_ADDRESSES, operation):
        address = operation.address.format(**dict.fromkeys(names, encoded(text)))
        call = getattr(planner, operation.method)
        with transaction.atomic():
            if operation.method in ("get", "delete"):
                answer = call(address, HTTP_IF_MATCH="*")
            else:
                answer = call(address, body, format="json", HTTP_IF_MATCH="*")
            transaction.set_rollback(True)
        faults += judge(operation, f"{text[:30]!a}", answer)

    assert faults == []


@pytest.mark.parametrize(
    "operation", [one for one in operations() if one.body is not None], ids=str
)
def test_P1_hostile_values_in_every_field_are_refused_or_understood(
    network, planner, operation, some
):
    """Each operation gets some of the values, inner fields some of these; ``--long`` gives all."""
    scene = SCENES[str(operation)]
    good = filled(scene.body, network) or {}
    faults = []

    def send(body: Any) -> Any:
        with transaction.atomic():
            answer = scene.send(planner, network, body)
            transaction.set_rollback(True)
        return answer

    for n, value in enumerate(some(VALUES, operation)):
        places = dict(placed(good, operation.body, value))
        inner = sorted(place for place in places if "." in place)
        for tried, answer in peeled(
            [place for place in places if "." not in place],
            lambda some: send(good | dict.fromkeys(some, value)),  # noqa: B023  # used at once
        ):
            faults += judge(operation, f"{tried}={json.dumps(value)[:40]}", answer)
        for place in some(inner[n:] + inner[:n], operation):
            faults += judge(operation, f"{place}={json.dumps(value)[:40]}", send(places[place]))

    assert faults == []


BODIES = [
    (b"[" * 20_000, "application/json", 400),
    (b'{"a": NaN}', "application/json", 400),
    (b'{"a": 1, "a": 2}', "application/json", 400),
    (b'"\xff"', "application/json", 400),
    (b'"\\u0000"', "application/json", 400),
    (b" " * 1_000_001, "application/json", 413),
    (b" " * 3_000_000, "application/json", 413),
    (b"a=1", "application/x-www-form-urlencoded", 415),
    (b"<a/>", "text/xml", 415),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b"1", "application/json", 422),
    (b'{"is_staff": true}', "application/json", 422),
]


@pytest.mark.parametrize(
    "operation", [one for one in operations() if one.body is not None], ids=str
)
def test_P6_a_body_that_is_none_is_refused(network, planner, operation, some):
    """Each operation gets some of the bodies; ``--long`` gives all."""
    bodies = some(BODIES, operation)
    scene = SCENES[str(operation)]
    headers = {}
    if scene.seen is not None:
        headers["HTTP_IF_MATCH"] = f'"{scene.seen.format(**network.rows)}"'
    address = scene.address.format(**network.rows)

    answers = [
        planner.generic(
            operation.method.upper(),
            address,
            content,
            content_type=kind,
            **headers,
        )
        for content, kind, _ in bodies
    ]

    takes_files = FileJsonParser in resolve(address).func.view_class.parser_classes
    assert [(answer.status_code, answer["Content-Type"]) for answer in answers] == [
        # Blanks are no body either; where files come in, a few millions of them are not too many.
        (400 if takes_files and status == 413 else status, "application/problem+json")
        for _, _, status in bodies
    ]


@pytest.mark.parametrize("name", ["post_stop_list", "patch_stop_item", "get_venue_item"])
def test_P5_hostile_headers_are_refused_or_understood(network, planner, name):
    operation = next(one for one in operations() if str(one) == name)
    faults = []

    for header in ("IF_MATCH", "IF_NONE_MATCH", "IDEMPOTENCY_KEY", "ACCEPT", "ACCEPT_LANGUAGE"):
        for value in HEADERS:
            with transaction.atomic():
                answer = SCENES[name].request(planner, network, **{f"HTTP_{header}": value})
                transaction.set_rollback(True)
            faults += judge(operation, f"{header}: {value[:20]!a}", answer)

    assert faults == []


def placed(good: Any, schema: dict[str, Any], value: Any) -> Iterator[tuple[str, Any]]:
    """Dotted place → the good body with ``value`` there."""
    for name, inner in schema.get("properties", {}).items():
        yield name, {**good, name: value}
        nested = resolved(inner.get("items", {}))
        if "properties" in nested:
            first = (good.get(name) or [{}])[0]
            for place, body in placed(first, nested, value):
                yield f"{name}.0.{place}", {**good, name: [body]}
        elif "items" in inner:
            yield f"{name}.0", {**good, name: [value]}
