"""Foreign calendars: what becomes of every deviation, in exact values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from events.ical.entry import Entry, Text
from events.ical.problem import CalendarUnreadable, Problem
from events.ical.read import Reading, read_calendar

FILES = Path(__file__).parents[2] / "data" / "ics"


def read(data: bytes | str, *, default_timezone="Asia/Shanghai", **more) -> Reading:
    octets = data if isinstance(data, bytes) else data.encode()
    return read_calendar(octets, default_timezone=default_timezone, **more)


def file(name: str) -> Reading:
    return read((FILES / name).read_bytes())


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar around bodies of VEVENTs; each gets a UID, a start and a title if it has none."""
    texts = []
    for number, body in enumerate(events):
        lines = body.strip().split("\n") if body.strip() else []
        for name, line in (
            ("UID", f"UID:e{number}"),
            ("DTSTART", "DTSTART:20260307T100000"),
            ("SUMMARY", "SUMMARY:题"),
        ):
            if not any(each.upper().startswith(name) for each in lines):
                lines.append(line)
        texts.append("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"]))
    head = "".join(f"{line}\r\n" for line in head.strip().split("\n") if line)
    inner = "\r\n".join(texts)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{inner}\r\nEND:VCALENDAR\r\n".encode()


def one(body: str, *, head: str = "", **more) -> Entry:
    (entry,) = read(calendar(body, head=head), **more).entries
    return entry


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


# ---- whole files in the shape of well-known exports ----------------------------------------------


