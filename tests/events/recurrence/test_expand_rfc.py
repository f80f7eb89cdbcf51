"""The examples of RFC 5545 3.8.5.3, instance by instance; those under a day are refused."""

from datetime import date, datetime, time

import pytest

from events.recurrence.expand import expand
from events.recurrence.rule import UnsupportedRule

NEW_YORK = "America/New_York"


def days(text: str) -> list[date]:
    """``1997: 9/2-9/5 10/1`` as days."""
    found, year = [], 0
    for word in text.split():
        if word.endswith(":"):
            year = int(word[:-1])
            continue
        month, _, numbers = word.partition("/")
        for number in numbers.split(","):
            first, _, last = number.partition("-")
            found += [date(year, int(month), n) for n in range(int(first), int(last or first) + 1)]
    return found


def expanded(rule: str, start: date = date(1997, 9, 2), *, exdates=(), end=date(2010, 1, 1)):
    at = datetime.combine(start, time(9))
    found = expand(
        rule,
        (),
        exdates,
        at,
        at,
        NEW_YORK,
        window_first=at,
        window_end=datetime.combine(end, time()),
    )
    assert not found.truncated
    return list(found.starts)


def at_nine(text: str) -> list[datetime]:
    return [datetime.combine(day, time(9)) for day in days(text)]


