"""What every operation promises: nothing is overwritten unseen, nothing is done twice."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import transaction

from tests.api.described import operations
from tests.api.scenes import SCENES

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

UNSAFE = {str(one): one for one in operations() if one.method not in ("get", "head")}
SEEN = [name for name in UNSAFE if SCENES[name].seen is not None]
POSTS = [name for name, one in UNSAFE.items() if one.method == "post" and SCENES[name].allowed]


@pytest.fixture
def calls(network):
    """Ask for an operation as somebody who may, so many times; nothing stays of it."""
    clients = {}

    def call(scene, times=1, **headers):
        who = sorted(scene.allowed - {"anonymous"})[0]
        if who not in clients:
            clients[who] = network.caller(who)
        with transaction.atomic():
            answers = [scene.request(clients[who], network, **headers) for _ in range(times)]
            rows = _rows() if times > 1 else {}
            transaction.set_rollback(True)
        return answers, rows

    return call


def _rows():
    """How many rows each table holds."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_P5_every_operation_that_takes_a_version_says_so_in_the_document_and_in_its_scene():
    documented = [
        name
        for name, one in UNSAFE.items()
        if any(part["name"] == "If-Match" for part in one.parameters("header"))
    ]

    assert sorted(documented) == sorted(SEEN)


def test_P5_what_changes_a_versioned_resource_takes_its_version(calls):
    """A resource is versioned when reading it gives a tag with a number."""
    reads = {one.address: str(one) for one in operations() if one.method == "get"}
    unguarded = set()
    for name, one in UNSAFE.items():
        if one.method == "post" or name in SEEN or one.address not in reads:
            continue
        (answer,), _ = calls(SCENES[reads[one.address]])
        if re.fullmatch(r'"\d+\.\w+"', answer.headers.get("ETag", "")):
            unguarded.add(name)

    assert unguarded == set()


@pytest.mark.parametrize(
    ("tag", "status"), [(None, 428), ('"987654321"', 412), ('W/"1"', 412), ('""', 412)]
)
def test_P5_without_a_version_428_and_with_a_stale_one_412(calls, tag, status):
    answers = {}
    for name in SEEN:
        headers = {} if tag is None else {"HTTP_IF_MATCH": tag}
        (answers[name],), _ = calls(replace(SCENES[name], seen=None), **headers)

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        SEEN, status
    )


def _done_twice(calls, names):
    """Those that a repeated key does again or answers otherwise."""
    wrong = []
    for name in names:
        (first, second), rows = calls(SCENES[name], times=2, HTTP_IDEMPOTENCY_KEY=f"k-{name}")
        _, rows_of_four = calls(SCENES[name], times=4, HTTP_IDEMPOTENCY_KEY=f"k-{name}")
        if first.status_code != SCENES[name].status or rows != rows_of_four:
            wrong.append((name, first.status_code, first.content[:200]))
        if (first.status_code, first.content) != (second.status_code, second.content):
            wrong.append((name, second.status_code, second.content[:200]))
    return wrong


def test_P4_some_posts_with_a_key_are_done_once_and_answered_each_time(calls):
    sample = random.Random(20261123).sample(POSTS, 20)

    assert _done_twice(calls, {*sample, "post_end_membership"}) == []


@pytest.mark.long
def test_P4_every_post_with_a_key_is_done_once_and_answered_each_time(calls):
    assert _done_twice(calls, POSTS) == []
