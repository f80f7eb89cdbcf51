"""Which rules are taken, which are refused, and by which name."""

from datetime import UTC, date, datetime

import pytest

from events.recurrence.rule import Rule, UnsupportedRule, parse_rule

START = datetime(2026, 3, 7, 10)


def test_parse_rule_reads_every_part():
    text = "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYMONTH=3,1;BYDAY=-1SU,MO;BYHOUR=9;BYSETPOS=-1;WKST=SU"

    assert parse_rule(text) == Rule(
        freq="MONTHLY",
        interval=2,
        count=10,
        by_month=(1, 3),
        by_day=((-1, "SU"), (0, "MO")),
        by_hour=(9,),
        by_set_pos=(-1,),
        week_start="SU",
    )


def test_parse_rule_tolerates_small_letters_blanks_and_a_last_semicolon():
    assert parse_rule(" freq=weekly;byday=mo; ") == Rule(freq="WEEKLY", by_day=((0, "MO"),))


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("FREQ=SECONDLY", "frequency", "FREQ=SECONDLY repeats within a day"),
        ("FREQ=MINUTELY;COUNT=1000000000", "frequency", "FREQ=MINUTELY repeats within a day"),
        ("FREQ=HOURLY;INTERVAL=3", "frequency", "FREQ=HOURLY repeats within a day"),
        ("FREQ=FORTNIGHTLY", "frequency", "FREQ=FORTNIGHTLY is not a frequency"),
        ("COUNT=3", "frequency", r"FREQ=\(none\) is not a frequency"),
        ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5", "rscale", "RSCALE"),
        ("FREQ=DAILY;INTERVAL=0", "interval", "INTERVAL=0 is not a number from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=1001", "interval", "INTERVAL=1001 is not"),
        ("FREQ=DAILY;INTERVAL=-1", "interval", "INTERVAL=-1 is not"),
        ("FREQ=DAILY;COUNT=0", "count", "COUNT=0 is not a number from 1 to 5000"),
        ("FREQ=DAILY;COUNT=5001", "count", "COUNT=5001 is not"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20260401", "count_and_until", "both COUNT and UNTIL"),
        ("FREQ=DAILY;UNTIL=20260230", "until", "UNTIL=20260230 is not a date"),
        ("FREQ=DAILY;UNTIL=SOON", "until", "UNTIL=SOON is not a date"),
        ("FREQ=DAILY;FREQ=DAILY", "syntax", "FREQ twice"),
        ("FREQ=DAILY;BYEASTER=1", "syntax", "unknown part, BYEASTER"),
        ("W1 MO #4", "syntax", "cannot be read"),
        ("", "syntax", "cannot be read"),
        ("FREQ=DAILY;X=" + "1" * 3000, "too_long", "more than 2000 characters"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "bymonthday", "BYMONTHDAY=32 is not a number"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "bymonthday", "BYMONTHDAY=0 is not a number"),
        ("FREQ=MONTHLY;BYDAY=0MO", "byday", "BYDAY=0MO is not a weekday"),
        ("FREQ=MONTHLY;BYDAY=54MO", "byday", "BYDAY=54MO is not a weekday"),
        ("FREQ=MONTHLY;BYDAY=XX", "byday", "BYDAY=XX is not a weekday"),
        ("FREQ=WEEKLY;BYDAY=1MO", "byday", "does not go with FREQ=WEEKLY"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", "byday", "or BYWEEKNO"),
        ("FREQ=MONTHLY;BYWEEKNO=3", "byweekno", "BYWEEKNO does not go with FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYYEARDAY=3", "byyearday", "BYYEARDAY does not go with FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "bymonthday", "BYMONTHDAY does not go with FREQ=WEEKLY"),
        ("FREQ=WEEKLY;WKST=XX", "wkst", "WKST=XX is not a weekday"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,1,2,3,4,5,6,7,8,9", "too_often", "48 starts"),
    ],
)
def test_parse_rule_refuses_by_name(text, code, words):
    """I1, M8 among others: nothing that could not be bounded is let in."""
    with pytest.raises(UnsupportedRule, match=words) as refusal:
        parse_rule(text)

    assert refusal.value.code == code


def test_parse_rule_refuses_lists_whose_product_is_out_of_proportion():
    """I2"""
    months, days = ",".join(map(str, range(1, 13))), ",".join(map(str, range(1, 32)))

    with pytest.raises(UnsupportedRule, match="too many combinations") as refusal:
        parse_rule(f"FREQ=DAILY;BYMONTH={months};BYMONTHDAY={days};BYHOUR=9,10,11")

    assert refusal.value.code == "too_many"


@pytest.mark.parametrize(
    ("until", "start", "last"),
    [
        ("20260401", START, datetime(2026, 4, 1, 23, 59, 59)),
        ("20260401T020000Z", START, datetime(2026, 4, 1, 10)),
        ("20260401T100000", START, datetime(2026, 4, 1, 10)),
        ("20260401", START.date(), date(2026, 4, 1)),
        ("20260401T000000Z", START.date(), date(2026, 4, 1)),
        ("20260331T160000Z", START.date(), date(2026, 4, 1)),
        ("20260401T100000", START.date(), date(2026, 4, 1)),
    ],
)
def test_until_of_any_form_becomes_a_wall_clock_like_the_start(until, start, last):
    rule = parse_rule(f"FREQ=DAILY;UNTIL={until}")

    assert rule.last_wall_clock(start, "Asia/Shanghai") == last


def test_as_text_gives_until_in_utc_for_hours_and_as_a_day_for_days():
    rule = parse_rule("FREQ=WEEKLY;UNTIL=20260401T100000;BYDAY=SA,MO;INTERVAL=2;WKST=SU")

    assert rule.as_text(start=START, timezone="Asia/Shanghai") == (
        "FREQ=WEEKLY;UNTIL=20260401T020000Z;INTERVAL=2;BYDAY=MO,SA;WKST=SU"
    )
    assert rule.as_text(start=START.date(), timezone="Asia/Shanghai") == (
        "FREQ=WEEKLY;UNTIL=20260401;INTERVAL=2;BYDAY=MO,SA;WKST=SU"
    )


def test_as_text_is_read_back_as_the_same_text():
    text = "FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=-1;BYDAY=SU;BYHOUR=9;BYSETPOS=1"

    assert parse_rule(text).as_text(start=START, timezone="UTC") == text


def test_is_endless_without_count_and_until():
    assert parse_rule("FREQ=DAILY").is_endless
    assert not parse_rule("FREQ=DAILY;COUNT=1").is_endless
    assert parse_rule("FREQ=DAILY;UNTIL=20260401T000000Z").until == datetime(2026, 4, 1, tzinfo=UTC)
