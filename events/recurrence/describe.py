"""A rule in words, for people who never saw one. Rare rules are said by their start alone."""

from __future__ import annotations

from datetime import date, datetime

from events.recurrence.rule import Rule, parse_rule

_NAMES = {
    "zh": dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "一二三四五六日", strict=True)),
    "en": {
        "MO": "Monday",
        "TU": "Tuesday",
        "WE": "Wednesday",
        "TH": "Thursday",
        "FR": "Friday",
        "SA": "Saturday",
        "SU": "Sunday",
    },
}
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_ORDINALS |= {-2: "second to last"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_UNITS = {"DAILY": ("天", "day"), "WEEKLY": ("周", "week")}
_UNITS |= {"MONTHLY": ("个月", "month"), "YEARLY": ("年", "year")}
_WORKDAYS = tuple((0, day) for day in ("MO", "TU", "WE", "TH", "FR"))


def describe(rule: Rule | str, language: str, *, start: date | datetime, timezone: str) -> str:
    """How often and until when, such as "每周六、日，共 8 次" or "every Saturday, 8 times".

    ``start`` and ``timezone`` are those of the series. Rules without everyday words are said
    to be repeated by a rule of their own, never wrongly.

    Raises:
        UnsupportedRule: ``rule`` is a text that :func:`parse_rule` refuses.
        ValueError: ``language`` is neither ``"zh"`` nor ``"en"``.
    """
    if language not in _NAMES:
        raise ValueError(f"language {language!r} is not one of zh, en")
    rule = parse_rule(rule) if isinstance(rule, str) else rule
    often = _zh(rule, start) if language == "zh" else _en(rule, start)
    return often + _limit(rule, language, start, timezone)


def _is_plain(rule: Rule) -> bool:
    """Whether the everyday sentences below say all of it."""
    rare = (rule.by_week_no, rule.by_year_day, rule.by_set_pos)
    hours = (rule.by_hour, rule.by_minute, rule.by_second)
    if any(rare) or any(hours):
        return False
    if rule.freq == "DAILY":
        return not (rule.by_month or rule.by_month_day or rule.by_day)
    if rule.freq == "WEEKLY":
        return not rule.by_month
    if rule.freq == "MONTHLY":
        days = len(rule.by_month_day) + len(rule.by_day)
        return not rule.by_month and days <= 1 and all(n in _ORDINALS for n, _ in rule.by_day)
    return not (rule.by_month_day or rule.by_day) and len(rule.by_month) <= 1


def _zh(rule: Rule, start: date | datetime) -> str:
    if not _is_plain(rule):
        return "按特定规则重复"
    unit = _UNITS[rule.freq][0]
    every = f"每 {rule.interval} {unit}" if rule.interval > 1 else f"每{unit.removeprefix('个')}"
    if rule.freq == "WEEKLY":
        if rule.interval == 1 and rule.by_day == _WORKDAYS:
            return "每个工作日（周一至周五）"
        days = "、".join(_NAMES["zh"][day] for _, day in rule.by_day or _weekday_of(start))
        return f"每周{days}" if rule.interval == 1 else f"{every}的周{days}"
    if rule.freq == "MONTHLY":
        if rule.by_day:
            nth, day = rule.by_day[0]
            which = {-1: "最后一个", -2: "倒数第二个"}.get(nth, f"第{'一二三四五'[nth - 1]}个")
            return f"{every}{which}周{_NAMES['zh'][day]}"
        number = rule.by_month_day[0] if rule.by_month_day else start.day
        if number > 0:
            return f"{every} {number} 日" if rule.interval == 1 else f"{every}的 {number} 日"
        return f"{every}最后一天" if number == -1 else f"{every}倒数第 {-number} 天"
    if rule.freq == "YEARLY":
        return f"{every} {rule.by_month[0] if rule.by_month else start.month} 月 {start.day} 日"
    return every


def _en(rule: Rule, start: date | datetime) -> str:
    if not _is_plain(rule):
        return "repeated by a rule of its own"
    unit = _UNITS[rule.freq][1]
    every = f"every {rule.interval} {unit}s" if rule.interval > 1 else f"every {unit}"
    if rule.freq == "WEEKLY":
        if rule.interval == 1 and rule.by_day == _WORKDAYS:
            return "every weekday (Monday to Friday)"
        days = _joined([_NAMES["en"][day] for _, day in rule.by_day or _weekday_of(start)])
        return f"every {days}" if rule.interval == 1 else f"{every} on {days}"
    if rule.freq == "MONTHLY":
        if rule.by_day:
            nth, day = rule.by_day[0]
            return f"{every} on the {_ORDINALS[nth]} {_NAMES['en'][day]}"
        number = rule.by_month_day[0] if rule.by_month_day else start.day
        if number > 0:
            return f"{every} on day {number}"
        return (
            f"{every} on the last day" if number == -1 else f"{every}, {-number} days from its end"
        )
    if rule.freq == "YEARLY":
        month = rule.by_month[0] if rule.by_month else start.month
        return f"{every} on {start.day} {_MONTHS[month - 1]}"
    return every


def _limit(rule: Rule, language: str, start: date | datetime, timezone: str) -> str:
    if rule.count is not None:
        if language == "zh":
            return f"，共 {rule.count} 次"
        return ", once" if rule.count == 1 else f", {rule.count} times"
    last = rule.last_wall_clock(start, timezone)
    if last is None:
        return ""
    if language == "zh":
        return f"，至 {last.year} 年 {last.month} 月 {last.day} 日"
    return f", until {last.day} {_MONTHS[last.month - 1]} {last.year}"


def _weekday_of(start: date | datetime) -> tuple[tuple[int, str], ...]:
    return ((0, tuple(_NAMES["en"])[start.weekday()]),)


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
