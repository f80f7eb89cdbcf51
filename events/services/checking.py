"""Whether what an editor says can be an event: clean texts, or every reason why not at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from events.enums import (
    LAST_GRADE,
    OLDEST,
    Accessibility,
    Attendance,
    Audience,
    ClosedDays,
    EventKind,
    ImageLicence,
    OrganiserRole,
    Sector,
    Visibility,
)
from events.errors import InvalidEvent
from events.ical.entry import FIRST_YEAR, LAST_YEAR, Text
from events.models import Topic
from events.models.event import BILINGUAL
from events.recurrence.rule import UnsupportedRule, parse_rule
from events.recurrence.zones import is_known_timezone
from events.services.cleaning import many_lines, one_line, shown_url
from events.services.values import LISTS, EventValues, Picture
from venues.lunar import lunar_dates, parse_lunar

MAX_DATES = 2_000
MAX_ORGANISERS, MAX_IMAGES, MAX_LANGUAGES = 50, 20, 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_CURRENCY = re.compile(r"[A-Z]{3}")
DATE_TEXTS = (
    *("title_zh", "title_en", "description_zh", "description_en"),
    *("location_zh", "location_en", "url"),
)
"""What may read differently on a single date."""
_ONE_LINE = ("url", "access_url", "registration_url", "rrule", "price_currency")
_LONGEST = {"title": 300, "location": 300, "price": 300, "contact": 300}
_ATTRIBUTED = (ImageLicence.CC_BY, ImageLicence.CC_BY_SA)

Problems = Iterator[tuple[str, str]]


def checked(values: EventValues) -> EventValues:
    """``values`` with clean texts, in a form that is equal when they mean the same.

    Raises:
        InvalidEvent: with every problem at once, each under the name of its field.
    """
    texts = {name: _lines(getattr(values, name)) for name in BILINGUAL if name != "description"}
    lines = {name: one_line(getattr(values, name)) for name in _ONE_LINE}
    sets = {name: tuple(sorted(set(getattr(values, name)))) for name in (*LISTS, "topics")}
    facts: dict[str, Any] = {**texts, **lines, **sets}
    clean = replace(
        values,
        description=Text(many_lines(values.description.zh), many_lines(values.description.en)),
        organisers=tuple(dict.fromkeys(values.organisers)),
        images=tuple(_clean_picture(each) for each in values.images),
        rdates=tuple(sorted(set(values.rdates), key=str)),
        exdates=tuple(sorted(set(values.exdates), key=str)),
        attendance=values.attendance or _attendance(values),
        lunar_rule=_lunar_name(values.lunar_rule),
        is_free=False if values.is_free is None and values.price_amount else values.is_free,
        **facts,
    )
    if problems := list(_problems(clean)):
        raise _invalid(problems)
    return clean


def checked_date_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Clean ``DATE_TEXTS`` of one date.

    Raises:
        InvalidEvent: as :func:`checked`.
    """
    clean = {
        name: many_lines(words) if name.startswith("description") else one_line(words)
        for name, words in texts.items()
    }
    problems = []
    for name, words in clean.items():
        if name not in DATE_TEXTS:
            problems.append((name, f"is not one of {', '.join(DATE_TEXTS)}."))
        elif name == "url" and words and not _is_address(words):
            problems.append((name, "give an address that starts with https://."))
        elif not name.startswith("description") and len(words) > 300 and name != "url":
            problems.append((name, "use at most 300 characters."))
    if problems:
        raise _invalid(problems)
    return clean


def _invalid(problems: Iterable[tuple[str, str]]) -> InvalidEvent:
    stated = [{"field": field, "message": message} for field, message in problems]
    return InvalidEvent(
        "The event cannot be stored as it is: "
        + " ".join(f"{problem['field']}: {problem['message']}" for problem in stated),
        problems=stated,
    )


def _lines(text: Text) -> Text:
    return Text(one_line(text.zh), one_line(text.en))


