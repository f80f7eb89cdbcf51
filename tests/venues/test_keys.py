from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from tests.factories.venues import UserFactory
from venues.errors import Invalid
from venues.models import ApiKey
from venues.services.keys import authenticate, has_scope, issue_api_key, revoke_api_key

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def _issue(now, **changes):
    wanted = {"user": UserFactory(), "name": "日历同步", "scopes": ["read"], **changes}
    return issue_api_key(now=now, **wanted)


def test_A9_only_the_hash_of_a_key_is_kept(now):
    key, plain = _issue(now, scopes=["write:events", "read"], days=30)

    stored = ApiKey.objects.get()
    assert stored.key_hash == hashlib.sha256(plain.encode()).hexdigest()
    assert (stored.prefix, len(plain)) == (plain[:12], 47)  # orr_ and 256 bits
    assert plain not in [str(value) for value in vars(stored).values()]
    assert (stored.scopes, stored.expires_at) == (["read", "write:events"], now + timedelta(30))
    assert authenticate(plain, now) == key


def test_a_key_ends_with_its_time_its_user_or_at_once(now):
    expiring, expiring_plain = _issue(now, days=1)
    revoked, revoked_plain = _issue(now)
    orphan, orphan_plain = _issue(now)
    revoke_api_key(key=revoked, by=revoked.user, now=now)
    orphan.user.is_active = False
    orphan.user.save()

    assert authenticate(expiring_plain, now + timedelta(hours=23)) == expiring
    assert authenticate(expiring_plain, now + timedelta(days=1)) is None
    assert authenticate(revoked_plain, now) is None
    assert authenticate(orphan_plain, now) is None
    revoke_api_key(key=revoked, by=revoked.user, now=now + timedelta(days=1))
    assert revoked.revoked_at == now


@pytest.mark.parametrize("guess", ["", "orr_", "x" * 100_000, "密钥", "\ud800", "\x00"])
def test_A9_a_guess_opens_nothing(now, guess):
    _issue(now)

    assert authenticate(guess, now) is None


def test_the_use_of_a_key_is_noted_once_a_minute(now, django_assert_num_queries):
    key, plain = _issue(now)

    authenticate(plain, now)
    with django_assert_num_queries(1):
        authenticate(plain, now + timedelta(seconds=59))
    key.refresh_from_db()
    assert key.last_used_at == now
    authenticate(plain, now + timedelta(seconds=60))
    key.refresh_from_db()
    assert key.last_used_at == now + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("scopes", "action", "area", "covered"),
    [
        (["read"], "read", "events", True),
        (["read"], "write", "events", False),
        (["write"], "read", "events", True),
        (["write:events"], "write", "events", True),
        (["write:events"], "read", "events", True),
        (["write:events"], "write", "venues", False),
        (["read:events"], "read", "venues", False),
    ],
)
def test_scopes_cover_what_they_say(scopes, action, area, covered):
    assert has_scope(ApiKey(scopes=scopes), action, area) is covered


def test_issue_api_key_names_every_problem(now):
    with pytest.raises(Invalid) as refusal:
        _issue(now, name=" ", scopes=["admin"], days=0)

    fields = [problem["field"] for problem in refusal.value.detail["problems"]]
    assert fields == ["name", "scopes", "days"]
    assert ApiKey.objects.count() == 0
