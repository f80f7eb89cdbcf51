"""How pages write links, names and times."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.feeds.labels import LICENCES
from events.ical.entry import Text
from events.queries.edits import FieldEdit
from events.recurrence.zones import zone
from web.oembed import oembed_address
from web.pages.desk.field_words import field_word, value_words
from web.pages.desk.menu import menu_for
from web.pages.desk.words import (
    closing_word,
    hold_state_word,
    item_state_word,
    request_state_word,
    step_word,
    stop_state_word,
    upload_counts,
    upload_state,
)
from web.pages.month import Item
from web.pages.page import language
from web.pages.times import brief_day, clock, day, day_and_weekday, month_name, short_day, when

register = template.Library()

_KEPT = ("lang",)


@register.simple_tag(takes_context=True)
def link(context: dict[str, Any], name: str, **words: str) -> str:
    """The address of a page in the language the reader chose."""
    return _with_query(reverse(name, kwargs=words), _kept(context["request"]))


@register.simple_tag(takes_context=True)
def link_to(context: dict[str, Any], name: str, **query: str) -> str:
    """The address of a page that takes no words, with a query, in the language chosen."""
    return _with_query(reverse(name), {**_kept(context["request"]), **query})


@register.simple_tag(takes_context=True)
def figure_path(context: dict[str, Any], page: str, name: str, season: str) -> str:
    """One of the pages of a figure of a season, in the language chosen."""
    query = {**_kept(context["request"]), "season": season}
    return _with_query(reverse(page, kwargs={"name": name} if name else {}), query)


@register.simple_tag(takes_context=True)
def with_language(context: dict[str, Any], path: str) -> str:
    """An address without a query, in the language the reader chose."""
    return _with_query(path, _kept(context["request"]))


@register.simple_tag(takes_context=True)
def desk_menu(context: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    return menu_for(context["request"])


@register.simple_tag(takes_context=True)
def larger(context: dict[str, Any], on: str) -> str:
    """Turns larger letters and fewer things on or off, and comes back here."""
    request: HttpRequest = context["request"]
    return _with_query(reverse("larger"), {"on": on, "back": request.get_full_path()})


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **changes: Any) -> str:
    """This page with other parameters; ``None`` drops one."""
    request: HttpRequest = context["request"]
    query = {name: request.GET[name] for name in ("lang", "view", "month") if name in request.GET}
    query |= changes
    return _with_query(request.path, query)


@register.simple_tag(takes_context=True)
def here_all(context: dict[str, Any], **changes: Any) -> str:
    """This page with its whole query, and some of it changed; ``None`` drops a parameter."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def oembed(context: dict[str, Any]) -> str:
    """Where other sites' programs learn how to show this page in a frame."""
    request: HttpRequest = context["request"]
    return oembed_address(_with_query(request.path, _kept(request)))


@register.filter
def unlocalized(value: float) -> str:
    """A number as drawings want it, whatever the page's language."""
    return f"{value:g}"


@register.filter
def words(text: Text) -> str:
    """A bilingual text in the page's language."""
    return text.in_language(language())


@register.filter
def licence(value: str) -> Text | None:
    """What others may do with a picture, where that is worth a line."""
    return LICENCES.get(value)


@register.filter
def day_before(value: date) -> date:
    """The last day of a span that ends with ``value``, not included."""
    return value - timedelta(days=1)


register.filter("day", day)
register.filter("day_and_weekday", day_and_weekday)
register.filter("short_day", short_day)
register.filter("brief_day", brief_day)
register.filter("month_name", month_name)
register.filter("clock", clock)
register.filter("when", when)
register.filter("request_state_word", request_state_word)
register.filter("stop_state_word", stop_state_word)
register.filter("hold_state_word", hold_state_word)
register.filter("item_state_word", item_state_word)
register.filter("step_word", step_word)
register.filter("field_word", field_word)
register.filter("upload_state", upload_state)
register.filter("upload_counts", upload_counts)
register.filter("closing_word", closing_word)


@register.filter
def row_problem(problem: dict[str, Any]) -> str:
    """What is wrong with a row of a file, as its report says it in both languages."""
    return str(problem["message"] if language() == "en" else problem["zh"])