def _clean_picture(picture: Picture) -> Picture:
    return replace(
        picture,
        url=one_line(picture.url),
        alt=_lines(picture.alt),
        credit=one_line(picture.credit),
    )


def _attendance(values: EventValues) -> str:
    if values.venue is None and not values.location:
        return Attendance.ONLINE.value
    return (Attendance.HYBRID if values.access_url else Attendance.ON_SITE).value


def _problems(values: EventValues) -> Problems:
    if not values.title:
        yield "title", "say what takes place."
    for field, length in _LONGEST.items():
        text = getattr(values, field)
        if max(len(text.zh), len(text.en)) > length:
            yield field, f"use at most {length} characters."
    for field in ("url", "access_url", "registration_url"):
        if (address := getattr(values, field)) and not _is_address(address):
            yield field, "give an address that starts with https:// and has at most 500 characters."
    if not is_known_timezone(values.timezone):
        yield "timezone", f"{values.timezone!r} is not an IANA name such as Asia/Shanghai."
    yield from _wrong_times(values)
    yield from _wrong_rule(values)
    yield from _wrong_lunar_rule(values)
    yield from _wrong_closed_days(values)
    yield from _wrong_words(values)
    yield from _wrong_people(values)
    yield from _wrong_price(values)
    yield from _wrong_organisers(values)
    yield from _wrong_images(values.images)


def _is_address(address: str) -> bool:
    return shown_url(address) == address and len(address) <= 500


def _wrong_times(values: EventValues) -> Problems:
    named = [("start", values.start), ("end", values.end)]
    named += [("rdates", each) for each in values.rdates]
    named += [("exdates", each) for each in values.exdates]
    for field, value in named:
        if type(value) is not type(values.start):
            yield field, f"{value} must be a day or a wall clock, as the start is."
        elif not FIRST_YEAR <= value.year <= LAST_YEAR:
            yield field, f"{value} lies outside the years {FIRST_YEAR} to {LAST_YEAR}."
        elif isinstance(value, datetime) and (value.tzinfo or value.microsecond):
            yield field, f"{value} must be a wall clock in whole seconds, without an offset."
    if type(values.start) is type(values.end) and _is_naive(values.start, values.end):
        if values.end < values.start:
            yield "end", f"{values.end} is before the start, {values.start}."
        elif values.end == values.start and not isinstance(values.start, datetime):
            yield "end", f"{values.end} is not included; a one-day event ends on the next day."
    if max(len(values.rdates), len(values.exdates)) > MAX_DATES:
        yield "rdates", f"give at most {MAX_DATES} single dates."


def _is_naive(*values: date | datetime) -> bool:
    return all(getattr(value, "tzinfo", None) is None for value in values)


def _wrong_rule(values: EventValues) -> Problems:
    if not values.rrule:
        return
    try:
        parse_rule(values.rrule)
    except UnsupportedRule as refusal:
        yield "rrule", str(refusal)


def _lunar_name(written: str) -> str:
    """The usual name of the lunar day; what cannot be read stays as it is."""
    try:
        return parse_lunar(written).text if written else ""
    except ValueError:
        return one_line(written)


def _wrong_lunar_rule(values: EventValues) -> Problems:
    if not values.lunar_rule:
        if values.lunar_until is not None:
            yield "lunar_until", "say the lunar day too, or leave its end out."
        return
    if values.rrule:
        yield "lunar_rule", "give a rule or a lunar day, not both."
    try:
        rule = parse_lunar(values.lunar_rule)
    except ValueError as refusal:
        yield "lunar_rule", str(refusal)
        return
    first = values.start.date() if isinstance(values.start, datetime) else values.start
    coming = lunar_dates(rule, first, first.replace(year=first.year + 2, day=1))
    if coming[:1] != [first]:
        named = f"; the next one is {coming[0]}" if coming else ""
        yield "lunar_rule", f"the first date, {first}, must be a {rule.text}{named}."
    if values.lunar_until is not None and values.lunar_until < first:
        yield "lunar_until", f"{values.lunar_until} is before the first date, {first}."


