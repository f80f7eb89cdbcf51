"""Days and times as the pages, and what is printed of them, say them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from web.pages.month import Item
from web.pages.page import language


def day(value: date) -> str:
    return date_format(_on_our_clock(value), "Y年n月j日" if language() == "zh" else "j F Y")


def day_and_weekday(value: date) -> str:
    return date_format(value, "n月j日 l" if language() == "zh" else "l j F")


def short_day(value: date) -> str:
    return date_format(_on_our_clock(value), "n月j日" if language() == "zh" else "j M")


def brief_day(value: date) -> str:
    """The day without its year, while that is the present one."""
    is_this_year = _on_our_clock(value).year == timezone.localdate().year
    if is_this_year:
        return short_day(value)
    return date_format(_on_our_clock(value), "Y年n月j日" if language() == "zh" else "j M Y")


def month_name(value: date) -> str:
    return date_format(value, "Y年n月" if language() == "zh" else "F Y")


def clock(item: Item) -> str:
    """``10:00–11:30`` on the wall of the place, or nothing for whole days."""
    start, end = item.entry.start, item.entry.end
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return ""
    return f"{start:%H:%M}" if start == end else f"{start:%H:%M}–{end:%H:%M}"


def when(item: Item) -> str:
    """Day and time of an item in words."""
    if item.is_run:
        return f"{day(item.first_day)} – {day(item.last_day)}"
    hours = clock(item)
    return f"{day(item.first_day)} {hours}" if hours else f"{day(item.first_day)} {_('all day')}"


def _on_our_clock(value: date) -> date:
    """A moment is said as the day it was here; a day is a day."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
