"""Columns and their values in words, for pages that tell what was and what is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from events.enums import Audience, EventKind
from events.feeds.labels import AUDIENCES, KINDS
from web.pages.page import language

_LONGEST = 400


def field_word(name: str) -> str:
    """What a column is called on the page; one nobody named keeps its own name."""
    return {
        "title_zh": _("Title"),
        "title_en": _("Title in English"),
        "description_zh": _("Description"),
        "description_en": _("Description in English"),
        "location_zh": _("Where exactly"),
        "location_en": _("Where exactly, in English"),
        "venue": _("Place"),
        "kind": _("Kind"),
        "start_date": _("Day"),
        "end_date": _("Ends on"),
        "start_time": _("Begins"),
        "end_time": _("Ends"),
        "timezone": _("Time zone"),
        "rrule": _("Repeats"),
        "rdates": _("Added dates"),
        "exdates": _("Left-out dates"),
        "overrides": _("Single dates"),
        "pauses": _("Pauses"),
        "on_closed_days": _("On closed days"),
        "audiences": _("For whom"),
        "is_free": _("Free of charge"),
        "price_zh": _("Price"),
        "price_en": _("Price in English"),
        "contact_zh": _("Contact"),
        "contact_en": _("Contact in English"),
        "url": _("More about it"),
        "status": _("State"),
        "status_note_zh": _("About the state"),
        "status_note_en": _("About the state, in English"),
    }.get(name, name)


def value_words(name: str, value: Any) -> str:
    """A value as the log keeps it, to be read beside another."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "kind" and value in set(EventKind):
        return str(KINDS[EventKind(value)].in_language(language()))
    if name == "audiences":
        known = [AUDIENCES[Audience(one)] for one in value if one in set(Audience)]
        return "、".join(one.in_language(language()) for one in known)
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