def test_google_export_is_read_in_the_calendars_own_clock():
    reading = file("google.ics")

    assert reading.name == "科技馆活动"
    assert reading.timezone == "Asia/Shanghai"
    workshop, moved, orphan, talk, holiday = reading.entries
    assert talk == Entry(
        uid="3talk@google.com",
        title=Text("讲座：光的故事"),
        start=datetime(2026, 3, 28, 10),
        end=datetime(2026, 3, 28, 11, 30),
        timezone="Asia/Shanghai",
        description=Text("光的<b>故事</b>\n第二行, 完"),
        location=Text("合肥市黄山路446号"),
        sequence=2,
        changed_at=datetime(2026, 2, 1, 8, tzinfo=UTC),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert (holiday.start, holiday.end) == (date(2026, 5, 1), date(2026, 5, 6))
    assert workshop.rrule == "FREQ=WEEKLY;UNTIL=20260627T155959Z;BYDAY=SA;WKST=SU"
    assert workshop.exdates == (datetime(2026, 4, 4, 10),)
    assert (moved.uid, moved.recurrence_id) == (workshop.uid, datetime(2026, 3, 14, 10))
    assert moved.start == datetime(2026, 3, 14, 14)
    assert orphan.uid == "9shared@google.com#2026-03-14 14:00:00"
    assert orphan.recurrence_id is None
    assert codes(reading) == ["orphan_override"]


def test_outlook_export_is_read_with_its_windows_zone():
    reading = file("outlook.ics")

    talk, rebuilding = reading.entries
    assert talk.timezone == "Europe/Berlin"
    assert talk.rrule == "FREQ=MONTHLY;UNTIL=20261127T180000Z;BYDAY=-1FR"
    assert talk.title == Text("Abendvortrag")
    assert talk.location == Text("Museumsinsel 1, München")
    assert talk.visibility == "public"
    assert (rebuilding.start, rebuilding.end) == (date(2026, 7, 1), date(2026, 7, 3))
    assert rebuilding.visibility == "hosts"
    assert reading.problems == ()


def test_exchange_export_is_read_by_its_own_vtimezone_and_by_the_menu_name():
    reading = file("exchange.ics")

    call, sky, cancelled = reading.entries
    assert (call.timezone, call.start) == ("America/New_York", datetime(2026, 7, 1, 9))
    assert (call.status, call.visibility, call.sequence) == ("TENTATIVE", "hosts", 3)
    assert (sky.timezone, sky.end) == ("Asia/Shanghai", datetime(2026, 7, 2, 22))
    assert (cancelled.start, cancelled.status) == (date(2026, 8, 1), "CANCELLED")
    assert reading.problems == ()


def test_apple_export_is_read_without_its_alarms():
    reading = file("apple.ics")

    night, later = reading.entries
    assert night.title == Text("Night sky 🌌")
    assert night.geo == (27.700769, 85.30014)
    assert night.url == "https://example.org/night-sky"
    assert night.location == Text("Planetarium\nKathmandu 44600")
    assert later.recurrence_id == datetime(2026, 4, 11, 19)
    assert later.start == datetime(2026, 4, 11, 20)
    assert reading.problems == ()


def test_evolution_export_is_read_by_the_end_of_its_zone_paths():
    reading = file("evolution.ics")

    club, call = reading.entries
    assert (club.timezone, call.timezone) == ("Europe/London", "America/New_York")
    assert club.exdates == (datetime(2026, 3, 30, 18),)
    assert reading.problems == ()


def test_hand_made_file_is_read_and_its_faults_are_told():
    reading = file("hand_made.ics")

    no_uid, first, second = reading.entries
    assert no_uid.uid.startswith("no-uid-")
    assert no_uid.end == no_uid.start == datetime(2026, 6, 6, 9)
    assert (first.start, first.end) == (date(2026, 6, 7), date(2026, 6, 8))
    assert (second.start, second.end) == (datetime(2026, 6, 8, 9), datetime(2026, 6, 9))
    assert len({no_uid.uid, first.uid, second.uid}) == 3
    assert codes(reading) == ["no_uid", "bad_url"]


def test_a_bad_event_costs_only_itself():
    """I4, I10: every other one is read, and the lost ones are named with line and uid."""
    reading = file("broken_parts.ics")

    assert [entry.uid for entry in reading.entries] == ["good", "backwards", "directory"]
    assert [(p.code, p.line, p.uid, p.is_lost) for p in reading.problems] == [
        ("no_start", 13, "no-start", True),
        ("bad_date", 19, "bad-start", True),
        ("rule_frequency", 25, "hourly", True),
        ("rule_rscale", 31, "lunar", True),
        ("end_before_start", 37, "backwards", False),
        ("unknown_timezone", 42, None, False),
        ("bad_duration", 43, "directory", False),
        ("bad_geo", 44, "directory", False),
        ("year", 49, "year-one", True),
    ]
    assert reading.lost_uids == {"no-start", "bad-start", "hourly", "lunar", "year-one"}


@pytest.mark.parametrize("name", sorted(p.name for p in FILES.glob("*.ics")))
def test_every_file_gives_the_same_in_whatever_order_its_events_are(name):
    """The RFC promises no order."""
    data = (FILES / name).read_bytes().replace(b"\r\n", b"\n")
    head, *events = data.removesuffix(b"END:VCALENDAR\n").split(b"BEGIN:VEVENT\n")
    backwards = head + b"".join(b"BEGIN:VEVENT\n" + each for each in reversed(events))

    assert read(backwards + b"END:VCALENDAR\n").entries == read(data).entries


# ---- files that say nothing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"<!DOCTYPE html><html><body>Login</body></html>", "web_page"),
        (b"hello", "no_calendar"),
        ("BEGIN:VCALENDAR".encode("utf-16"), "utf16"),
        ("BEGIN:VCALENDAR\r\nVERSION:2.0".encode("utf-16-le"), "utf16"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "no_events"),
        (calendar("SUMMARY:x").removesuffix(b"END:VCALENDAR\r\n"), "cut_off"),
        (calendar("SUMMARY:x")[:-30], "cut_off"),
        (calendar("DTSTART:never"), "no_readable_events"),
        (b"x" * 10_000_001, "too_large"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000, "too_deep"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 20_001, "too_many"),
    ],
)
def test_a_file_that_says_nothing_is_refused_and_never_taken_for_deletions(data, code):
    """I3, I6 among others."""
    with pytest.raises(CalendarUnreadable) as refusal:
        read(data)

    assert refusal.value.code == code
    assert str(refusal.value).endswith((".", "?"))


def test_a_file_of_unreadable_events_names_their_problems():
    with pytest.raises(CalendarUnreadable) as refusal:
        read(calendar("DTSTART:never", "RRULE:FREQ=SECONDLY"))

    assert str(refusal.value) == (
        "None of the 2 events can be read. The first: DTSTART is not a date: 'never'."
    )
    assert [problem.uid for problem in refusal.value.problems] == ["e0", "e1"]


