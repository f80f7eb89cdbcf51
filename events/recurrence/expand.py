"""The starts of a series inside a window, by the wall clock. No moments, no overrides in here.

Our own reading of RFC 5545 3.3.10 rather than ``dateutil.rrule``: that one searches to the
year 9999 for a date that never comes, gives all seven days for BYWEEKNO without BYDAY, leaves
the year's last days out of week 1, and does not count a DTSTART outside the rule. It stays the
yardstick in the tests.

What the RFC leaves open is decided so:

* DTSTART is always an occurrence and the first that COUNT counts (3.8.5.3), also where the
  rule itself would not give it.
* Ten o'clock stays ten o'clock when the clocks change. A wall clock that does not exist on a
  day is kept, not dropped (3.8.5.3 against 3.3.10): whoever turns it into a moment takes the
  offset before the gap, and the first of two for one that exists twice (3.3.5), as
  ``zoneinfo`` does by itself.
* An occurrence is as long by the wall clock as the first one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from events.recurrence.periods import (
    day_of,
    days_of,
    first_period,
    later_period,
    months_after,
    step_of,
)
from events.recurrence.rule import Rule, UnsupportedRule, parse_rule

FIRST_YEAR = 1970
LAST_YEAR = 2199
MAX_PERIODS = 50_000
MAX_CANDIDATES = 200_000
MOST_AT_ONCE = 400

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Expansion:
    """Starts in order, each once; ``truncated`` where a limit cut the rest off."""

    starts: tuple[date | datetime, ...]
    truncated: bool = False


def expand(
    rule: Rule | str | None,
    rdates: tuple[date | datetime, ...],
    exdates: tuple[date | datetime, ...],
    start: date | datetime,
    end: date | datetime,
    timezone: str,
    *,
    window_first: date | datetime,
    window_end: date | datetime,
    limit: int = 5_000,
) -> Expansion:
    """Every start whose occurrence touches ``[window_first, window_end)``, by the wall clock.

    All times are naive wall clocks, or days, in ``timezone`` (only a UTC ``UNTIL`` needs it);
    those of the window may be of either type. The work is bounded whatever the rule says.

    Raises:
        UnsupportedRule: the rule is refused by :func:`parse_rule`, or the series starts
            before 1970.
    """
    if isinstance(rule, str):
        rule = parse_rule(rule) if rule else None
    if rule is not None and not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise UnsupportedRule(
            "start", f"The series starts in {start.year}, outside {FIRST_YEAR} to {LAST_YEAR}."
        )
    window = _Window(_like(start, window_first), _like(start, window_end), _length(start, end))
    excluded = frozenset(exdates)
    found = {each for each in (start, *rdates) if window.is_touched_by(each)} - excluded
    budget = _Budget()
    if rule is not None:
        for several in _occurrences(rule, start, timezone, window, budget):
            found.update(several)
            found -= excluded
            if len(found) > limit + len(rdates):
                break
    starts = tuple(sorted(found))
    return Expansion(starts[:limit], truncated=budget.is_spent or len(starts) > limit)


@dataclass(frozen=True)
class _Window:
    first: date | datetime
    end: date | datetime
    length: timedelta

    def is_touched_by(self, start: date | datetime) -> bool:
        """Half-open on both sides; an occurrence without length is there where it starts."""
        return start < self.end and (start >= self.first or start + self.length > self.first)


@dataclass
class _Budget:
    """What may still be looked at; spent, the search ends."""

    periods: int = MAX_PERIODS
    candidates: int = MAX_CANDIDATES

    @property
    def is_spent(self) -> bool:
        return self.periods < 0 or self.candidates < 0


def _length(start: date | datetime, end: date | datetime) -> timedelta:
    """Between two days or two wall clocks; mixing them is the caller's mistake.

    Raises:
        TypeError: one is a day, the other a wall clock.
    """
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise TypeError(f"{start!r} and {end!r} are not of one kind")
    return end - start  # type: ignore[operator]  # they are of one kind


def _like(start: date | datetime, value: date | datetime) -> date | datetime:
    """``value`` as a day or as a wall clock, whichever ``start`` is."""
    if isinstance(start, datetime):
        return value if isinstance(value, datetime) else datetime.combine(value, time())
    return value.date() if isinstance(value, datetime) else value


def _occurrences(
    rule: Rule, start: date | datetime, timezone: str, window: _Window, budget: _Budget
) -> Iterator[list[date | datetime]]:
    """Starts by the rule that touch the window, in order, ``start`` itself left out."""
    last = rule.last_wall_clock(start, timezone)
    left = None if rule.count is None else rule.count - 1
    for instances in _candidates(rule, start, window, budget):
        later = instances[bisect_right(instances, start) :]
        kept = later[: bisect_left(later, window.end)]
        if last is not None:
            kept = kept[: bisect_right(kept, last)]
        if left is not None:
            kept = kept[:left]
            left -= len(kept)
        if kept and kept[0] < window.first:
            yield [each for each in kept if window.is_touched_by(each)]
        else:
            yield kept
        if len(kept) < len(later) or left == 0:
            return


def _candidates(
    rule: Rule, start: date | datetime, window: _Window, budget: _Budget
) -> Iterator[list[date | datetime]]:
    """All instances of the rule from the period of ``start`` on, in order, some at a time."""
    first_day = day_of(start)
    times = _times(rule, start)
    period = first_period(rule, first_day)
    if rule.count is None:
        period = _skip_towards(rule, period, window)
    last_day = min(day_of(window.end), date(LAST_YEAR, 12, 31) - _WEEK) + _WEEK
    while period <= last_day:
        number = _periods_at_once(rule, period, last_day)
        instances = _at(days_of(rule, period, first_day, number), times)
        budget.periods -= number
        budget.candidates -= len(instances)
        if budget.is_spent:
            return
        yield _picked(instances, rule.by_set_pos)
        period = later_period(rule, period, number)


def _periods_at_once(rule: Rule, period: date, last_day: date) -> int:
    """Days and weeks are counted off by the hundred; BYSETPOS wants to see each by itself."""
    step = step_of(rule)
    if step is None or rule.by_set_pos:
        return 1
    return min(MOST_AT_ONCE, (last_day - period) // step + 1)


def _skip_towards(rule: Rule, period: date, window: _Window) -> date:
    """A period a little before the window, reached in whole intervals; only without COUNT."""
    try:
        target = day_of(window.first - window.length) - timedelta(days=7)
    except OverflowError:
        return period
    if target <= period:
        return period
    if (step := step_of(rule)) is not None:
        return period + (target - period) // step * step
    months = rule.interval * (1 if rule.freq == "MONTHLY" else 12)
    gap = (target.year - period.year) * 12 + target.month - period.month - 12
    return months_after(period, max(0, gap // months) * months)


def _picked(instances: list[date | datetime], positions: tuple[int, ...]) -> list[date | datetime]:
    """BYSETPOS: the n-th of the period, from its end where negative."""
    if not positions:
        return instances
    size = len(instances)
    wanted = {p - 1 if p > 0 else size + p for p in positions}
    return [each for i, each in enumerate(instances) if i in wanted]


def _times(rule: Rule, start: date | datetime) -> list[time]:
    """Hours of the day at which each instance starts; BYHOUR and finer say nothing of days."""
    if not isinstance(start, datetime):
        return []
    return [
        time(hour, minute, second)
        for hour in rule.by_hour or (start.hour,)
        for minute in rule.by_minute or (start.minute,)
        for second in rule.by_second or (start.second,)
    ]


def _at(days: list[date], times: list[time]) -> list[date | datetime]:
    """The days at each of the times; the days themselves where there is none."""
    if not times:
        return [*days]
    return [datetime.combine(day, clock) for day in days for clock in times]
