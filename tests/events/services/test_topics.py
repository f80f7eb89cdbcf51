"""A vocabulary from a file: checked whole, loaded whole, safe to repeat."""

from __future__ import annotations

import orjson
import pytest
from django.core.management import CommandError, call_command

from events.errors import InvalidVocabulary
from events.management.commands.load_topics import SHIPPED
from events.models import Topic
from events.queries import EventFilter, events
from events.services.topics import Loaded, load_topics
from tests.factories.events import EventFactory, TopicFactory

pytestmark = pytest.mark.django_db


def concept(slug: str, **facts) -> dict:
    return {"id": slug, "prefLabel": {"zh": f"{slug}题", "en": slug}, **facts}


def test_topics_are_loaded_with_their_names_places_and_successors(now):
    loaded = load_topics(
        concepts=[
            concept("optics", replacedBy="light"),
            concept("light", broader="physics", altLabel={"zh": ["光"]}),
            concept("physics", uri="https://topics.example/physics"),
        ],
        now=now,
    )

    light = Topic.objects.get(slug="light")
    optics = Topic.objects.get(slug="optics")
    assert loaded == Loaded(created=3)
    assert (light.broader.slug, light.also_called) == ("physics", {"zh": ["光"]})
    assert (optics.is_deprecated, optics.replaced_by) == (True, light)


def test_the_same_file_again_changes_nothing_and_a_new_name_raises_the_events(now):
    concepts = [concept("physics"), concept("light", broader="physics")]
    load_topics(concepts=concepts, now=now)
    event, other = EventFactory(), EventFactory()
    event.topics.add(Topic.objects.get(slug="light"))
    other.topics.add(Topic.objects.get(slug="physics"))

    assert load_topics(concepts=concepts, now=now) == Loaded(unchanged=2)
    renamed = [concepts[0], {**concepts[1], "prefLabel": {"zh": "光学"}}]
    assert load_topics(concepts=renamed, now=now) == Loaded(changed=1, unchanged=1)

    event.refresh_from_db()
    other.refresh_from_db()
    assert (event.sequence, event.changed_at, other.sequence) == (1, now, 0)


def test_events_of_a_replaced_topic_are_found_under_its_successor(now):
    TopicFactory(slug="old-light")
    event = EventFactory()
    event.topics.add(Topic.objects.get(slug="old-light"))

    load_topics(concepts=[concept("light"), concept("old-light", replacedBy="light")], now=now)

    assert list(events(EventFilter(topics=("light",)))) == [event]


def test_every_problem_of_a_file_is_named_at_once_and_nothing_is_loaded(now):
    with pytest.raises(InvalidVocabulary) as refusal:
        load_topics(
            concepts=[
                concept("Light"),
                concept("a", broader="nowhere"),
                {"id": "b", "prefLabel": {"en": "b"}, "colour": "red"},
                concept("c", broader="d"),
                concept("d", broader="c"),
                concept("e", uri="javascript:x"),
                concept("e"),
            ],
            now=now,
        )

    assert [problem["field"] for problem in refusal.value.detail["problems"]] == [
        "concepts[0].id",
        "concepts[1].broader",
        "concepts[2].colour",
        "concepts[2].prefLabel",
        "concepts[5].uri",
        "concepts",
        "concepts",
        "concepts",
    ]
    assert not Topic.objects.exists()


def test_the_vocabulary_that_comes_with_the_house_loads_in_both_languages():
    call_command("load_topics")

    concepts = orjson.loads(SHIPPED.read_bytes())["concepts"]
    assert Topic.objects.count() == len(concepts) == 54
    assert not Topic.objects.filter(name_en="").exists()


def test_a_file_that_is_no_json_is_refused_in_words(tmp_path):
    path = tmp_path / "topics.json"
    path.write_text("{")

    with pytest.raises(CommandError, match="is no JSON"):
        call_command("load_topics", str(path))