def test_text_is_refused_since_parsers_take_it_for_the_name_of_a_file():
    """M6"""
    with pytest.raises(TypeError, match="from bytes, never from text"):
        read_calendar("/etc/hostname", default_timezone="Asia/Shanghai")


def test_default_timezone_has_to_be_one():
    with pytest.raises(ValueError, match="'Europe' is not an IANA name"):
        read(calendar(""), default_timezone="Europe")


def test_an_event_that_is_not_closed_costs_only_itself():
    """I3: neither does an alarm without end inside an event cost that."""
    data = calendar("UID:a", "UID:b\nBEGIN:VALARM\nUID:alarm", "UID:c", "UID:d")
    data = data.replace(
        b"UID:a\r\nDTSTART:20260307T100000\r\nSUMMARY:\xe9\xa2\x98\r\nEND:VEVENT\r\n", b"UID:a\r\n"
    )
    body = "UID:b\nDTSTART:20260307T100000\nSUMMARY:x\nBEGIN:VALARM\nUID:alarm"

    reading = read(data)
    alarm = read(calendar(body))

    assert [entry.uid for entry in reading.entries] == ["c", "d"]
    assert [(p.code, p.uid) for p in reading.problems if p.code == "broken"] == [("broken", "a")]
    assert [entry.uid for entry in alarm.entries] == ["b"]


# ---- bytes ---------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_the_calendar():
    assert len(read(b"\xef\xbb\xbf" + calendar("")).entries) == 1


@pytest.mark.parametrize(("separator", "count"), [(b"\n", 1), (b"\r", 1), (b"\r\n", 1)])
def test_any_line_end_will_do(separator, count):
    assert len(read(calendar("").replace(b"\r\n", separator)).entries) == count


def test_a_fold_inside_a_character_is_undone_before_decoding():
    title = "光".encode()
    data = calendar("SUMMARY:x").replace(
        b"SUMMARY:x", b"SUMMARY:" + title[:1] + b"\r\n " + title[1:]
    )

    assert read(data).entries[0].title == Text("光")
    assert read(data).problems == ()


def test_latin_1_is_read_with_a_problem():
    data = calendar("SUMMARY:x").replace(b"SUMMARY:x", "SUMMARY:Führung".encode("latin-1"))

    reading = read(data)

    assert reading.entries[0].title == Text("Führung")
    assert codes(reading) == ["encoding"]


def test_gbk_is_read_with_a_problem():
    data = calendar("SUMMARY:光的故事").decode().encode("gbk")

    reading = read(data)

    assert reading.entries[0].title == Text("光的故事")
    assert codes(reading) == ["encoding"]


def test_control_characters_never_arrive():
    """I6: NUL, VT, DEL, C1, U+2028 and escaped line ends, in text and identity."""
    entry = one("UID:a\x00b\x7f\nSUMMARY:x\x0by\u2028z\\nw\nDESCRIPTION:1\x002\\n3\x85")

    assert entry.uid == "ab"
    assert entry.title == Text("x y z w")
    assert entry.description == Text("12\n3")


# ---- zones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("asia/kathmandu", "Asia/Kathmandu"),
        ("America/New York", "America/New_York"),
        ("China Standard Time", "Asia/Shanghai"),
        ("Nepal Standard Time", "Asia/Katmandu"),
        ("/citadel.org/20210210_1/Europe/Berlin", "Europe/Berlin"),
        ("/softwarestudio.org/Tzfile/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome", "Europe/Amsterdam"),
        ("(UTC+08:00) 北京，重庆，香港特别行政区，乌鲁木齐", "Asia/Shanghai"),
        ("EST5EDT", "EST5EDT"),
        ("GMT", "UTC"),
    ],
)
def test_zone_names_of_other_programs_are_understood(tzid, zone):
    reading = read(calendar(f'DTSTART;TZID="{tzid}":20260307T100000'))

    assert reading.entries[0].timezone == zone
    assert reading.entries[0].start == datetime(2026, 3, 7, 10)
    assert reading.problems == ()


