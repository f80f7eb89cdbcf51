"""Schemathesis walks through the interface as every role, each step on what the last one left.

Every value comes from the OpenAPI document; addresses are filled with what the network holds and
with what earlier answers named. Nothing may fail, and every answer must be one the document knows.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests.api.described import described, faults, operations
from tests.api.scenes import SCENES, filled
from tests.factories import venues as of_venues
from venues.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

OPERATIONS = {str(operation): operation for operation in operations()}
WHO = ["anonymous", "nobody", *(role.value for role in Role)]
NAMES = {"code", "slug", "uid", "id", "plate", "number", "key"}  # what addresses are made of
HEADERS = {"If-Match", "If-None-Match", "Idempotency-Key", "Accept-Language"}


@pytest.fixture(scope="session")
def drawn() -> dict[str, st.SearchStrategy[Any]]:
    """A strategy of requests for every operation, made by schemathesis out of the document."""
    found = (one.ok() for one in schemathesis.openapi.from_dict(described()).get_all_operations())
    return {one.definition.raw["operationId"]: one.as_strategy() for one in found}


class Walk:
    """One caller's requests, one after another, and what their answers taught."""

    def __init__(self, network: Any, who: str, drawn: dict[str, Any], wrong: set[str]) -> None:
        self.network, self.drawn, self.wrong = network, drawn, wrong
        self.client = APIClient(raise_request_exception=False)
        if who != "anonymous":
            self.client.force_login(_person(network, who))
        self.known: dict[str, list[str]] = {}

    def step(self, name: str, data: st.DataObject) -> None:
        operation, case = OPERATIONS[name], data.draw(self.drawn[name])
        address, body = self.address(name, case, data), self.body(name, case, data)
        headers = {
            f"HTTP_{header.upper().replace('-', '_')}": _latin(value)
            for header, value in dict(case.headers or {}).items()
            if header in HEADERS
        }
        if SCENES[name].seen is not None and data.draw(st.booleans(), "any version"):
            headers["HTTP_IF_MATCH"] = "*"
        with transaction.atomic():
            answer = self.send(operation.method, address, body, headers)
        self.judge(operation, address, body, answer)

    def address(self, name: str, case: Any, data: st.DataObject) -> str:
        """That of the scene, made of names learned on the way, or of drawn text."""
        way = data.draw(st.sampled_from(["scene", "scene", "learned", "drawn"]), "address")
        path = SCENES[name].address.format(**self.network.rows).partition("?")[0]
        if way != "scene":
            texts = {
                part: urllib.parse.quote(str(value).encode("utf-8", "surrogatepass"), safe="")
                for part, value in dict(case.path_parameters or {}).items()
            }
            if way == "learned":
                texts |= {
                    part: data.draw(st.sampled_from(self.known[part]))
                    for part in texts
                    if self.known.get(part)
                }
            path = OPERATIONS[name].address.format(**texts)
        query = {key: value for key, value in dict(case.query or {}).items() if value is not None}
        asked = urllib.parse.urlencode(query, doseq=True, errors="surrogatepass")
        return f"{path}?{asked}" if asked and data.draw(st.booleans(), "asked") else path

    def body(self, name: str, case: Any, data: st.DataObject) -> Any:
        """The drawn body, the scene's, or the scene's with some fields drawn."""
        if OPERATIONS[name].body is None:
            return None
        good, other = filled(SCENES[name].body, self.network), case.body
        way = data.draw(st.sampled_from(["good", "mixed", "mixed", "drawn"]), "body")
        if way == "drawn" or not isinstance(good, dict) or not isinstance(other, dict):
            return other if way == "drawn" else good
        if way == "good" or not other:
            return good
        return good | {key: other[key] for key in data.draw(_some(sorted(other)), "fields")}

    def send(self, method: str, address: str, body: Any, headers: dict[str, str]) -> Any:
        if body is None or type(body).__name__ == "NotSet":
            return getattr(self.client, method)(address, **headers)
        text = json.dumps(body)
        return self.client.generic(
            method.upper(), address, text, content_type="application/json", **headers
        )

    def judge(self, operation: Any, address: str, body: Any, answer: Any) -> None:
        said = json.loads(answer.content) if answer.content else None
        if answer.status_code >= 500:
            where = f"{operation} {address[:300]} {json.dumps(body)[:1500]}"
            self.wrong.add(f"{answer.status_code} {where} {answer.content[:200]!r}")
        elif answer.status_code != 304:
            found = faults(operation, answer.status_code, said)
            self.wrong.update(f"{one} at {address[:200]}" for one in found[:3])
        if answer.status_code < 300 and isinstance(said, dict):
            self.learn(operation, said)

    def learn(self, operation: Any, said: dict[str, Any]) -> None:
        """Names in an answer fit the addresses of its resource: ``{code}`` of ``/stops/…``."""
        rows = said.get("results", [said])
        for row in [one for one in rows if isinstance(one, dict)][:5]:
            for name in NAMES & row.keys():
                if isinstance(row[name], str | int) and row[name] != "":
                    text = urllib.parse.quote(str(row[name]), safe="")
                    self.known.setdefault("pk" if name == "id" else name, []).append(text)


def _some(names: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)


def _latin(value: Any) -> str:
    return re.sub(r"[\r\n\0]", "", str(value)).encode("latin-1", "ignore").decode("latin-1")


def _person(network: Any, who: str) -> Any:
    if who == "nobody":
        return network.people["nobody"]
    place = {"venue": None, "region": network.rows["province"]}
    return of_venues.MembershipFactory(role=who, **place).user


def _walked(network: Any, drawn: Any, who: list[str], *, walks: int, steps: int) -> set[str]:
    """What went wrong on so many walks of so many steps, the same ones each time."""
    wrong: set[str] = set()

    @settings(
        max_examples=walks,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def go(data: st.DataObject) -> None:
        with transaction.atomic():
            walk = Walk(network, data.draw(st.sampled_from(who), "who"), drawn, wrong)
            names = st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=steps, max_size=steps)
            for name in data.draw(names, "operations"):
                walk.step(name, data)
            transaction.set_rollback(True)

    go()
    return wrong


def test_a_few_walks_of_some_roles_meet_no_failure_and_nothing_undocumented(network, drawn):
    assert _walked(network, drawn, WHO, walks=6, steps=6) == set()


@pytest.mark.long
@pytest.mark.parametrize("who", WHO)
def test_no_walk_of_any_role_meets_a_failure_or_anything_undocumented(network, drawn, who):
    assert _walked(network, drawn, [who], walks=60, steps=25) == set()
