"""Rules in words."""

from datetime import date, datetime

import pytest

from events.recurrence.describe import describe

SATURDAY = datetime(2026, 3, 7, 10)


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("FREQ=DAILY", "每天", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "每 3 天，共 5 次", "every 3 days, 5 times"),
        ("FREQ=WEEKLY", "每周六", "every Saturday"),
        (
            "FREQ=WEEKLY;BYDAY=SA,SU;COUNT=8",
            "每周六、日，共 8 次",
            "every Saturday and Sunday, 8 times",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "每个工作日（周一至周五）",
            "every weekday (Monday to Friday)",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,WE,TH;UNTIL=20260630T160000Z",
            "每 2 周的周二、三、四，至 2026 年 7 月 1 日",
            "every 2 weeks on Tuesday, Wednesday and Thursday, until 1 July 2026",
        ),
        ("FREQ=MONTHLY", "每月 7 日", "every month on day 7"),
        ("FREQ=MONTHLY;BYDAY=1SA", "每月第一个周六", "every month on the first Saturday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "每月最后一个周五", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "每月最后一天", "every month on the last day"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "每 3 个月的 15 日", "every 3 months on day 15"),
        ("FREQ=YEARLY;COUNT=1", "每年 3 月 7 日，共 1 次", "every year on 7 March, once"),
        ("FREQ=YEARLY;BYMONTH=9", "每年 9 月 7 日", "every year on 7 September"),
        (
            "FREQ=YEARLY;BYWEEKNO=20;COUNT=2",
            "按特定规则重复，共 2 次",
            "repeated by a rule of its own, 2 times",
        ),
        ("FREQ=WEEKLY;BYMONTH=7,8", "按特定规则重复", "repeated by a rule of its own"),
    ],
)
def test_describe_says_the_rule(rule, zh, en):
    assert describe(rule, "zh", start=SATURDAY, timezone="Asia/Shanghai") == zh
    assert describe(rule, "en", start=SATURDAY, timezone="Asia/Shanghai") == en


def test_describe_of_days_ends_on_the_day_written():
    words = describe(
        "FREQ=DAILY;UNTIL=20260401", "en", start=date(2026, 3, 7), timezone="Asia/Shanghai"
    )

    assert words == "every day, until 1 April 2026"


def test_describe_refuses_a_language_it_does_not_speak():
    with pytest.raises(ValueError, match="'fr' is not one of zh, en"):
        describe("FREQ=DAILY", "fr", start=SATURDAY, timezone="UTC")