@pytest.mark.parametrize(
    "tzid", ["Europe", "America", "A" * 300, "../../../etc/passwd", "/etc/passwd", "Mars/Base", "."]
)
def test_a_zone_nobody_knows_is_a_problem_and_the_default_is_taken(tzid):
    """I4, M6: a directory, a path and a long name open nothing and lose nothing."""
    reading = read(calendar(f"DTSTART;TZID={tzid}:20260307T100000"))

    assert reading.entries[0].timezone == "Asia/Shanghai"
    assert reading.entries[0].start == datetime(2026, 3, 7, 10)
    assert reading.problems == (
        Problem(
            "unknown_timezone",
            f"The time zone {tzid[:60]!r} is unknown; Asia/Shanghai was taken.",
            line=4,
        ),
    )


def vtimezone(tzid: str, offset: str) -> str:
    return (
        f"BEGIN:VTIMEZONE\nTZID:{tzid}\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE"
    )


def test_an_unknown_zone_is_told_by_its_own_definition():
    entry = one("DTSTART;TZID=Ours:20260307T100000", head=vtimezone("Ours", "+0545"))

    assert (entry.timezone, entry.start) == ("Asia/Kathmandu", datetime(2026, 3, 7, 10))


def test_the_default_zone_is_preferred_among_those_that_fit_a_definition():
    head = vtimezone("Ours", "+0800")

    assert one("DTSTART;TZID=Ours:20260307T100000", head=head).timezone == "Asia/Shanghai"
    perth = one("DTSTART;TZID=Ours:20260307T100000", head=head, default_timezone="Australia/Perth")
    assert perth.timezone == "Australia/Perth"


def test_a_definition_that_lies_about_a_known_name_is_not_believed():
    """I4"""
    entry = one(
        "DTSTART;TZID=Asia/Shanghai:20260307T100000", head=vtimezone("Asia/Shanghai", "-0300")
    )

    assert (entry.timezone, entry.start) == ("Asia/Shanghai", datetime(2026, 3, 7, 10))


def test_x_wr_timezone_gives_floating_times_days_and_utc_their_clock():
    head = "X-WR-TIMEZONE:Asia/Kathmandu"

    assert one("DTSTART:20260307T100000", head=head).timezone == "Asia/Kathmandu"
    assert one("DTSTART;VALUE=DATE:20260307", head=head).timezone == "Asia/Kathmandu"
    utc = one("DTSTART:20260307T100000Z", head=head)
    assert (utc.timezone, utc.start) == ("Asia/Kathmandu", datetime(2026, 3, 7, 15, 45))


def test_x_wr_timezone_utc_means_nothing():
    assert one("DTSTART:20260307T100000", head="X-WR-TIMEZONE:UTC").timezone == "Asia/Shanghai"


def test_a_series_in_utc_stays_in_utc():
    entry = one("DTSTART:20260307T220000Z\nRRULE:FREQ=WEEKLY;BYDAY=SA")

    assert (entry.timezone, entry.start) == ("UTC", datetime(2026, 3, 7, 22))
    assert entry.rrule == "FREQ=WEEKLY;BYDAY=SA"


def test_an_end_in_another_zone_is_given_by_the_clock_of_the_start():
    entry = one(
        "DTSTART;TZID=Asia/Shanghai:20260307T100000\nDTEND;TZID=Asia/Kathmandu:20260307T100000"
    )

    assert entry.end == datetime(2026, 3, 7, 12, 15)


