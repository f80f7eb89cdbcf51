"""Museums are told what is wrong with a file in Chinese as well as in English."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import pytest

from tests.factories.touring import PlacedVenueFactory
from tests.factories.venues import UserFactory
from tests.venues.sheets import xlsx
from touring.imports.words import OF_SHEETS
from touring.services.uploads import hand_in
from venues.imports.archive import UnreadableFile
from venues.imports.words import OF_FILES, OF_TABLES, in_chinese, is_known

ROOT = Path(__file__).resolve().parents[2]
SPEAKERS = [
    *sorted((ROOT / "venues" / "imports").glob("*.py")),
    *sorted((ROOT / "touring" / "imports").glob("*_sheet.py")),
    ROOT / "events" / "imports" / "events_sheet.py",
    ROOT / "venues" / "services" / "intake.py",
    ROOT / "touring" / "services" / "intake.py",
    ROOT / "touring" / "services" / "units_intake.py",
]
_RAISED = {"ValueError", "UnreadableFile", "RowProblem", "problem", "_refuse"}


def readings(node: ast.expr | None) -> list[str]:
    """Every sentence the expression can be, with 7 in place of what differs."""
    match node:
        case ast.Constant(value=str(words)):
            return [words]
        case ast.JoinedStr(values=parts):
            return ["".join(p.value if isinstance(p, ast.Constant) else "7" for p in parts)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            both = itertools.product(readings(left), readings(right))
            return [first + second for first, second in both]
        case ast.IfExp(body=body, orelse=other):
            return readings(body) + readings(other)
    return ["7"]


def sentences_of(path: Path) -> set[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            found += readings(node.args[-1]) if name in _RAISED else []
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "message":
            found += readings(node.value)
    return {words for words in found if words.endswith(".") and " " in words}


def test_every_sentence_about_a_table_is_known_in_chinese():
    said = {words for path in SPEAKERS for words in sentences_of(path)}

    assert len(said) > 60
    assert {words for words in said if not is_known(words, OF_SHEETS)} == set()


def test_nothing_that_differs_is_lost_on_the_way():
    for table in (OF_TABLES, OF_FILES, OF_SHEETS):
        for english, chinese in table.items():
            filled = in_chinese(english.replace("{}", "«»"), OF_SHEETS)
            assert filled.count("«»") == chinese.count("{") <= english.count("{}")


def test_an_unknown_sentence_is_shown_as_it_is():
    assert in_chinese("Something else.") == "请更正此处（Something else.）"


@pytest.mark.django_db
def test_the_report_of_a_file_speaks_both_languages(now):
    PlacedVenueFactory(slug="museum")
    content = xlsx(["标题", "开始日期", "开始时间"], [None, "2027-02-30", "25:00"])
    boss = UserFactory(is_superuser=True)

    report = hand_in(kind="events", content=content, place="museum", by=boss, now=now).report

    assert [(problem["message"], problem["zh"]) for problem in report["problems"]] == [
        ("Must not be empty.", "不能为空。"),
        ("“2027-02-30” is not a day of the calendar.", "日历上没有“2027-02-30”这一天。"),
        (
            "Must be a time of day such as 09:30, before 24:00.",
            "必须是一天里的时刻，如 09:30，早于 24:00。",
        ),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "content", "chinese"),
    [
        ("events", b"<html></html>", "这是网页或 XML，不是表格。请另存为 .xlsx 或 CSV。"),
        ("calendar", b"<html></html>", "该地址给出的是网页（可能要求登录），不是日历。"),
    ],
)
def test_what_is_no_such_file_is_refused_in_both_languages(now, kind, content, chinese):
    PlacedVenueFactory(slug="museum")

    with pytest.raises(UnreadableFile) as refusal:
        hand_in(
            kind=kind, content=content, place="museum", by=UserFactory(is_superuser=True), now=now
        )

    assert refusal.value.detail["zh"] == chinese
