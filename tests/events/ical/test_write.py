"""What feeds are made of: bytes that stay the same and that four readers take without a word."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.ical.entry import Entry, Text
from events.ical.lint import counts, faults
from events.ical.read import read_calendar
from events.ical.text import clean_line, clean_text, clean_url
from events.ical.timezones import years_of
from events.ical.write import (
    CalendarInfo,
    UnwritableEntry,
    jittered_refresh,
    join_calendar,
    write_calendar,
    write_event,
)

from . import panel

INFO = CalendarInfo(
    name=Text("安徽省流动科技馆", "Anhui on tour"),
    description=Text("全省巡展", "Every stop in the province"),
    source_url="https://orrery.example/feeds/regions/340000.ics",
    url="https://orrery.example/regions/340000/",
    refresh_interval=timedelta(hours=12, minutes=34),
)
TALK = Entry(
    uid="talk-1@orrery.example",
    title=Text("光的故事", "The story of light"),
    start=datetime(2026, 3, 28, 10),
    end=datetime(2026, 3, 28, 11, 30),
    timezone="Asia/Shanghai",
    description=Text("第一行\n第二行; 完, 了\\"),
    location=Text("合肥市黄山路446号", "446 Huangshan Road, Hefei"),
    geo=(31.838, 117.265),
    venue="anhui",
    url="https://orrery.example/events/1",
    kind="lecture",
    audiences=("family",),
    topics=("light", "space, time"),
    refids=("exhibition:light",),
    sequence=3,
    changed_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
RUN = replace(
    TALK,
    uid="run-1",
    title=Text("巡展", "Tour"),
    start=date(2026, 3, 1),
    end=date(2026, 6, 1),
    kind="exhibition",
    changed_at=datetime(2026, 2, 1, tzinfo=UTC),
)


def lines(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")[:-1]


def write(*entries: Entry, language="zh", **more) -> bytes:
    return write_calendar(entries, language=language, calendar=INFO, **more)


def test_write_event_is_written_property_by_property():
    assert lines(write_event(TALK, language="en")) == [
        "BEGIN:VEVENT",
        "SUMMARY:The story of light",
        "DTSTART;TZID=Asia/Shanghai:20260328T100000",
        "DTEND;TZID=Asia/Shanghai:20260328T113000",
        "DTSTAMP:20260102T030405Z",
        "UID:talk-1@orrery.example",
        "SEQUENCE:3",
        "CATEGORIES:lecture,light,space\\, time,family",
        "CREATED:20260101T000000Z",
        "DESCRIPTION:第一行\\n第二行\\; 完\\, 了\\\\",
        "GEO:31.838000;117.265000",
        "LAST-MODIFIED:20260102T030405Z",
        "LOCATION:446 Huangshan Road\\, Hefei",
        "STATUS:CONFIRMED",
        "URL:https://orrery.example/events/1",
        "X-ORRERY-AUDIENCES:family",
        "X-ORRERY-KIND:lecture",
        "X-ORRERY-REFIDS:exhibition:light",
        "X-ORRERY-TOPICS:light,space\\, time",
        "END:VEVENT",
    ]


def test_write_calendar_opens_with_what_it_is_and_when_to_come_back():
    assert lines(write(RUN))[:16] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Orrery//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "DESCRIPTION:全省巡展",
        "X-WR-CALDESC:全省巡展",
        "NAME:安徽省流动科技馆",
        "X-WR-CALNAME:安徽省流动科技馆",
        "COLOR:teal",
        "LAST-MODIFIED:20260201T000000Z",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H34M",
        "SOURCE;VALUE=URI:https://orrery.example/feeds/regions/340000.ics",
        "URL:https://orrery.example/regions/340000/",
        "X-APPLE-CALENDAR-COLOR:#008080",
        "X-PUBLISHED-TTL:PT12H34M",
        "BEGIN:VEVENT",
    ]


def test_write_calendar_has_no_method_and_one_vtimezone_per_zone_used():
    data = write(
        TALK,
        RUN,
        replace(TALK, uid="k", timezone="Asia/Kathmandu"),
        replace(TALK, uid="u", timezone="UTC"),
    )

    found = lines(data)
    assert not any(line.startswith("METHOD") for line in found)
    assert [line for line in found if line.startswith("TZID:")] == [
        "TZID:Asia/Kathmandu",
        "TZID:Asia/Shanghai",
    ]
    assert "DTSTART:20260328T100000Z" in found
    assert faults(data) == []


def test_days_are_written_as_days_with_an_exclusive_end_and_block_nobodys_time():
    found = lines(write_event(RUN, language="zh"))

    assert "DTSTART;VALUE=DATE:20260301" in found
    assert "DTEND;VALUE=DATE:20260601" in found
    assert "TRANSP:TRANSPARENT" in found


def test_a_moment_without_length_has_no_dtend():
    found = lines(write_event(replace(TALK, end=TALK.start), language="zh"))

    assert not any(line.startswith("DTEND") for line in found)


@pytest.mark.parametrize(
    ("language", "summary"), [("zh", "已取消：光的故事"), ("en", "CANCELLED: The story of light")]
)
def test_a_cancelled_entry_says_so_in_its_title_too(language, summary):
    found = lines(write_event(replace(TALK, status="CANCELLED"), language=language))

    assert f"SUMMARY:{summary}" in found
    assert "STATUS:CANCELLED" in found


def test_an_entry_for_hosts_is_private():
    assert "CLASS:PRIVATE" in lines(write_event(replace(TALK, visibility="hosts"), language="zh"))


def test_categories_are_in_the_words_handed_in():
    labels = {"lecture": "讲座", "family": "亲子"}

    found = lines(write_event(TALK, language="zh", labels=labels))

    assert "CATEGORIES:讲座,light,space\\, time,亲子" in found
    assert "X-ORRERY-KIND:lecture" in found


def test_a_series_is_written_with_until_in_utc_and_one_property_per_exception():
    series = replace(
        TALK,
        rrule="FREQ=WEEKLY;UNTIL=20260601T100000;BYDAY=SA",
        exdates=(datetime(2026, 4, 11, 10), datetime(2026, 4, 4, 10)),
        rdates=(datetime(2026, 4, 5, 14),),
    )

    found = lines(write_event(series, language="zh"))

    assert [line for line in found if line.startswith(("RRULE", "EXDATE", "RDATE"))] == [
        "RRULE:FREQ=WEEKLY;UNTIL=20260601T020000Z;BYDAY=SA",
        "RDATE;TZID=Asia/Shanghai:20260405T140000",
        "EXDATE;TZID=Asia/Shanghai:20260404T100000",
        "EXDATE;TZID=Asia/Shanghai:20260411T100000",
    ]


def test_a_rule_that_is_refused_is_not_written():
    with pytest.raises(UnwritableEntry, match="FREQ=HOURLY repeats within a day"):
        write_event(replace(TALK, rrule="FREQ=HOURLY"), language="zh")


def test_two_entries_of_one_identity_are_refused():
    with pytest.raises(UnwritableEntry, match="two entries have the uid 'talk-1"):
        write(TALK, replace(TALK, sequence=4))


def test_an_override_shares_the_uid_of_its_series():
    moved = replace(
        TALK,
        recurrence_id=datetime(2026, 4, 4, 10),
        start=datetime(2026, 4, 4, 14),
        end=datetime(2026, 4, 4, 15),
    )

    data = write(replace(TALK, rrule="FREQ=WEEKLY;COUNT=3"), moved)

    assert "RECURRENCE-ID;TZID=Asia/Shanghai:20260404T100000" in lines(data)
    assert faults(data) == []


def test_unknown_times_of_change_give_a_fixed_dtstamp_never_now():
    found = lines(write_event(replace(TALK, changed_at=None, created_at=None), language="zh"))

    assert "DTSTAMP:19700101T000000Z" in found
    assert not any(line.startswith("LAST-MODIFIED") for line in found)


def test_the_same_entries_in_any_order_give_the_same_bytes():
    entries = [
        replace(TALK, uid=f"e{n}", start=TALK.start - timedelta(days=n % 3)) for n in range(20)
    ]
    shuffled = random.Random(1).sample(entries, len(entries))

    assert write(*shuffled) == write(*entries)


def test_fragments_joined_later_are_the_same_calendar():
    entries = [RUN, TALK]

    joined = join_calendar(
        [write_event(entry, language="zh") for entry in entries],
        language="zh",
        calendar=INFO,
        timezones=["Asia/Shanghai"],
        years=years_of([]),
        changed_at=RUN.changed_at,
    )

    assert joined == write(TALK, RUN)


def test_jittered_refresh_is_fixed_per_feed_and_within_a_quarter():
    found = [jittered_refresh(f"venues/{n}") for n in range(500)]

    assert found == [jittered_refresh(f"venues/{n}") for n in range(500)]
    assert min(found) >= timedelta(hours=9)
    assert max(found) <= timedelta(hours=15)
    assert len(set(found)) > 200


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (timedelta(minutes=45), "PT45M"),
        (timedelta(hours=12), "PT12H"),
        (timedelta(days=7), "P7D"),
        (timedelta(days=1, hours=2), "P1DT2H"),
    ],
)
def test_refresh_interval_is_written_as_a_duration_twice(interval, text):
    data = write_calendar([RUN], language="zh", calendar=replace(INFO, refresh_interval=interval))

    assert f"REFRESH-INTERVAL;VALUE=DURATION:{text}" in lines(data)
    assert f"X-PUBLISHED-TTL:{text}" in lines(data)


def test_calendar_info_refuses_a_colour_without_figures_and_an_interval_of_seconds():
    with pytest.raises(ValueError, match="colour 'hotpink' is not one of"):
        replace(INFO, colour="hotpink")
    with pytest.raises(ValueError, match="is under a minute"):
        replace(INFO, refresh_interval=timedelta(seconds=3))


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "webcal://x/y.ics", "https://", "mailto:a@b"],
)
def test_only_web_addresses_are_written(url):
    assert clean_url(url) == ""
    assert not any(
        line.startswith("URL") for line in lines(write_event(replace(TALK, url=url), language="zh"))
    )


def test_addresses_are_written_in_ascii():
    assert clean_url("https://例.example/a b?c=光") == "https://%E4%BE%8B.example/a%20b?c=%E5%85%89"


# ---- what nobody may break -----------------------------------------------------------------------

HOSTILE = 'a\r\nX-EVIL:1\rb\nc\x00\x0b\x0c\x1c\x1e\x7f\x85\x9f\u2028\u2029\ud800\udfff;,:\\"光🌌'


@pytest.mark.parametrize(
    "field",
    ["uid", "title", "description", "location", "url", "kind", "topics", "audiences", "refids"],
)
def test_hostile_text_adds_neither_line_nor_character(field):
    """O1: in every field, compared with the calendar of harmless text, by two readers."""
    from icalendar import Calendar

    def with_text(text: str) -> bytes:
        if field in ("title", "description", "location"):
            value = Text(text)
        elif field in ("topics", "audiences", "refids"):
            value = (text,)
        else:
            value = f"https://x.example/{text}" if field == "url" else text
        return write(replace(TALK, **{field: value}))

    hostile, harmless = with_text(HOSTILE), with_text("harmless")

    assert faults(hostile) == []
    assert counts(hostile) == counts(harmless)
    assert [sorted(event.keys()) for event in Calendar.from_ical(hostile).walk("VEVENT")] == [
        sorted(event.keys()) for event in Calendar.from_ical(harmless).walk("VEVENT")
    ]


def test_hostile_text_in_the_head_adds_neither_line_nor_character():
    """O1"""
    info = replace(
        INFO,
        name=Text(HOSTILE),
        description=Text(HOSTILE),
        prodid=HOSTILE,
        url=f"https://x.example/{HOSTILE}",
        source_url=f"https://x.example/{HOSTILE}",
    )

    hostile = write_calendar([RUN], language="zh", calendar=info)

    assert faults(hostile) == []
    assert counts(hostile) == counts(write(RUN))


words = st.text(max_size=200)
zones = st.sampled_from(
    ["Asia/Shanghai", "Asia/Kathmandu", "Europe/London", "America/New_York", "Africa/Cairo", "UTC"]
)
moments = st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)
changes = st.none() | moments.map(lambda at: at.replace(tzinfo=UTC))
slugs = st.lists(st.sampled_from(["light", "space", "天文", "a, b; c"]), max_size=3, unique=True)


@st.composite
def entries(draw) -> Entry:
    """An entry whose every word is clean, as it is after one reading."""
    start = draw(moments)
    length = draw(st.timedeltas(timedelta(0), timedelta(days=90)))
    end = (start + length).replace(microsecond=0)
    is_all_day = draw(st.booleans())
    if is_all_day:
        start, end = start.date(), start.date() + timedelta(days=1 + length.days)
    return Entry(
        uid=clean_line(draw(st.text(min_size=1, max_size=60)))[:60].strip() or "uid",
        title=Text(clean_line(draw(words)) or "题"),
        start=start,
        end=end,
        timezone=draw(zones),
        description=Text(clean_text(draw(words)).strip()),
        location=Text(clean_text(draw(words)).strip()),
        geo=draw(st.none() | st.sampled_from([(31.838, 117.265), (-90.0, 180.0), (0.0, -0.5)])),
        url=draw(st.sampled_from(["", "https://x.example/a?b=c,d;e"])),
        contact=Text(clean_text(draw(words)).strip()),
        access_url=draw(st.sampled_from(["", "https://x.example/join?room=1,2;3"])),
        image_url=draw(st.sampled_from(["", "https://x.example/a,b;c.jpg"])),
        kind=draw(st.sampled_from(["other", "lecture", "exhibition"])),
        status=draw(st.sampled_from(["TENTATIVE", "CONFIRMED", "CANCELLED"])),
        visibility=draw(st.sampled_from(["public", "hosts"])),
        audiences=tuple(draw(st.lists(st.sampled_from(["family", "school"]), unique=True))),
        topics=tuple(draw(slugs)),
        refids=tuple(draw(slugs)),
        rrule=draw(st.sampled_from(["", "FREQ=WEEKLY;COUNT=3;BYDAY=SA", "FREQ=DAILY;INTERVAL=2"])),
        exdates=(start,) if draw(st.booleans()) else (),
        sequence=draw(st.integers(0, 2**31 - 1)),
        changed_at=draw(changes),
        created_at=draw(changes),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries())
def test_what_is_written_is_read_back_equal(entry):
    data = write(entry)

    reading = read_calendar(data, default_timezone=entry.timezone, is_own=True)

    assert faults(data) == []
    assert reading.entries == (entry,)
    assert reading.problems == ()
    assert write(*reading.entries) == data


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    uid=words.filter(bool),
    title=words.filter(bool),
    text=words,
    url=words,
    topic=words,
    refid=words,
)
def test_any_text_at_all_gives_a_calendar_without_fault(uid, title, text, url, topic, refid):
    """O1"""
    entry = replace(
        TALK,
        uid=uid,
        title=Text(title),
        description=Text(text),
        location=Text(text),
        url=f"https://{url}",
        kind=topic,
        topics=(topic,),
        refids=(refid,),
    )

    data = write(entry)

    assert faults(data) == []
    assert len(read_calendar(data, default_timezone="UTC").entries) == 1


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=120))
def test_twenty_thousand_texts_in_every_field_give_calendars_without_fault(text):
    """O1"""
    entry = replace(
        TALK,
        uid=text or "x",
        title=Text(text or "x"),
        description=Text(text),
        location=Text(text),
        url=f"https://x/{text}",
        kind=text,
        topics=(text,),
        audiences=(text,),
        refids=(text,),
    )

    assert faults(write_event(entry, language="zh")) == []


# ---- the panel -----------------------------------------------------------------------------------


def season() -> list[Entry]:
    """Every shape an entry can have, in zones that differ in every way."""
    shapes = [TALK, RUN, replace(TALK, end=TALK.start), replace(RUN, status="CANCELLED")]
    shapes += [
        replace(TALK, visibility="hosts", title=Text(HOSTILE), description=Text(HOSTILE * 9))
    ]
    shapes += [
        replace(TALK, rrule=rule)
        for rule in ("FREQ=WEEKLY;UNTIL=20260601", "FREQ=MONTHLY;BYDAY=-1SA;COUNT=4")
    ]
    shapes += [
        replace(TALK, geo=None, url="", location=Text(""), topics=(), refids=(), audiences=())
    ]
    names = ("Asia/Shanghai", "Asia/Kathmandu", "Europe/London", "Africa/Cairo", "UTC")
    return [
        replace(shape, uid=f"{n}@{name}", timezone=name)
        for n, shape in enumerate(shapes)
        for name in names
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_four_readers_take_a_season_without_complaint(language):
    data = write(*season(), language=language)

    assert faults(data) == []
    assert panel.complaints(data) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"DTSTAMP:20260102T030405Z\r\n", b""),
        (b"SUMMARY:", b"SUMMARY:two\r\nSUMMARY:"),
        (b"STATUS:CONFIRMED", b"STATUS:GONE"),
        (b"DTEND;TZID=Asia/Shanghai:20260328T113000", b"DTEND:2026"),
    ],
)
def test_the_panel_does_complain_where_there_is_reason(old, new):
    data = write(TALK)
    assert old in data

    assert panel.complaints(data.replace(old, new)) != []