# ---- ends ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "end", "found"),
    [
        ("DTSTART:20260307T100000", datetime(2026, 3, 7, 10), []),
        ("DTSTART;VALUE=DATE:20260307", date(2026, 3, 8), []),
        ("DTSTART;VALUE=DATE:20260307\nDTEND;VALUE=DATE:20260307", date(2026, 3, 8), []),
        ("DTSTART;VALUE=DATE:20260307\nDURATION:P3D", date(2026, 3, 10), []),
        ("DTSTART;VALUE=DATE:20260307\nDTEND:20260308T180000", date(2026, 3, 9), []),
        ("DTSTART:20260307T100000\nDTEND;VALUE=DATE:20260308", datetime(2026, 3, 8), []),
        ("DTSTART:20260307T100000\nDURATION:PT90M", datetime(2026, 3, 7, 11, 30), []),
        ("DTSTART:20260307T100000\nDURATION:P1W", datetime(2026, 3, 14, 10), []),
        (
            "DTSTART:20260307T100000\nDTEND:20260307T090000",
            datetime(2026, 3, 7, 10),
            ["end_before_start"],
        ),
        ("DTSTART:20260307T100000\nDURATION:-PT1H", datetime(2026, 3, 7, 10), ["bad_duration"]),
        (
            "DTSTART:20260307T100000\nDURATION:P999999999W",
            datetime(2026, 3, 7, 10),
            ["bad_duration"],
        ),
        ("DTSTART:20260307T100000\nDURATION:soon", datetime(2026, 3, 7, 10), ["bad_duration"]),
    ],
)
def test_an_end_is_found_whatever_is_given(body, end, found):
    """I2 for durations out of all proportion."""
    reading = read(calendar(body))

    assert reading.entries[0].end == end
    assert codes(reading) == found


def test_a_duration_of_hours_is_exact_when_the_clocks_change():
    entry = one("DTSTART;TZID=Europe/London:20260328T220000\nDURATION:PT8H")

    assert entry.end == datetime(2026, 3, 29, 7)


def test_a_day_and_night_without_the_microsoft_mark_stays_a_time():
    entry = one("DTSTART:20260307T000000\nDTEND:20260308T000000")

    assert entry.start == datetime(2026, 3, 7)


# ---- again and again -----------------------------------------------------------------------------


def test_exceptions_take_kind_and_clock_of_the_start():
    entry = one(
        "DTSTART;TZID=Asia/Shanghai:20260307T100000\nRRULE:FREQ=DAILY\n"
        "EXDATE;VALUE=DATE:20260308,20260309\nEXDATE:20260310T020000Z\n"
        "EXDATE;TZID=Asia/Kathmandu:20260311T074500\nRDATE;VALUE=PERIOD:20260401T010000Z/PT1H"
    )

    assert entry.exdates == tuple(datetime(2026, 3, day, 10) for day in (8, 9, 10, 11))
    assert entry.rdates == (datetime(2026, 4, 1, 9),)


def test_an_override_is_kept_in_the_clock_of_its_series():
    series = "UID:s\nDTSTART;TZID=Europe/London:20260323T180000\nRRULE:FREQ=WEEKLY"
    override = "UID:s\nDTSTART:20260330T180000Z\nRECURRENCE-ID;VALUE=DATE:20260330"

    _, moved = read(calendar(series, override)).entries

    assert moved.timezone == "Europe/London"
    assert moved.recurrence_id == datetime(2026, 3, 30, 18)
    assert moved.start == datetime(2026, 3, 30, 19)


def test_an_override_may_become_a_whole_day_and_keeps_the_hour_it_replaces():
    series = "UID:s\nDTSTART;TZID=Europe/London:20260323T180000\nRRULE:FREQ=WEEKLY"
    override = (
        "UID:s\nDTSTART;VALUE=DATE:20260330\nRECURRENCE-ID;TZID=Europe/London:20260330T180000"
    )

    _, moved = read(calendar(series, override)).entries

    assert (moved.start, moved.recurrence_id) == (date(2026, 3, 30), datetime(2026, 3, 30, 18))


def shifted(*bodies: str) -> dict[str, str]:
    """Each changed date's original start and what becomes of it."""
    return {
        f"{entry.recurrence_id:%m-%d %H}": f"{entry.start:%m-%d %H} {entry.title.zh}"
        for entry in read(calendar(*bodies)).entries
        if entry.recurrence_id is not None
    }


SERIES = "UID:s\nDTSTART:20260307T100000\nDTEND:20260307T110000\nRRULE:FREQ=WEEKLY;COUNT=5"
RANGE = "UID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE:"


def test_this_and_following_shifts_the_date_and_all_after_it():
    later = RANGE + "20260321T100000\nDTSTART:20260322T120000\nDTEND:20260322T130000\nSUMMARY:影"

    assert shifted(SERIES, later) == {
        "03-21 10": "03-22 12 影",
        "03-28 10": "03-29 12 影",
        "04-04 10": "04-05 12 影",
    }


