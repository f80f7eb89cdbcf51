"""Staff pages: what they write goes through the services, and refusals are said on the page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from events.enums import Moderation, Status
from events.models import Event, ImportRun, OutgoingMail, Subscription
from events.models.outbox import MailState
from events.services.journal import Journal
from events.services.occurrences import refresh_occurrences
from tests.factories.events import (
    CampaignFactory,
    CampaignPartnerFactory,
    EventFactory,
    OutgoingMailFactory,
    ParticipationFactory,
    SourceFactory,
    SubscriptionFactory,
    TopicFactory,
)
from tests.factories.venues import OrganisationFactory, UserFactory, VenueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def form(venue, **changes) -> dict[str, object]:
    values = {
        "title_zh": "造纸",
        "venue": venue.pk,
        "kind": "workshop",
        "visibility": "public",
        "audiences": ["family"],
        "start_date": "2035-11-10",
        "start_time": "10:00",
        "end_date": "2035-11-10",
        "end_time": "11:30",
        "timezone": "Asia/Shanghai",
        "rdates": "[]",
        "exdates": "[]",
        "seen_sequence": "0",
        **{
            f"{rows}-{which}_FORMS": "0"
            for rows in ("occurrences", "organisers", "images")
            for which in ("TOTAL", "INITIAL")
        },
    }
    return values | changes


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_an_event_written_by_staff_is_a_draft_with_its_dates(staff):
    topic = TopicFactory(slug="craft")

    answer = staff.post("/admin/events/event/add/", form(VenueFactory(), topics=[topic.pk]))

    assert answer.status_code == 302
    event = Event.objects.get()
    assert (event.title_zh, event.moderation, event.source.slug) == ("造纸", "draft", "local")
    assert (event.audiences, list(event.topics.all())) == (["family"], [topic])
    assert event.occurrences.count() == 1


def test_a_change_by_staff_raises_the_sequence_and_moves_the_dates(staff):
    event = EventFactory()
    refresh_occurrences(event, now=event.created_at)

    answer = staff.post(f"/admin/events/event/{event.pk}/change/", form(event.venue))

    assert answer.status_code == 302
    event.refresh_from_db()
    assert (event.title_zh, event.sequence) == ("造纸", 1)
    assert event.occurrences.get().starts_at.year == 2035


def test_a_change_of_what_a_colleague_has_changed_is_refused_on_the_page(staff):
    event = EventFactory(sequence=4)

    answer = staff.post(f"/admin/events/event/{event.pk}/change/", form(event.venue), follow=True)

    assert "changed in the meantime" in said(answer)[0]
    event.refresh_from_db()
    assert (event.sequence, event.title_zh == "造纸") == (4, False)


def test_wrong_values_are_named_at_their_fields(staff):
    wrong = form(VenueFactory(), title_zh=" ", timezone="Mars", rrule="FREQ=SECONDLY")

    answer = staff.post("/admin/events/event/add/", wrong)

    assert answer.status_code == 200
    assert set(answer.context["adminform"].errors) == {"title_zh", "timezone", "rrule"}
    assert not Event.objects.exists()


@pytest.mark.parametrize("path", ["add/", "", "{pk}/change/"])
def test_the_pages_of_events_can_be_read(staff, path):
    event = EventFactory(rrule="FREQ=WEEKLY;COUNT=3")
    refresh_occurrences(event, now=event.created_at)

    assert staff.get(f"/admin/events/event/{path.format(pk=event.pk)}").status_code == 200


def test_events_are_published_and_cancelled_by_actions_and_never_deleted(staff):
    event = EventFactory(moderation=Moderation.DRAFT, start_date="2035-11-10")
    kept = EventFactory(source=SourceFactory(kind="subscription"))

    def act(action: str):
        rows = [event.pk, kept.pk]
        return staff.post(
            "/admin/events/event/", {"action": action, "_selected_action": rows}, follow=True
        )

    act("publish")
    answer = act("cancel")
    event.refresh_from_db()
    kept.refresh_from_db()

    assert (event.moderation, event.status) == (Moderation.PUBLISHED, Status.CANCELLED)
    assert kept.status == Status.SCHEDULED
    assert any("would be overwritten from there" in message for message in said(answer))
    assert staff.post(f"/admin/events/event/{event.pk}/delete/").status_code == 403


def test_staff_subscribe_to_an_address_and_are_told_when_it_is_not_read(staff):
    venue = VenueFactory()
    page = "/admin/events/subscription/add/"

    refused = staff.post(page, {"address": "http://127.0.0.1/", "venue": venue.pk}, follow=True)
    assert "cannot be reached" in said(refused)[0]
    taken = staff.post(page, {"address": "webcal://m.example/a.ics", "venue": venue.pk})

    assert taken.status_code == 302
    assert Subscription.objects.get().url == "https://m.example/a.ics"


def test_staff_take_back_the_last_reading(staff):
    row = SubscriptionFactory()
    run = ImportRun.objects.create(
        source=row.source,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        outcome="changed",
        journal=Journal().packed(),
    )

    answer = staff.post(
        "/admin/events/subscription/",
        {"action": "undo_last", "_selected_action": [row.pk]},
        follow=True,
    )

    run.refresh_from_db()
    assert run.outcome == "undone"
    assert "what they were before the last reading" in said(answer)[0]


def test_staff_stop_a_subscription_and_confirm_what_is_missing(staff):
    row = SubscriptionFactory()

    chosen = {"arrival": "queue", "field_policy": '{"title": "local"}'}
    staff.post(f"/admin/events/subscription/{row.pk}/change/", chosen)
    staff.post(
        "/admin/events/subscription/",
        {"action": "confirm_missing", "_selected_action": [row.pk]},
    )

    row.refresh_from_db()
    assert (row.is_active, row.missing_confirmed) == (False, True)
    assert (row.arrival, row.field_policy) == ("queue", {"title": "local"})
    assert staff.get(f"/admin/events/subscription/{row.pk}/change/").status_code == 200


def test_mail_that_was_given_up_is_queued_again(staff):
    given_up = OutgoingMailFactory(state=MailState.FAILED, attempts=5, error="450 busy")
    unsendable = OutgoingMailFactory(state=MailState.FAILED, recipient="nobody")

    staff.post(
        "/admin/events/outgoingmail/",
        {"action": "send_again", "_selected_action": [given_up.pk, unsendable.pk]},
    )

    states = dict(OutgoingMail.objects.values_list("pk", "state"))
    assert states == {given_up.pk: MailState.QUEUED, unsendable.pk: MailState.FAILED}
    assert staff.get(f"/admin/events/outgoingmail/{given_up.pk}/change/").status_code == 200


@pytest.mark.parametrize("page", ["source", "topic"])
def test_the_other_pages_can_be_read(staff, page):
    row = SourceFactory() if page == "source" else TopicFactory()

    assert staff.get(f"/admin/events/{page}/").status_code == 200
    assert staff.get(f"/admin/events/{page}/{row.pk}/change/").status_code == 200


def test_staff_see_campaigns_and_announce_them(staff):
    campaign = CampaignFactory(state="draft")
    ParticipationFactory(campaign=campaign)
    CampaignPartnerFactory(campaign=campaign)

    page = staff.get(f"/admin/events/campaign/{campaign.pk}/change/")
    answer = staff.post(
        "/admin/events/campaign/",
        {"action": "announce", "_selected_action": [campaign.pk]},
        follow=True,
    )

    campaign.refresh_from_db()
    assert page.status_code == 200
    assert said(answer) == [f"{campaign}: announced"]
    assert campaign.state == "announced"


def test_staff_state_organisers_and_pictures_beside_the_event(staff):
    organisation = OrganisationFactory()
    rows = {
        "organisers-TOTAL_FORMS": "1",
        "organisers-0-organisation": organisation.pk,
        "organisers-0-role": "co_organiser",
        "images-TOTAL_FORMS": "1",
        "images-0-url": "https://a.example/1.jpg",
        "images-0-alt_zh": "望远镜",
        "images-0-licence": "cc0",
    }

    answer = staff.post("/admin/events/event/add/", form(VenueFactory(), **rows))

    event = Event.objects.get()
    assert answer.status_code == 302
    assert [(each.organisation, each.role) for each in event.organisers.all()] == [
        (organisation, "co_organiser")
    ]
    assert [(each.url, each.licence) for each in event.images.all()] == [
        ("https://a.example/1.jpg", "cc0")
    ]
