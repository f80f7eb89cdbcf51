"""Hazards of the web that no single page is to blame for."""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
import re
from time import process_time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils import timezone

from config.logs import json_formatter
from tests.factories.touring import StopFactory
from tests.factories.venues import MembershipFactory, UserFactory
from touring.models import ConditionPhoto, StopState
from venues.models import Role
from web.origin import client_address

FORGED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CLIENT_IP")
HOSTILE = [
    letter * 100_000 + end
    for letter in ("a", "1", " ", "-", "/", "a.", "\\", "<", '"', "\t", "=;", "学")
    for end in ("", "!", "\x00")
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("drawing.svg", b"<svg onload='alert(1)'/>"),
        ("polyglot.png", b"<script>alert(1)</script>\x89PNG\r\n\x1a\n"),
        ("paper.pdf", b"%PDF-1.7"),
    ],
)
def test_only_pictures_are_taken_as_photographs_W2(client, name, content):
    stop = StopFactory(uid="stop-1", state=StopState.INSTALLING)
    client.force_login(
        MembershipFactory(role=Role.OPERATOR, venue=stop.unit.home, region=None).user
    )
    body = {
        "moment": "arrival",
        "unpacked_at": f"{timezone.localtime():%Y-%m-%dT00:00}",
        "exhibit_1": "all",
        "state_1": "good",
        "photo_1": SimpleUploadedFile(name, content, "image/png"),
    }

    answer = client.post("/desk/stops/stop-1/condition/", body)

    assert answer.status_code == 422
    assert not ConditionPhoto.objects.exists()


@pytest.mark.django_db
def test_no_address_hands_out_a_file_as_it_was_handed_in_W2(client, settings):
    for start in ("/papers/", "/media/", f"/{settings.MEDIA_URL.strip('/')}/", "/static/papers/"):
        assert client.get(f"{start}conditionphoto/{'0' * 32}").status_code == 404


def test_ten_thousand_forged_addresses_are_one_client_W6(settings):
    settings.TRUSTED_PROXIES = 0
    seen = {
        client_address(
            RequestFactory().get(
                "/", REMOTE_ADDR="192.0.2.1", **{FORGED[number % 4]: f"10.0.0.{number}"}
            )
        )
        for number in range(10_000)
    }

    assert seen == {"192.0.2.1"}


@pytest.mark.django_db
def test_forged_addresses_do_not_buy_more_tries_at_signing_in_W6(client):
    """Twenty failures a minute and address, whatever the headers say."""
    answers = [
        client.post(
            "/account/login/?lang=en",
            {"login": f"nobody-{number}", "password": "wrong"},
            **{FORGED[number % 4]: f"10.0.0.{number}"},
        )
        for number in range(21)
    ]

    refused = [b"Too many failed login attempts" in one.content for one in answers]
    assert refused == [False] * 20 + [True]


@pytest.mark.parametrize("words", ["a\r\nb", "a\x1b[31mred", "a\u202eb", "a\x00b", "a\u2028b"])
def test_whatever_is_logged_stays_one_line_of_json_W8(words):
    record = logging.LogRecord("x", logging.INFO, "x", 1, "said %s", (words,), None)

    line = json_formatter().format(record)

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert json.loads(line)["event"] == f"said {words}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/account/",
        "/account/login/",
        "/account/logout/",
        "/desk/events/new/",
        "/desk/requests/new/",
        "/desk/holds/new/",
        "/desk/people/",
        "/desk/keys/",
        "/desk/notices/read/",
        "/desk/calendars/new/",
    ],
)
def test_a_foreign_page_cannot_act_for_who_is_signed_in_W9(address):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory())

    assert browser.post(address, {}).status_code == 403


def _own_patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for name in ("api", "config", "events", "touring", "venues", "web"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if (
                "migrations" in module.name
                or "settings" in module.name
                or "__main__" in module.name
            ):
                continue
            for word, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    found[value.pattern] = value
                    assert word
    return found


def test_no_pattern_of_ours_takes_long_for_a_hundred_thousand_letters_W10():
    """At most 50 ms of computing each, whatever is repeated."""
    patterns = _own_patterns()
    slow = []
    for written, pattern in patterns.items():
        for text in HOSTILE:
            started = process_time()
            pattern.match(text)
            if process_time() - started > 0.05:
                slow.append((written, text[:2]))

    assert len(patterns) > 30
    assert slow == []
