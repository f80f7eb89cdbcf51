"""Chinese words of two characters are found on both databases, and so is everything else."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest

from events import queries
from events.models import Event, EventIndex
from events.queries import EventFilter
from events.queries.words import phrases_of, terms_of
from events.services.settling import settle_changes
from tests.factories.events import EventFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def found(q: str) -> list[str]:
    asked = EventFilter.parse(parse_qs(f"q={q}"), today=date(2026, 11, 2))
    return sorted(event.title_zh for event in queries.events(asked))


@pytest.fixture
def titles(now):
    for title, english in (
        ("光影的故事", "Light and Shadow"),
        ("光的影子", "Telescopes of Žilina"),
        ("天文台夜观", "AH-03 C++ evening"),
        ("རྡོ་རྗེ 科学", "नेपाल विज्ञान"),
    ):
        EventFactory(title_zh=title, title_en=english)
    EventFactory(title_zh="无题", title_en="", description_zh="介绍北斗卫星，动手做。")
    settle_changes(now=now)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("光影", ["光影的故事"]),
        ("光影的", ["光影的故事"]),
        ("影的故事", ["光影的故事"]),
        ("故事", ["光影的故事"]),
        ("影", ["光影的故事", "光的影子"]),
        ("光", ["光影的故事", "光的影子"]),
        ("事", ["光影的故事"]),
        ("光影故事", []),
        ("北斗", ["无题"]),
        ("北斗 动手", ["无题"]),
        ("北斗 光影", []),
        ("LIGHT", ["光影的故事"]),
        ("tele", ["光的影子"]),
        ("zilina", ["光的影子"]),
        ("AH-03", ["天文台夜观"]),
        ("C%2B%2B", ["天文台夜观"]),
        ("विज्ञान", ["རྡོ་རྗེ 科学"]),
        ("རྡོ་རྗེ", ["རྡོ་རྗེ 科学"]),
        ("' OR 1=1 --", []),
        ('" NEAR "', []),
        ("a*) OR (b", []),
    ],
)
def test_words_are_found(titles, q, expected):
    assert EventIndex.objects.count() == 5
    assert found(q) == expected


def test_change_is_found_before_and_after_it_is_settled(titles, now):
    Event.objects.filter(title_zh="无题").update(title_zh="皮影")

    assert found("皮影") == ["皮影"]
    assert found("无题") == []
    settle_changes(now=now)
    assert found("皮影") == ["皮影"]
    assert found("无题") == []


def test_deleted_event_leaves_the_index(titles, now):
    Event.objects.filter(title_zh="无题").delete()
    settle_changes(now=now)

    assert EventIndex.objects.count() == 4
    assert found("北斗") == []


def test_terms_are_plain_letters_whatever_is_written():
    terms = terms_of(["光影 Light Žilina नेपाल 🚀 \x00 𠮷野"])

    assert terms[:4] == ["u5149u5f71", "u5f71", "light", "zilina"]
    assert all(term.isascii() and term.isalnum() for term in terms)
    assert phrases_of("🚀") == []
