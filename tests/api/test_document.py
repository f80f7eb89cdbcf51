"""The description of the interface is valid, complete and true."""

from __future__ import annotations

import re

from django.urls import URLPattern
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from openapi_spec_validator import validate

from api import urls
from api.documents import document
from api.events.filters import EVENT_PARAMETERS
from api.urls import documented
from events.queries.filter import PARAMETERS
from tests.api.described import described, operations

UNDOCUMENTED = {
    "^inbound-mail/?$",
    "imports/templates/<str:kind>.xlsx",
    "seasons/<str:slug>/tour-requests.xlsx",
    "schema/",
    "docs/",
    "",
}


def test_the_document_is_valid_openapi_3_1():
    validate(described())

    assert described()["openapi"].startswith("3.1")


def test_the_document_is_made_without_a_warning(capsys):
    """Two components of one name, an address without a type: the generator only mutters."""
    reset_generator_stats()

    document.__wrapped__(documented)

    assert capsys.readouterr().err == ""
    assert not GENERATOR_STATS


def test_every_address_is_documented_and_works_without_its_slash():
    addresses = [str(p.pattern) for p in urls.urlpatterns if isinstance(p, URLPattern)]
    known = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{}", str(pattern.pattern)) for pattern in urls.documented
    }
    documented = {
        re.sub(r"{\w+}", "{}", address.removeprefix("/api/v1/")) for address in described()["paths"]
    }

    assert documented == known
    assert set(addresses) == {
        *UNDOCUMENTED,
        *(str(p.pattern) for p in urls.documented),
        *(str(p.pattern).rstrip("/") for p in urls.documented),
    }


def test_every_operation_documents_the_refusals_it_can_give():
    missing = []
    for operation in operations():
        statuses = set(operation.details["responses"])
        wanted = {"400", "401", "403"}
        if "{" in operation.address:
            wanted.add("404")
        if operation.method != "get":
            wanted |= {"413", "415", "422"}
        if any(one["name"] == "If-Match" for one in operation.parameters("header")):
            wanted |= {"412", "428"}
        if wanted - statuses:
            missing.append((str(operation), wanted - statuses))

    assert missing == []


def test_bodies_allow_no_fields_besides_those_listed():
    open_bodies = [
        str(operation)
        for operation in operations()
        if operation.body is not None and operation.body.get("additionalProperties") is not False
    ]

    assert open_bodies == []


def test_the_event_filter_is_described_whole():
    assert [parameter.name for parameter in EVENT_PARAMETERS] == list(PARAMETERS)


def test_the_document_is_served_to_everyone(anyone):
    answer = anyone.get("/api/v1/schema/")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["paths"].keys() == described()["paths"].keys()


def test_the_pages_show_every_operation_and_code_without_scripts_or_foreign_addresses(anyone):
    page = anyone.get("/api/v1/docs/").content.decode()

    missing = [str(operation) for operation in operations() if f'id="{operation}"' not in page]
    assert missing == []
    assert 'id="already_taken"' in page
    assert "<script" not in page
    assert " style=" not in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == []
