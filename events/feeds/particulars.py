"""What an entry's description says below the museum's own words: price, ages, who, where to book.

Calendar programs have no fields for these, so they stand as lines "what: facts". What is not
known is not mentioned; an unknown price in particular is never called free.
"""

from __future__ import annotations

from decimal import Decimal

from events.feeds.about import About
from events.feeds.labels import ACCESSIBILITY, ROLES, STATUSES
from events.ical.entry import NO_TEXT, Text
from events.models import Event

Line = tuple[Text, Text]
"""What it is, and the facts, in both languages."""


def particulars(event: Event, about: About) -> Text:
    """The lines of ``event`` in both languages; empty when there is nothing to say."""
    lines = lines_of(event, about)
    return Text(
        "\n".join(f"{word.zh}：{facts.in_language('zh')}" for word, facts in lines),
        "\n".join(f"{word.en}: {facts.in_language('en')}" for word, facts in lines),
    )


def lines_of(event: Event, about: About) -> list[Line]:
    """The same line by line, for pages."""
    return [line for line in _lines(event, about) if line[1]]


def price_of(event: Event) -> Text:
    """The price in words; empty when it is unknown."""
    words = Text(event.price_zh, event.price_en)
    if event.is_free:
        return words or Text("免费", "free")
    if event.price_amount is None:
        return words or (NO_TEXT if event.is_free is None else Text("收费", "not free"))
    amount = f"{_plain(event.price_amount)} {event.price_currency}"
    if not words:
        return Text(amount, amount)
    return Text(f"{amount}（{words.zh or words.en}）", f"{amount} ({words.en or words.zh})")


def ages_of(event: Event) -> Text:
    youngest, oldest = event.age_min, event.age_max
    if youngest is not None and oldest is not None:
        return Text(f"{youngest}–{oldest}岁", f"{youngest}–{oldest} years")
    if youngest is not None:
        return Text(f"{youngest}岁以上", f"from {youngest} years")
    return NO_TEXT if oldest is None else Text(f"{oldest}岁以下", f"up to {oldest} years")


def accessibility_of(event: Event) -> Text:
    """What the event offers, and the venue's step-free access."""
    words = [ACCESSIBILITY[each] for each in event.accessibility if each in ACCESSIBILITY]
    if event.venue is not None and event.venue.is_accessible:
        words.append(Text("无障碍通道", "step-free access"))
    return Text("、".join(each.zh for each in words), ", ".join(each.en for each in words))


def _lines(event: Event, about: About) -> list[Line]:
    return [
        (Text("状态", "Status"), STATUSES.get(event.status, NO_TEXT)),
        (Text("费用", "Price"), price_of(event)),
        (Text("年龄", "Age"), ages_of(event)),
        (Text("报名", "Book"), Text(event.registration_url, event.registration_url)),
        (Text("线上参加", "Join online"), Text(event.access_url, event.access_url)),
        (Text("无障碍", "Accessibility"), accessibility_of(event)),
        *(
            (ROLES[maker.role], Text(maker.name.zh, maker.name.en or maker.name.zh))
            for maker in about.organisers
        ),
    ]


def _plain(amount: Decimal) -> str:
    return f"{amount:f}".rstrip("0").rstrip(".") if amount == int(amount) else f"{amount:.2f}"
