"""Reasons in English and Chinese. Decides nothing: every number comes from the caller."""

from __future__ import annotations

import datetime

from touring.planning.problem import Problem
from touring.planning.result import Reason

_TEXTS: dict[str, tuple[str, str]] = {
    "no_such_exhibition": (
        "No unit shows a wanted exhibition ({wanted}).",
        "没有展品套装展出所需的展览（{wanted}）。",
    ),
    "other_exhibition": (
        "Unit {unit} does not show a wanted exhibition ({wanted}).",
        "套装 {unit} 展出的不是所需的展览（{wanted}）。",
    ),
    "unit_elsewhere": (
        "Unit {unit} does not work in the region of host {host}.",
        "套装 {unit} 不在承办点 {host} 所在地区巡展。",
    ),
    "outside_regions": (
        "No unit with a wanted exhibition works in the region of host {host}.",
        "展出所需展览的套装都不在承办点 {host} 所在地区巡展。",
    ),
    "no_unit_fits": (
        (
            "Host {host} offers {facility} {offered:g}; even unit {unit}, the nearest to fitting, "
            "requires {required:g} ({missing:g} missing)."
        ),
        (
            "承办点 {host} 的 {facility} 为 {offered:g}，要求最接近的套装 {unit} 也需要 {required:g}"
            "（相差 {missing:g}）。"
        ),
    ),
    "forbidden": (
        "Every unit that fits host {host} is forbidden to serve this request.",
        "符合承办点 {host} 条件的套装都被禁止承担这项申报。",
    ),
    "window_too_short": (
        (
            "The longest window inside the season has {longest} days, a stop with set-up and strike "
            "needs {needed}."
        ),
        "本季内最长的时间窗为 {longest} 天，而含布展、撤展的一站需要 {needed} 天。",
    ),
    "closed_by_blackouts": (
        "The host's closed days leave no {stay_days} days in its windows.",
        "承办点的闭馆日使时间窗内排不下 {stay_days} 天的展期。",
    ),
    "closed_by_no_work": (
        "Days without set-up or strike work leave no opening day in the windows.",
        "不可布展、撤展的日子使时间窗内没有可开展的日期。",
    ),
    "closed_by_school_days": (
        "The days allowed hold no {stay_days} days in a row inside the windows.",
        "允许的日期在时间窗内没有连续 {stay_days} 天。",
    ),
    "closed_days_together": (
        "Closed days, days without work and the days allowed together leave no opening day.",
        "闭馆日、不可施工日与允许日期合在一起，没有留下可开展的日期。",
    ),
    "unit_away": (
        "No fitting unit is available for a whole stop inside the windows.",
        "时间窗内没有合适的套装可用满一站。",
    ),
    "no_papers": (
        "No fitting unit has customs papers for a whole stop inside the windows.",
        "时间窗内没有合适的套装持有覆盖整站的海关单证。",
    ),
    "unreachable": (
        (
            "No fitting unit can come from home, stand and keep its maintenance, days out and "
            "kilometres, even with an otherwise empty season (nearest: {unit}, {km:.0f} km)."
        ),
        (
            "即使整季空闲，也没有合适的套装能在检修、在外天数和里程限制内往返（最近的是 {unit}，"
            "{km:.0f} 公里）。"
        ),
    ),
    "lock": (
        "Fixed stops stand in the way: {locks}.",
        "被锁定的站点占用了时间：{locks}。",
    ),
    "gap_rule": (
        "The gap of {gap_days} days to the stop of {other} in {place_group} leaves no day.",
        "与 {place_group} 内 {other} 的站点须间隔 {gap_days} 天，没有可用日期。",
    ),
    "host_occupied": (
        "Host {host} is occupied by other stops in the windows ({others}).",
        "承办点 {host} 在时间窗内已被其他站点占用（{others}）。",
    ),
    "crew_busy": (
        "The crews of the fitting units have no free week in the windows.",
        "合适套装的施工队在时间窗内没有空闲的一周。",
    ),
    "rules_together": (
        "Gaps, occupied hosts, crews and fixed stops together leave no day; none does alone.",
        "间隔、场地占用、施工队与锁定站点合在一起没有留下日期；单独一项并不至此。",
    ),
    "no_unit_free": (
        (
            "No fitting unit is free in the windows; the nearest that could come at all is {unit}, "
            "{km:.0f} km away, opening {date} at the earliest."
        ),
        "时间窗内没有空闲的合适套装；可前来的最近套装是 {unit}，距离 {km:.0f} 公里，最早 {date} 开展。",
    ),
    "no_unit_free_all_season": (
        "No fitting unit has room for this stop at any time of the season.",
        "整季内没有合适的套装能排下这一站。",
    ),
    "displaced": (
        (
            "More valuable stops stand in its place: with unit {unit} from {date} the plan would lose "
            "{stops} and be worth {loss:.2f} less."
        ),
        "更有价值的站点占了位置：若由 {unit} 自 {date} 起承担，方案将失去 {stops}，总值减少 {loss:.2f}。",
    ),
    "not_worth_it": (
        (
            "Unit {unit} could serve it from {date} without losing a stop, but the plan would be worth "
            "{loss:.2f} less."
        ),
        "{unit} 可自 {date} 起承担而不失去任何站点，但方案总值会减少 {loss:.2f}。",
    ),
    "overlooked": (
        (
            "The search has missed it: with unit {unit} from {date} the plan would be worth "
            "{gain:.2f} more."
        ),
        "搜索遗漏了它：由 {unit} 自 {date} 起承担，方案总值可增加 {gain:.2f}。",
    ),
}

CODES = tuple(_TEXTS)


def reason(code: str, **numbers: object) -> Reason:
    """The reason with its numbers; lists are written out with commas in the text."""
    english, chinese = _TEXTS[code]
    shown = {
        key: ", ".join(str(one) for one in value) if isinstance(value, list) else value
        for key, value in numbers.items()
    }
    return Reason(code, english.format(**shown), chinese.format(**shown), numbers)


def date_of(problem: Problem, day: int) -> str:
    """The calendar day when the season has a start, else the number of the day."""
    if problem.start is None:
        return f"day {day}"
    first = datetime.date.fromisoformat(problem.start)
    if first.toordinal() + day > datetime.date.max.toordinal():
        return f"day {day}"
    return (first + datetime.timedelta(days=day)).isoformat()