@pytest.mark.parametrize(
    ("rule", "start", "first_days"),
    [
        ("FREQ=DAILY;COUNT=10", "1997: 9/2", "1997: 9/2-11"),
        (
            "FREQ=DAILY;UNTIL=19971224T000000Z",
            "1997: 9/2",
            "1997: 9/2-30 10/1-31 11/1-30 12/1-23",
        ),
        ("FREQ=DAILY;INTERVAL=2", "1997: 9/2", "1997: 9/2,4,6,8,10,12,14,16,18,20,22,24,26,28,30"),
        ("FREQ=DAILY;INTERVAL=10;COUNT=5", "1997: 9/2", "1997: 9/2,12,22 10/2,12"),
        (
            "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
            "1998: 1/1",
            "1998: 1/1-31 1999: 1/1-31 2000: 1/1-31",
        ),
        (
            "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
            "1998: 1/1",
            "1998: 1/1-31 1999: 1/1-31 2000: 1/1-31",
        ),
        (
            "FREQ=WEEKLY;COUNT=10",
            "1997: 9/2",
            "1997: 9/2,9,16,23,30 10/7,14,21,28 11/4",
        ),
        (
            "FREQ=WEEKLY;UNTIL=19971224T000000Z",
            "1997: 9/2",
            "1997: 9/2,9,16,23,30 10/7,14,21,28 11/4,11,18,25 12/2,9,16,23",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
            "1997: 9/2",
            "1997: 9/2,16,30 10/14,28 11/11,25 12/9,23 1998: 1/6,20 2/3,17",
        ),
        (
            "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
            "1997: 9/2",
            "1997: 9/2,4,9,11,16,18,23,25,30 10/2",
        ),
        (
            "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
            "1997: 9/2",
            "1997: 9/2,4,9,11,16,18,23,25,30 10/2",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
            "1997: 9/1",
            "1997: 9/1,3,5,15,17,19,29 10/1,3,13,15,17,27,29,31 11/10,12,14,24,26,28 12/8,10,12,22",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
            "1997: 9/2",
            "1997: 9/2,4,16,18,30 10/2,14,16",
        ),
        (
            "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
            "1997: 9/5",
            "1997: 9/5 10/3 11/7 12/5 1998: 1/2 2/6 3/6 4/3 5/1 6/5",
        ),
        (
            "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
            "1997: 9/5",
            "1997: 9/5 10/3 11/7 12/5",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            "1997: 9/7",
            "1997: 9/7,28 11/2,30 1998: 1/4,25 3/1,29 5/3,31",
        ),
        (
            "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
            "1997: 9/22",
            "1997: 9/22 10/20 11/17 12/22 1998: 1/19 2/16",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-3",
            "1997: 9/28",
            "1997: 9/28 10/29 11/28 12/29 1998: 1/29 2/26",
        ),
        (
            "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
            "1997: 9/2",
            "1997: 9/2,15 10/2,15 11/2,15 12/2,15 1998: 1/2,15",
        ),
        (
            "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
            "1997: 9/30",
            "1997: 9/30 10/1,31 11/1,30 12/1,31 1998: 1/1,31 2/1",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
            "1997: 9/10",
            "1997: 9/10-15 1999: 3/10-13",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
            "1997: 9/2",
            "1997: 9/2,9,16,23,30 11/4,11,18,25 1998: 1/6,13,20,27 3/3,10,17,24,31",
        ),
        (
            "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
            "1997: 6/10",
            "1997: 6/10 7/10 1998: 6/10 7/10 1999: 6/10 7/10 2000: 6/10 7/10 2001: 6/10 7/10",
        ),
        (
            "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
            "1997: 3/10",
            "1997: 3/10 1999: 1/10 2/10 3/10 2001: 1/10 2/10 3/10 2003: 1/10 2/10 3/10",
        ),
        (
            "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            "1997: 1/1",
            "1997: 1/1 4/10 7/19 2000: 1/1 4/9 7/18 2003: 1/1 4/10 7/19 2006: 1/1",
        ),
        ("FREQ=YEARLY;BYDAY=20MO", "1997: 5/19", "1997: 5/19 1998: 5/18 1999: 5/17"),
        (
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
            "1997: 5/12",
            "1997: 5/12 1998: 5/11 1999: 5/17",
        ),
        (
            "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
            "1997: 3/13",
            "1997: 3/13,20,27 1998: 3/5,12,19,26 1999: 3/4,11,18,25",
        ),
        (
            "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
            "1997: 6/5",
            (
                "1997: 6/5,12,19,26 7/3,10,17,24,31 8/7,14,21,28"
                " 1998: 6/4,11,18,25 7/2,9,16,23,30 8/6,13,20,27"
            ),
        ),
        (
            "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            "1997: 9/13",
            "1997: 9/13 10/11 11/8 12/13 1998: 1/10 2/7 3/7 4/11 5/9 6/13",
        ),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "1996: 11/5",
            "1996: 11/5 2000: 11/7 2004: 11/2",
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
            "1997: 9/4",
            "1997: 9/4 10/7 11/6",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            "1997: 9/29",
            "1997: 9/29 10/30 11/27 12/30 1998: 1/29 2/26 3/30",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997: 8/5",
            "1997: 8/5,10,19,24",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997: 8/5",
            "1997: 8/5,17,19,31",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            "2007: 1/15",
            "2007: 1/15,30 2/15 3/15,30",
        ),
    ],
)
def test_expand_gives_the_instances_of_the_rfc(rule, start, first_days):
    found = expanded(rule, days(start)[0])

    wanted = at_nine(first_days)
    assert found[: len(wanted)] == wanted
    if "COUNT" in rule or "UNTIL" in rule:
        assert len(found) == len(wanted)


def test_expand_gives_friday_the_thirteenth_without_the_excluded_first():
    found = expanded(
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        exdates=(datetime(1997, 9, 2, 9),),
        end=date(2000, 12, 1),
    )

    assert found == at_nine("1998: 2/13 3/13 11/13 1999: 8/13 2000: 10/13")


def test_expand_gives_every_twenty_minutes_of_the_working_day():
    found = expanded(
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", end=date(1997, 9, 4)
    )

    assert len(found) == 48
    assert found[:4] == [datetime(1997, 9, 2, 9, m) for m in (0, 20, 40)] + [
        datetime(1997, 9, 2, 10)
    ]
    assert found[-1] == datetime(1997, 9, 3, 16, 40)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z",
        "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
        "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
    ],
)
def test_expand_refuses_the_examples_under_a_day_by_name(rule):
    with pytest.raises(UnsupportedRule, match="repeats within a day"):
        expanded(rule)
