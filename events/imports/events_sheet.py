"""A sheet of events: what its columns are called and what its rows become."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from events.enums import Audience, EventKind
from events.ical.entry import Entry, Text
from venues.imports.columns import Column, TypedRow, choice, day, read_columns, text
from venues.imports.workbook import RowProblem, Table, Value

_KINDS: Mapping[str, str] = {
    "展览": "exhibition",
    "科学表演": "show",
    "讲座": "lecture",
    "工作坊": "workshop",
    "课程": "course",
    "开放日": "open_day",
    "营地活动": "camp",
    "竞赛": "contest",
    "线上活动": "online",
    "其他": "other",
}
_AUDIENCES: Mapping[str, str] = {
    "青少年": "youth",
    "农民": "farmer",
    "产业工人": "worker",
    "老年人": "elderly",
    "干部和公务员": "official",
    "亲子": "family",
    "学校": "school",
    "所有人": "everyone",
}


_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：][0-5]\d)?", re.ASCII)


def clock(value: Value) -> time:
    """A time of day: a time cell, or text as 9:30 or 09:30."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, datetime) and value.year <= 1900:
        return value.time().replace(second=0, microsecond=0)
    if isinstance(value, str) and (written := _CLOCK.fullmatch(value.strip())):
        return time(int(written[1]), int(written[2]))
    raise ValueError("Must be a time of day such as 09:30, before 24:00.")


COLUMNS = (
    Column("uid", ("编号", "id", "uid"), text(200)),
    Column("title_zh", ("标题", "名称", "title", "title_zh"), text(300), required=True),
    Column("title_en", ("英文标题", "english title", "title_en"), text(300)),
    Column("first", ("开始日期", "日期", "start date", "date"), day, required=True),
    Column("start", ("开始时间", "start time"), clock),
    Column("last", ("结束日期", "end date"), day),
    Column("end", ("结束时间", "end time"), clock),
    Column(
        "kind",
        ("类型", "kind"),
        choice({**_KINDS, **{kind.value: kind.value for kind in EventKind}}),
    ),
    Column(
        "audience",
        ("对象", "audience"),
        choice({**_AUDIENCES, **{each.value: each.value for each in Audience}}),
    ),
    Column("description_zh", ("简介", "description"), text(5000)),
    Column("description_en", ("英文简介", "english description"), text(5000)),
    Column("location_zh", ("地点", "location"), text(300)),
    Column("url", ("网址", "url"), text(500)),
)

_REQUIRED = frozenset(column.field for column in COLUMNS if column.required)


def read_events(
    table: Table, *, timezone: str
) -> tuple[list[Entry], dict[str, int], list[RowProblem]]:
    """The entries of a table, their rows by uid, and every problem that shows.

    An empty end: the last day is the first, and the event lasts an hour or whole days. The last
    day is included, as people write it. Without a number the title and the first day identify
    an event, so renaming or moving it makes another one.
    """
    typed, problems = read_columns(table, COLUMNS)
    wrong = {problem.row for problem in problems}
    entries: list[Entry] = []
    rows: dict[str, int] = {}
    for row in typed:
        if row.number in wrong or not row.places.keys() >= _REQUIRED:
            continue  # told already, of the row or of the headings
        found = list(_problems(row, rows))
        problems += found
        if not found:
            entry = _entry(row, timezone)
            rows[entry.uid] = row.number
            entries.append(entry)
    problems.sort(key=lambda problem: (problem.row, len(problem.cell), problem.cell))
    return entries, rows, problems


@dataclass(frozen=True)
class _Times:
    start: date | datetime
    end: date | datetime


def _times(row: TypedRow) -> _Times:
    first, last = row.values["first"], row.values["last"] or row.values["first"]
    start, end = row.values["start"], row.values["end"]
    if start is None:
        return _Times(first, last + timedelta(days=1))
    begins = datetime.combine(first, start)
    return _Times(
        begins, datetime.combine(last, end) if end is not None else begins + timedelta(hours=1)
    )


def _problems(row: TypedRow, rows: Mapping[str, int]) -> Iterator[RowProblem]:
    if row.values["start"] is None and row.values["end"] is not None:
        yield row.problem("end", "Give the time at which it starts too, or neither.")
        return
    if not all(1900 < each.year < 2199 for each in (row.values["first"], _times(row).end)):
        yield row.problem("first", "Must lie between the years 1901 and 2198.")
    if (
        _times(row).end < _times(row).start
        or (row.values["last"] or date.max) < row.values["first"]
    ):
        yield row.problem("last", "Ends before it starts.")
    if (uid := _uid(row)) in rows:
        words = f"The same event as in row {rows[uid]}; delete one, or number them."
        yield row.problem("uid" if row.values["uid"] else "title_zh", words)


def _uid(row: TypedRow) -> str:
    if row.values["uid"]:
        return str(row.values["uid"])
    words = f"{row.values['title_zh']}\0{row.values['first']}"
    return f"row-{hashlib.sha256(words.encode()).hexdigest()[:24]}"


def _entry(row: TypedRow, timezone: str) -> Entry:
    values, times = row.values, _times(row)
    return Entry(
        uid=_uid(row),
        title=Text(values["title_zh"], values["title_en"] or ""),
        start=times.start,
        end=times.end,
        timezone=timezone,
        description=Text(values["description_zh"] or "", values["description_en"] or ""),
        location=Text(values["location_zh"] or ""),
        url=values["url"] or "",
        kind=values["kind"] or "other",
        audiences=(values["audience"],) if values["audience"] else (),
    )