def test_a_single_date_and_a_later_range_count_more_than_a_range():
    first = RANGE + "20260314T100000\nDTSTART:20260314T120000\nSUMMARY:一"
    second = RANGE + "20260328T100000\nDTSTART:20260328T150000\nSUMMARY:二"
    single = "UID:s\nRECURRENCE-ID:20260404T100000\nDTSTART:20260404T090000\nSUMMARY:三"

    assert shifted(single, second, SERIES, first) == {
        "03-14 10": "03-14 12 一",
        "03-21 10": "03-21 12 一",
        "03-28 10": "03-28 15 二",
        "04-04 10": "04-04 09 三",
    }


def test_this_and_following_leaves_out_excluded_dates_and_can_cancel_the_rest():
    series = SERIES + "\nEXDATE:20260328T100000"
    rest = RANGE + "20260321T100000\nDTSTART:20260321T100000\nSTATUS:CANCELLED"

    changed = [e for e in read(calendar(series, rest)).entries if e.recurrence_id]

    assert [e.recurrence_id.day for e in changed] == [21, 4]
    assert {e.status for e in changed} == {"CANCELLED"}


def test_this_and_following_of_an_endless_series_ends_somewhere():
    """I1: as many changes as anybody will see, and no more."""
    series = "UID:s\nDTSTART:20260307T100000\nRRULE:FREQ=DAILY"
    later = RANGE + "20260308T100000\nDTSTART:20260308T120000"

    assert len(shifted(series, later)) <= 1_500
    assert len(read(calendar(series, later)).entries) == 1_501


def test_many_endless_ranges_are_bounded_together_and_say_so():
    """I1."""
    bodies = []
    for number in range(20):
        series = f"UID:s{number}\nDTSTART:20260307T100000\nRRULE:FREQ=DAILY"
        bodies += [series, RANGE.replace("UID:s", f"UID:s{number}") + "20260308T100000"]

    reading = read(calendar(*bodies))

    assert len(reading.entries) == 20_020
    assert set(codes(reading)) == {"range"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("RRULE:FREQ=SECONDLY", "rule_frequency"),
        ("RRULE:FREQ=DAILY;INTERVAL=0", "rule_interval"),
        ("RRULE:RSCALE=CHINESE;FREQ=YEARLY", "rule_rscale"),
        ("RRULE:W2 MO #0", "rule_syntax"),
        ("EXRULE:FREQ=WEEKLY", "exrule"),
        ("DTSTART:19690101T100000\nRRULE:FREQ=DAILY", "rule_start"),
        ("RDATE:" + ",".join(["20260307T100000"] * 100) + "\nDTSTART:0", "bad_date"),
    ],
)
def test_a_series_that_would_be_shown_wrong_is_lost_by_name(body, code):
    """I1, M8: never a single event where there was a series."""
    reading = read(calendar("UID:good", body))

    assert [entry.uid for entry in reading.entries] == ["good"]
    assert [(p.code, p.is_lost) for p in reading.problems] == [(code, True)]


# ---- identity ------------------------------------------------------------------------------------


def test_equal_events_are_one():
    assert len(read(calendar("UID:a", "UID:a")).entries) == 1


def test_the_newer_of_two_revisions_counts():
    """I7: SEQUENCE decides, not the place in the file."""
    newer, older = "UID:a\nSEQUENCE:5\nSUMMARY:新", "UID:a\nSEQUENCE:4\nSUMMARY:旧"

    assert [e.title.zh for e in read(calendar(newer, older)).entries] == ["新"]
    assert [e.title.zh for e in read(calendar(older, newer)).entries] == ["新"]


def test_strangers_with_one_uid_are_told_apart_for_good():
    """I7: the same identities again when one of three is gone."""
    bodies = [f"UID:a\nDTSTART:2026030{day}T100000" for day in (7, 8, 9)]

    all_three = {entry.uid for entry in read(calendar(*bodies)).entries}
    without_first = {entry.uid for entry in read(calendar(*bodies[1:])).entries}

    assert len(all_three) == 3
    assert without_first < all_three