def _wrong_closed_days(values: EventValues) -> Problems:
    yield from _unknown("on_closed_days", (values.on_closed_days,), ClosedDays)
    if values.on_closed_days != ClosedDays.KEEP and values.venue is None:
        yield "on_closed_days", "only a venue has closed days; name it, or choose keep."


def _wrong_words(values: EventValues) -> Problems:
    yield from _unknown("kind", (values.kind,), EventKind)
    yield from _unknown("visibility", (values.visibility,), Visibility)
    yield from _unknown("attendance", (values.attendance,), Attendance)
    yield from _unknown("audiences", values.audiences, Audience)
    yield from _unknown("sectors", values.sectors, Sector)
    yield from _unknown("accessibility", values.accessibility, Accessibility)
    topics = set(Topic.objects.filter(slug__in=values.topics).values_list("slug", flat=True))
    for slug in sorted(set(values.topics) - topics):
        yield "topics", f"there is no topic {slug!r}."
    if len(values.languages) > MAX_LANGUAGES:
        yield "languages", f"give at most {MAX_LANGUAGES}."
    for language in values.languages:
        if not _LANGUAGE.fullmatch(language):
            yield "languages", f"{language!r} is no language tag such as zh, en or zh-yue."


def _wrong_people(values: EventValues) -> Problems:
    for grade in values.grades:
        if not 0 <= grade <= LAST_GRADE:
            yield "grades", f"{grade} is no school year from 1 to {LAST_GRADE} (0: kindergarten)."
    for field in ("age_min", "age_max"):
        age = getattr(values, field)
        if age is not None and not 0 <= age <= OLDEST:
            yield field, f"{age} is no age from 0 to {OLDEST}."
    youngest, oldest = values.age_min, values.age_max
    if youngest is not None and oldest is not None and oldest < youngest:
        yield "age_max", f"{oldest} is below the youngest age, {youngest}."


def _wrong_price(values: EventValues) -> Problems:
    amount, currency = values.price_amount, values.price_currency
    if amount is None:
        if currency:
            yield "price_currency", "say how much, or leave the currency out."
        return
    if not (amount.is_finite() and 0 < amount < 10**8 and amount == round(amount, 2)):
        yield "price_amount", "give more than 0 and two decimals; what costs nothing is free."
    if values.is_free:
        yield "is_free", "it has a price, so it is not free."
    if not _CURRENCY.fullmatch(currency):
        yield "price_currency", "give the currency as in ISO 4217, such as CNY."


def _wrong_organisers(values: EventValues) -> Problems:
    if len(values.organisers) > MAX_ORGANISERS:
        yield "organisers", f"give at most {MAX_ORGANISERS}."
    yield from _unknown("organisers", [each.role for each in values.organisers], OrganiserRole)


def _wrong_images(images: tuple[Picture, ...]) -> Problems:
    if len(images) > MAX_IMAGES:
        yield "images", f"give at most {MAX_IMAGES}."
    if len({image.url for image in images}) < len(images):
        yield "images", "give each address once."
    for image in images:
        if not _is_address(image.url):
            yield "images", f"{image.url[:60]!r} is no https:// address of 500 characters at most."
        if not image.alt:
            yield "images", "say what is to be seen, for those who cannot see it."
        if max(len(image.alt.zh), len(image.alt.en)) > 300 or len(image.credit) > 200:
            yield "images", "use at most 300 characters for what is seen and 200 for who made it."
        yield from _unknown("images", (image.licence,), ImageLicence)
        if image.licence in _ATTRIBUTED and not image.credit:
            yield "images", "its licence asks for the name of who made it."


def _unknown(field: str, values: Iterable[str], enum: Any) -> Problems:
    known = [member.value for member in enum]
    for value in values:
        if value not in known:
            yield field, f"{value!r} is not one of {', '.join(known)}."
