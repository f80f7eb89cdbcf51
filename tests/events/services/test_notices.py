from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import OutgoingMail
from events.services.notices import mail_notices
from tests.factories.venues import UserFactory
from venues.errors import Invalid
from venues.models import Notice
from venues.services.notices import (
    choose_notices,
    inbox,
    leave_notice,
    mark_read,
    preference_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def _tell(person, now, key="hold:7:challenged", **changes):
    said = {
        "kind": "hold-challenged",
        "title": ("预留被质询", "Your hold was challenged"),
        "body": ("请在周四前确认或放弃。", "Confirm or release it by Thursday."),
        "path": "/stops/7/",
        **changes,
    }
    return leave_notice(person=person, key=key, now=now, **said)


def _mails():
    return list(OutgoingMail.objects.order_by("pk").values_list("recipient", "subject", "body"))


def test_a_notice_is_said_once_to_each_person(now):
    anna, bo = UserFactory(), UserFactory()

    first = _tell(anna, now)
    again = _tell(anna, now + timedelta(hours=1), title=("别的", "Other"))
    _tell(bo, now)

    assert again == first
    assert list(inbox(anna)) == [first]
    assert Notice.objects.count() == 2


def test_a_notice_leads_to_this_site_only(now):
    with pytest.raises(ValueError, match="path of this site"):
        _tell(UserFactory(), now, path="https://evil.example/")
    with pytest.raises(ValueError, match="path of this site"):
        _tell(UserFactory(), now, path="//evil.example/")


def test_mark_read_touches_only_the_persons_own_notices(now):
    anna, bo = UserFactory(), UserFactory()
    notice, foreign = _tell(anna, now), _tell(bo, now)

    assert mark_read(person=anna, now=now, notice_id=foreign.pk) == 0
    assert mark_read(person=anna, now=now, notice_id=notice.pk) == 1
    assert mark_read(person=anna, now=now) == 0
    assert inbox(bo).filter(read_at=None).count() == 1


def test_choose_notices_refuses_both_wrong_words_at_once():
    with pytest.raises(Invalid) as refusal:
        choose_notices(person=UserFactory(), mail="weekly", language="fr")

    assert [one["field"] for one in refusal.value.detail["problems"]] == ["mail", "language"]


def test_choose_notices_leaves_unsaid_choices_as_they_are():
    anna = UserFactory()

    choose_notices(person=anna, language="en")
    choose_notices(person=anna, mail="daily")

    chosen = preference_of(anna)
    assert (chosen.mail, chosen.language) == ("daily", "en")


def test_mail_at_once_is_in_the_persons_language_and_says_what_to_do(now, settings):
    settings.SITE_URL = "https://orrery.example"
    anna, bo = UserFactory(email="anna@example.org"), UserFactory(email="bo@example.org")
    choose_notices(person=bo, language="en")
    _tell(anna, now)
    _tell(bo, now)

    assert (mail_notices(now=now), mail_notices(now=now)) == (2, 0)

    assert _mails() == [
        (
            "anna@example.org",
            "预留被质询",
            "请在周四前确认或放弃。\n下一步：https://orrery.example/stops/7/",
        ),
        (
            "bo@example.org",
            "Your hold was challenged",
            "Confirm or release it by Thursday.\nNext step: https://orrery.example/stops/7/",
        ),
    ]


def test_K8_the_daily_digest_comes_once_with_everything_unread(now, settings):
    settings.SITE_URL = "https://orrery.example"
    anna = UserFactory(email="anna@example.org")
    choose_notices(person=anna, mail="daily", language="en")
    _tell(anna, now)  # at nine in the morning
    _tell(anna, now + timedelta(hours=1), key="second", title=("乙", "Second"))
    read = _tell(anna, now + timedelta(hours=2), key="third")
    mark_read(person=anna, now=now + timedelta(hours=3), notice_id=read.pk)

    left = [mail_notices(now=now + timedelta(hours=hours)) for hours in (3, 21, 22, 22, 46)]

    assert left == [0, 0, 1, 0, 0]  # 22 hours later it is seven in the morning
    [(_, subject, body)] = _mails()
    assert subject == "2 notices for you"
    assert body.count("Next step: https://orrery.example/stops/7/") == 2


def test_nobody_is_mailed_who_wants_none_or_left_or_has_no_address(now):
    never, gone, silent = UserFactory(), UserFactory(is_active=False), UserFactory(email="")
    choose_notices(person=never, mail="never")
    for person in (never, gone, silent):
        _tell(person, now)

    assert mail_notices(now=now) == 0

    assert (_mails(), Notice.objects.filter(mailed_at=now).count()) == ([], 3)
