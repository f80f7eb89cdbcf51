"""Our VTIMEZONEs give in other people's software what zoneinfo gives, to the hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from events.ical.timezones import vtimezone, years_of
from events.ical.tzif import zone_history
from events.recurrence.zones import known_timezones, zone

from . import panel

FIRST_YEAR, END_YEAR = 2025, 2038
START = datetime(FIRST_YEAR, 1, 1)
HOURS = int((datetime(END_YEAR, 1, 1) - START) / timedelta(hours=1))
HOUR = timedelta(hours=1)

SAMPLE = (
    "Africa/Casablanca",  # irregular, then none
    "America/New_York",
    "Asia/Kathmandu",  # +05:45
    "Asia/Shanghai",
    "Australia/Lord_Howe",  # half an hour
    "Europe/London",
)


def distinct_zones() -> list[str]:
    """One zone of each group whose VTIMEZONE differs by name only."""
    groups: dict[bytes, str] = {}
    for name in sorted(known_timezones()):
        body = b"".join(
            line
            for line in vtimezone(name).splitlines(keepends=True)
            if not line.startswith((b"TZID:", b"TZNAME:"))
        )
        groups.setdefault(body, name)
    return sorted(groups.values())


def expected_offset(name: str, direction: str, hour: int) -> int | None:
    """Seconds by zoneinfo; none where the wall clock shows the hour twice or not at all."""
    at = START + hour * HOUR
    if direction == "utc":
        moment = at.replace(tzinfo=UTC).astimezone(zone(name))
    else:
        moment = at.replace(tzinfo=zone(name))
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():
            return None
    return int(moment.utcoffset().total_seconds())


def ranges_near_changes(name: str) -> list[tuple[int, int]]:
    """Three hours to both sides of every change, and one hour of each month."""
    ranges = [(month * 730, month * 730 + 1) for month in range(HOURS // 730)]
    for change in zone_history(name).changes_within(FIRST_YEAR, END_YEAR):
        for at in (change.utc, change.wall_clock):
            hour = (at - START) // HOUR
            ranges.append((max(0, hour - 3), min(HOURS, hour + 4)))
    return ranges


def wrong_hours(reader, name: str, direction: str, ranges: list[tuple[int, int]]) -> list[str]:
    got = iter(reader([(vtimezone(name).decode(), direction, FIRST_YEAR, ranges)])[0])
    return list(_wrong(name, direction, ranges, got))


def _wrong(name, direction, ranges, got) -> Iterator[str]:
    for first, end in ranges:
        for hour in range(first, end):
            right, read = expected_offset(name, direction, hour), next(got)
            if right is not None and read != right:
                yield f"{name} {direction} {START + hour * HOUR}: {read}, not {right}"


@pytest.mark.parametrize("name", SAMPLE)
@pytest.mark.parametrize("reader", ["libical", "icaljs"])
def test_vtimezone_is_never_an_hour_wrong(reader, name):
    panel.need(getattr(panel, f"{reader}_command"))

    assert wrong_hours(getattr(panel, f"{reader}_offsets"), name, "local", [(0, HOURS)]) == []


@pytest.mark.parametrize(
    ("reader", "direction"), [("libical", "local"), ("libical", "utc"), ("icaljs", "local")]
)
def test_vtimezone_of_every_zone_is_right_around_every_change(reader, direction):
    panel.need(getattr(panel, f"{reader}_command"))
    zones = sorted(known_timezones())
    ranges = {name: ranges_near_changes(name) for name in zones}
    questions = [(vtimezone(n).decode(), direction, FIRST_YEAR, ranges[n]) for n in zones]

    answers = getattr(panel, f"{reader}_offsets")(questions)

    wrong = []
    for name, got in zip(zones, answers, strict=True):
        wrong += _wrong(name, direction, ranges[name], iter(got))
    assert wrong == []
    assert len(zones) > 590


@pytest.mark.long
@pytest.mark.parametrize("reader", ["libical", "icaljs"])
def test_vtimezone_of_every_zone_is_right_at_every_hour(reader):
    panel.need(getattr(panel, f"{reader}_command"))
    ask = getattr(panel, f"{reader}_offsets")

    wrong = []
    for name in distinct_zones():
        wrong += wrong_hours(ask, name, "local", [(0, HOURS)])

    assert wrong == []


def test_the_audit_notices_a_summer_that_starts_an_hour_late():
    """The onset in the new local time, as the icalendar library writes it."""
    panel.need(panel.libical_command)
    wrong = vtimezone("Europe/London").replace(b"0326T010000", b"0326T020000").decode()
    change = [r for r in ranges_near_changes("Europe/London") if r[1] - r[0] > 1]

    got = panel.libical_offsets([(wrong, "utc", FIRST_YEAR, change)])[0]

    found = list(_wrong("Europe/London", "utc", change, iter(got)))
    assert found[0] == "Europe/London utc 2025-03-30 01:00:00: 0, not 3600"
    assert len({each.split()[2] for each in found}) == END_YEAR - FIRST_YEAR


def test_vtimezone_of_a_regular_zone_states_the_rule_in_the_old_local_time():
    assert vtimezone("America/New_York").decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:America/New_York",
        "BEGIN:DAYLIGHT",
        "DTSTART:20230312T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
        "TZNAME:EDT",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20231105T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500",
        "TZNAME:EST",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_vtimezone_gives_irregular_changes_one_rdate_property_per_value():
    lines = vtimezone("Africa/Cairo").decode().split("\r\n")

    assert "RDATE:20241101T000000" in lines
    assert not any(line.startswith("RDATE") and "," in line for line in lines)


def test_vtimezone_names_irish_winter_time_standard():
    text = vtimezone("Europe/Dublin").decode()

    assert "TZOFFSETTO:+0000\r\nTZNAME:GMT\r\nEND:STANDARD" in text
    assert "TZOFFSETTO:+0100\r\nTZNAME:IST\r\nEND:DAYLIGHT" in text


def test_vtimezone_reaches_back_to_the_years_asked_for():
    """China kept summer time from 1986 to 1991."""
    panel.need(panel.libical_command)
    text = vtimezone("Asia/Shanghai", first_year=1988).decode()

    offsets = panel.libical_offsets([(text, "local", 1988, [(0, 1), (4500, 4501)])])[0]

    assert offsets == [28800, 32400]


@pytest.mark.parametrize("name", ["Europe", "../../etc/passwd", "A" * 300, "Mars/Olympus", ""])
def test_vtimezone_refuses_what_is_not_a_zone(name):
    """I4: neither a directory, nor a path, nor a name too long for a file."""
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        vtimezone(name)


def test_years_of_covers_the_usual_window_and_more_when_needed():
    assert years_of([]) == (2024, 2038)
    assert years_of([datetime(2026, 5, 1)]) == (2024, 2038)
    assert years_of([datetime(1999, 5, 1), datetime(2041, 5, 1)]) == (1999, 2042)


def test_every_zone_in_the_data_agrees_with_zoneinfo_before_it_is_written():
    """The reading of the compiled data by itself: offsets in January and July of every fourth year."""
    wrong = []
    for name in sorted(known_timezones()):
        for year in range(1950, 2051, 4):
            for month in (1, 7):
                at = datetime(year, month, 1, 12)
                right = at.replace(tzinfo=UTC).astimezone(zone(name)).utcoffset()
                if zone_history(name).local_at(at).offset_seconds != right.total_seconds():
                    wrong.append((name, at))

    assert wrong == []
