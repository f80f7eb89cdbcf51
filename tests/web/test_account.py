"""Signing in: one door, throttled, silent about who exists, with a second factor where asked."""

from __future__ import annotations

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.cache import cache

from tests.factories.venues import MembershipFactory, RegionFactory, UserFactory
from venues.models import Role
from venues.services.notices import inbox, leave_notice

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _fresh_throttle():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def anna():
    return UserFactory(username="anna")


def _sign_in(client, name="anna", password="password"):
    return client.post(LOGIN, {"login": name, "password": password})


def test_a_person_signs_in_and_out_without_javascript(client, anna):
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert {"private", "no-store"} <= set(page.headers["Cache-Control"].split(", "))
    assert b"<form" in page.content
    assert b'class="top"' in page.content  # the site's own frame

    answer = _sign_in(client)

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/").url == f"{LOGIN}?next=/account/"


def test_pages_are_in_the_language_asked_for_and_stay_in_it(client, anna):
    assert "登录" in client.get(LOGIN).text

    client.get(f"{LOGIN}?lang=en")

    assert "Sign In" in client.get(LOGIN).text


def test_signing_in_gives_the_session_a_new_number(client, anna):
    client.get("/account/")
    session = client.session
    session["before"] = "kept"
    session.save()
    before = session.session_key

    _sign_in(client)

    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_nobody_signs_up(client):
    answer = client.post(
        "/account/signup/",
        {
            "username": "eve",
            "email": "e@example.org",
            "password1": "long 4 ever",
            "password2": "long 4 ever",
        },
    )

    assert answer.status_code == 200
    assert not get_user_model().objects.filter(username="eve").exists()


def test_A11_a_wrong_password_and_an_unknown_name_get_the_same_words(client, anna):
    texts = []
    for name in ("anna", "nobody"):
        page = _sign_in(client, name, "wrong")
        texts.append(str(page.context["form"].errors))
        assert page.status_code == 200

    assert texts[0] == texts[1]


def test_A11_a_reset_answers_alike_for_known_and_unknown_addresses(client, anna, mailoutbox):
    answers = [
        client.post("/account/password/reset/", {"email": email})
        for email in (anna.email, "who@example.org")
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url


def test_guessing_is_throttled_for_the_name_whatever_the_password(client, anna):
    for _ in range(5):
        _sign_in(client, password="wrong")

    page = _sign_in(client)

    assert page.status_code == 200
    assert "_auth_user_id" not in client.session


def test_an_account_that_is_not_active_does_not_sign_in(client):
    UserFactory(username="gone", is_active=False)

    _sign_in(client, "gone")

    assert "_auth_user_id" not in client.session


def test_the_admin_sends_strangers_to_the_one_sign_in(client):
    assert client.get("/admin/login/?next=/admin/").url.startswith(LOGIN)


def _code():
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


def test_a_second_factor_is_asked_for_once_it_is_set_up(client, anna):
    TOTP.activate(anna, SECRET)

    first = _sign_in(client)

    assert first.url == "/account/2fa/authenticate/"
    assert client.get("/account/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": _code()})
    assert client.get("/account/").status_code == 200


def test_a_recovery_code_works_once(client, anna):
    TOTP.activate(anna, SECRET)
    code = RecoveryCodes.activate(anna).get_unused_codes()[0]

    for expected in (200, 302):
        _sign_in(client)
        client.post("/account/2fa/authenticate/", {"code": code})
        assert client.get("/account/").status_code == expected
        client.post("/account/logout/")


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.ADMINISTRATOR])
def test_officers_and_administrators_get_nothing_before_they_have_a_second_factor(
    client, anna, settings, role
):
    settings.REQUIRE_TOTP = True
    MembershipFactory(user=anna, role=role, region=RegionFactory())
    client.force_login(anna)

    page, api = client.get("/"), client.get("/api/v1/jobs/")

    assert page.url == "/account/2fa/totp/activate/"
    assert (api.status_code, api.json()["code"]) == (403, "second_factor_required")
    TOTP.activate(anna, SECRET)
    assert client.get("/api/v1/jobs/").status_code == 200


def test_others_need_no_second_factor(client, anna, settings):
    settings.REQUIRE_TOTP = True
    MembershipFactory(user=anna, role=Role.MUSEUM_EDITOR)
    client.force_login(anna)

    assert client.get("/").status_code == 200


def test_the_account_page_shows_the_inbox_and_the_roles(client, anna, now):
    MembershipFactory(
        user=anna,
        role=Role.COUNTY_OFFICER,
        region=RegionFactory(name_zh="长丰县", name_en="Changfeng"),
    )
    leave_notice(
        person=anna, kind="k", key="k", title=("请确认", "Please confirm"),
        body=("在周四前", "By Thursday"), path="/stops/7/", now=now,
    )  # fmt: skip
    client.force_login(anna)

    page = client.get("/account/?lang=en").text

    assert "Please confirm" in page
    assert 'href="/stops/7/"' in page
    assert "county officer: Changfeng" in page
    client.post("/account/")
    assert inbox(anna).filter(read_at=None).count() == 0


def test_nobody_can_act_as_somebody_else(client):
    """There is no address for it: impersonation never."""
    from django.urls import get_resolver

    names = [str(name).lower() for name in get_resolver().reverse_dict]
    assert not [name for name in names if "impersonat" in name or "hijack" in name]