@register.filter
def old_words(edit: FieldEdit | dict[str, Any]) -> str:
    name, old, _new = _edit(edit)
    return value_words(name, old)


@register.filter
def new_words(edit: FieldEdit | dict[str, Any]) -> str:
    name, _old, new = _edit(edit)
    return value_words(name, new)


def _edit(edit: FieldEdit | dict[str, Any]) -> tuple[str, Any, Any]:
    """Edits come as they are, or out of a report that was kept as JSON."""
    if isinstance(edit, FieldEdit):
        return edit.name, edit.old, edit.new
    return edit["field"], edit["old"], edit["new"]


@register.filter
def named(row: Any) -> str:
    """The name of a row in the page's language."""
    return str(row.name(language()))


@register.filter
def in_words(row: Any, field: str) -> str:
    """A bilingual field of a row in the page's language."""
    return str(row.text(field, language()))


@register.filter
def machine_time(value: date) -> str:
    return value.isoformat()


@register.filter
def offset(item: Item) -> str:
    """The zone's offset at the item's start, such as ``UTC+05:45``."""
    start = item.entry.start
    at = start if isinstance(start, datetime) else datetime.combine(start, datetime.min.time())
    written = at.replace(tzinfo=zone(item.entry.timezone)).strftime("%z")
    return f"UTC{written[:3]}:{written[3:5]}"


def _kept(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in _KEPT if request.GET.get(name)}


def _with_query(path: str, query: dict[str, Any]) -> str:
    given = {name: str(value) for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


@register.filter
def moderation_word(state: str) -> str:
    """Where an event stands between draft and public, in words."""
    return {
        "draft": _("draft"),
        "submitted": _("handed in"),
        "returned": _("returned"),
        "published": _("published"),
        "archived": _("archived"),
    }.get(state, state)


@register.filter
def steps_of(event: Any, may_publish: bool) -> list[tuple[str, str]]:
    """The steps an editor (or publisher) can take from where the event stands, with their words."""
    submit, publish = ("submit", _("Hand in for review")), ("publish", _("Publish"))
    if event.moderation in ("draft", "returned"):
        return [publish] if may_publish else [submit]
    if not may_publish:
        return []
    if event.moderation == "submitted":
        return [publish]
    if event.moderation == "archived":
        return []
    again = event.status == "cancelled"
    turn = ("reinstate", _("It takes place after all")) if again else ("cancel", _("Cancel it"))
    return [turn, ("archive", _("Take from public view"))]


@register.filter
def moment_in_words(value: date) -> str:
    """A day, with the hour where there is one."""
    words = f"{day(value)} {day_and_weekday(value).split()[-1 if language() == 'zh' else 0]}"
    return f"{words} {value:%H:%M}" if isinstance(value, datetime) else words


@register.filter
def count_word(name: str) -> str:
    """What a reading of a calendar counts."""
    return {
        "entries": _("Entries"),
        "created": _("New"),
        "updated": _("Changed"),
        "cancelled": _("Cancelled"),
        "unchanged": _("Unchanged"),
        "restored": _("Taken up again"),
        "held": _("Kept although missing"),
    }.get(name, name)


@register.filter
def reading_counts(counts: dict[str, int]) -> str:
    """What a reading did, in figures."""
    return " · ".join(f"{count_word(name)} {n}" for name, n in counts.items() if n)


@register.filter
def outcome_word(outcome: str) -> str:
    """How a reading of a calendar ended."""
    return {
        "reading": _("being read"),
        "changed": _("something was new"),
        "unchanged": _("as before"),
        "failed": _("could not be read"),
        "undone": _("taken back"),
        "refused": _("the file that was taken back"),
    }.get(outcome, outcome)


@register.filter
def moment(value: datetime | None) -> str:
    """Day and hour on our clock; a dash for never."""
    return f"{brief_day(value)} {timezone.localtime(value):%H:%M}" if value else "–"


@register.filter
def problem_words(problem: dict[str, Any]) -> str:
    """A problem of a reading in the page's language."""
    where = f"{problem['line']}: " if problem.get("line") else ""
    return where + str(problem.get(language(), ""))
