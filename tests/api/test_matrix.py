"""Every operation × role × relation to the object × state, against what the page says (A1)."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from tests.api import oracle
from tests.api.described import operations
from tests.api.scenes import SCENES
from tests.factories import venues as of_venues
from venues.models import Organisation, Region, Role
from venues.permissions import SYSTEM
from venues.services.organisations import change_organisation
from venues.services.regions import move_region

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

OWN = "museum"
SCOPES = (
    OWN,
    "sister",
    "organisation",
    "sibling organisation",
    "association",
    "upper association",
    "society",
    "township",
    "county",
    "sibling county",
    "province",
    "nation",
    "abroad",
)
TIMES = ("ended", "to come", "left")  # a membership over, one not begun, an account not active

# The state of the object each scene acts on, where rights depend on it.
STATES = {
    "get_event_item": "draft",
    "patch_event_item": "draft",
    "post_event_list": "draft",
    "put_pushed_event": "draft",
    "post_submit_event": "draft",
    "post_publish_event": "draft",
    "post_return_event": "submitted",
    "post_archive_event": "published",
    "post_cancel_event": "published",
    "post_reinstate_event": "published",
    "post_participation_list": "draft",
    "post_leave_campaign": "draft",  # whoever writes drafts may, whatever the event's state
    "post_hold_list": "unit",
    "post_challenge_hold": "unit",
    "post_confirm_hold": "unit",
    "post_release_hold": "unit",
    **dict.fromkeys(
        [
            "post_event_status",
            "post_cancel_date",
            "post_describe_date",
            "post_move_date",
            "post_restore_date",
        ],
        "published",
    ),
}
_E = "/api/v1/events/"
MORE = {  # the same operations on objects in other states
    ("get_event_item", "published"): replace(
        SCENES["get_event_item"], address=_E + "{for_hosts.public_uid}/"
    ),
    ("get_event_item", "submitted"): replace(
        SCENES["get_event_item"], address=_E + "{submitted.public_uid}/"
    ),
    ("patch_event_item", "published"): replace(
        SCENES["patch_event_item"],
        address=_E + "{for_hosts.public_uid}/",
        seen="{for_hosts.sequence}",
    ),
    ("patch_event_item", "submitted"): replace(
        SCENES["patch_event_item"],
        address=_E + "{submitted.public_uid}/",
        seen="{submitted.sequence}",
    ),
    ("post_cancel_event", "draft"): replace(
        SCENES["post_cancel_event"],
        address=_E + "{draft.public_uid}/cancel/",
        seen="{draft.sequence}",
    ),
}
CASES = {(name, STATES.get(name, "")): scene for name, scene in SCENES.items()} | MORE


def test_A2_every_operation_has_a_row_on_the_page():
    assert sorted(oracle.addresses()) == sorted(str(operation) for operation in operations())


def test_A2_every_other_address_is_on_the_page_too():
    text = oracle.PAGE.read_text().partition("Pages and calendars:")[2].partition("\n## ")[0]
    known = {"api/v1/", "admin/", "healthz", "readyz", "metrics", "", "static/"}
    known |= {"calendar", "poster", "programme", "programme-sheet"}  # by name: of every feed's set
    unknown = [
        str(pattern.pattern)
        for pattern in _patterns(get_resolver().url_patterns)
        if str(pattern.pattern) not in known
        and getattr(pattern, "name", None) not in known
        and not re.search(f"`{re.escape(_first_part(pattern))}[/`]", text)
    ]

    assert unknown == []


def _first_part(pattern):
    return str(pattern.pattern).lstrip("^").partition("/")[0]


def _patterns(patterns, prefix=""):
    for pattern in patterns:
        nested = getattr(pattern, "url_patterns", None)
        if nested is not None and not str(pattern.pattern):
            yield from _patterns(nested)
        else:
            yield pattern


class People:
    """One person per role and scope, made when first asked for; each signs in with a session."""

    def __init__(self, network):
        self.network = network
        rows = network.rows
        region, body = of_venues.RegionFactory, of_venues.OrganisationFactory
        rows["nation"] = region(code="N", level=0)
        move_region(region=rows["province"], parent=rows["nation"], by=SYSTEM, now=NOW)
        rows["township"] = region(code="C1", level=4, parent=rows["county"])
        rows["sibling county"] = region(code="C-", level=3, parent=rows["province"])
        rows["sister"] = of_venues.VenueFactory(region=rows["county"])
        abroad = {"region": rows["abroad"]}
        rows["upper association"] = body(**abroad)
        rows["association"] = body(parent_admin=rows["upper association"], **abroad)
        rows["society"] = body(**abroad)
        rows["sibling organisation"] = body(parent_admin=rows["association"], **abroad)
        change_organisation(
            organisation_id=rows["organisation"].pk,
            changes={"parent_admin": rows["association"], "parent_guidance": rows["society"]},
            by=SYSTEM,
            now=NOW,
        )
        self.clients = {}

    def client(self, role, scope):
        if (role, scope) not in self.clients:
            self.clients[role, scope] = client = APIClient()
            client.force_login(self.person(role, scope))
        return self.clients[role, scope]

    def person(self, role, scope):
        place = self.network.rows[OWN if scope in TIMES else scope]
        field = (
            "region"
            if isinstance(place, Region)
            else "organisation"
            if isinstance(place, Organisation)
            else "venue"
        )
        today = timezone.localdate()
        days = {
            "ended": {"valid_to": today},
            "to come": {"valid_from": today + timedelta(days=1)},
        }.get(scope, {})
        places = {"venue": None} | {field: place}
        user = of_venues.UserFactory(is_active=scope != "left")
        return of_venues.MembershipFactory(user=user, role=role, **places, **days).user


NOW = timezone.now()


@pytest.fixture
def people(network):
    return People(network)


def _wrong(people, cases):
    """The cases whose answer is not what the page says."""
    table, addresses = oracle.rights(), oracle.addresses()
    wrong = []
    for (name, state), role, scope in cases:
        client = people.client(role, scope)
        expected = _expected(role, scope, name, addresses[name], state, table)
        with transaction.atomic():
            answer = CASES[name, state].request(client, people.network)
            transaction.set_rollback(True)
        if expected != (answer.status_code == CASES[name, state].status) or (
            not expected and answer.status_code not in (401, 403, 404)
        ):
            wrong.append((name, state, role, scope, answer.status_code, answer.content[:200]))
    return wrong


def _expected(role, scope, name, who, state, table):
    if scope in TIMES:  # as somebody without any role, or without an account
        return who == "everybody" or (who == "everybody signed in" and scope != "left")
    return oracle.answered(role, scope, name, who, state, table)


def _sample():
    """For each operation one who may, and some who may not: by their role, their place, the day.

    Every role and every relation comes up often, every pair of them somewhere; ``--long`` asks
    for all.
    """
    chance = random.Random(20261123)
    table, addresses = oracle.rights(), oracle.addresses()
    roles = [role.value for role in Role]
    cases = []
    for case in CASES:
        who = addresses[case[0]]
        everyone = [(role, scope) for role in roles for scope in SCOPES + TIMES]
        able = [one for one in everyone if _expected(*one, case[0], who, case[1], table)]
        unable = [one for one in everyone if one not in able]
        by_role = [(role, "county") for role in roles if (role, "county") in unable]
        by_place = [one for one in unable if one[0] in {role for role, _ in able}]
        for among, number in ((able, 1), (by_role, 1), (by_place, 1)):
            drawn = chance.sample(among, min(number, len(among)))
            cases += [(case, role, scope) for role, scope in drawn]
    return cases


def test_A1_what_everybody_may_is_what_the_page_says(people):
    assert _wrong(people, _sample()) == []


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_A1_what_everybody_may_is_what_the_page_says_in_every_single_case(people, case):
    roles = [role.value for role in Role]

    assert _wrong(people, [(case, role, scope) for role in roles for scope in SCOPES + TIMES]) == []