def test_five_thousand_events_with_one_uid_stay_five_thousand():
    bodies = [f"UID:a\nSUMMARY:{number}" for number in range(5_000)]

    assert len(read(calendar(*bodies)).entries) == 5_000


def test_a_missing_uid_is_derived_from_what_stays_the_same():
    body = "BEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART:20260307T100000\r\n{}END:VEVENT\r\n"
    wrap = "BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n"

    first = read(wrap.format(body.format(""))).entries[0]
    second = read(wrap.format(body.format("DTSTAMP:20260101T000000Z\r\nLOCATION:y\r\n"))).entries[0]

    assert first.uid == second.uid


def test_a_long_uid_is_shortened_without_merging_strangers():
    long = "x" * 400

    reading = read(calendar(f"UID:{long}a", f"UID:{long}b"))

    assert len({entry.uid for entry in reading.entries}) == 2
    assert all(len(entry.uid) <= 255 for entry in reading.entries)


def test_a_calendar_that_takes_back_cancels():
    """I7: METHOD:CANCEL"""
    assert one("", head="METHOD:CANCEL").status == "CANCELLED"


# ---- the rest ------------------------------------------------------------------------------------


def test_an_event_without_title_gets_one_and_a_problem():
    reading = read(calendar("SUMMARY: "))

    assert reading.entries[0].title == Text("无标题", "Untitled")
    assert codes(reading) == ["no_title"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//x"]
)
def test_only_web_addresses_come_in(url):
    """I9"""
    reading = read(calendar(f"URL:{url}\nATTACH:{url}"))

    assert reading.entries[0].url == ""
    assert codes(reading) == ["bad_url"]


@pytest.mark.parametrize("geo", ["31.8;117.2", "31.8,117.2", "geo:31.8,117.2", "31.8\\;117.2"])
def test_geo_is_read_in_every_form(geo):
    assert one(f"GEO:{geo}").geo == (31.8, 117.2)


def test_quoted_printable_of_old_telephones_is_read():
    entry = one("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=E5=85=89")

    assert entry.title == Text("光")


def test_long_words_are_cut_with_a_problem():
    reading = read(calendar(f"SUMMARY:{'长' * 400}\nDESCRIPTION:{'x' * 30_000}"))

    assert reading.entries[0].title == Text("长" * 300)
    assert len(reading.entries[0].description.zh) == 20_000
    assert codes(reading) == ["cut", "cut"]


def test_a_sequence_out_of_proportion_counts_as_none():
    assert one("SEQUENCE:99999999999999999999").sequence == 0
    assert one("SEQUENCE:-3").sequence == 0


def test_dtstamp_is_not_taken_for_a_change():
    """Many programs put the moment of the export there: every event would change at each fetch."""
    assert one("DTSTAMP:20260101T000000Z").changed_at is None


def test_a_strangers_file_puts_nothing_into_our_facets():
    body = (
        "X-ORRERY-KIND:exhibition\nX-ORRERY-REFIDS:unit:AH-03\nREFID:unit:AH-03\nCATEGORIES:a,b\\,c"
    )

    entry = one(body)

    assert (entry.kind, entry.refids, entry.topics) == ("other", (), ("a", "b,c"))


def test_an_unknown_class_is_private():
    assert one("CLASS:X-SECRET").visibility == "hosts"


def test_contact_conference_and_image_are_taken_over():
    entry = one(
        "CONTACT:张老师\\, 0551-6351 0000\n"
        "CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+8655163510000\n"
        "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example/light\n"
        "IMAGE;VALUE=BINARY;ENCODING=BASE64:iVBORw0KGgo=\n"
        "IMAGE;VALUE=URI;DISPLAY=BADGE:https://museum.example/light.jpg"
    )

    assert entry.contact == Text("张老师, 0551-6351 0000")
    assert entry.access_url == "https://meet.example/light"
    assert entry.image_url == "https://museum.example/light.jpg"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "file:///etc/passwd", "", "https://"])
def test_W1_addresses_that_are_none_of_the_web_are_left_out(value):
    entry = one(f"CONFERENCE;VALUE=URI:{value}\nIMAGE;VALUE=URI:{value}")

    assert (entry.access_url, entry.image_url) == ("", "")
