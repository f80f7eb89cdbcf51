"""What is wrong with a table, in Chinese: the readers speak English, museums are shown both.

Each sentence of the readers stands here once, with ``{}`` in place of what differs. A sentence
that nobody put here is shown as it is, behind a Chinese request to correct the cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

Sentences = Mapping[str, str]

_OTHERWISE = "请更正此处（{}）"
_COPY = "请把各行（不带格式）复制到新的工作簿。"

OF_TABLES: Sentences = {
    # one cell
    "Must not be empty.": "不能为空。",
    "Must be text; format the cell as text.": "必须是文字；请把单元格设为文本格式。",
    "Holds invisible control characters ({}); retype it.": "含有看不见的控制字符（{}）；请重新输入。",
    "Holds control characters ({}); remove them.": "含有控制字符（{}）；请删去。",
    "Has {} characters; at most {} are kept.": "有 {} 个字；最多保留 {} 个。",
    "Must be a number, without a unit.": "必须是数字，不带单位。",
    "Must be a number that is not negative.": "必须是不小于零的数字。",
    "Must lie between {} and {}, not {}.": "必须在 {} 到 {} 之间，不能是 {}。",
    "“{}” is not a number; write it without a unit.": "“{}”不是数字；请不要写单位。",
    "Must be a whole number, not {}.": "必须是整数，不能是 {}。",
    "Write 是 or 否 (yes or no).": "请填“是”或“否”。",
    "“{}” is not a day of the calendar.": "日历上没有“{}”这一天。",
    "Must be a day such as 2026-03-01, without a time.": "必须是日期，如 2026-03-01，不带时间。",
    "“{}” is unknown; use one of: {}.": "没有“{}”这一项；请从中选择：{}。",
    "The cell shows the error {}; correct its formula.": "单元格显示错误 {}；请改正公式。",
    "The cell holds a day before March 1900, which Excel counts wrongly.": (
        "日期早于 1900 年 3 月，Excel 对它计算有误。"
    ),
    "Must begin with https:// or http://.": "必须以 https:// 或 http:// 开头。",
    # headings
    "Unknown heading. Delete the column, or use one of: {}.": "没有这个列标题。请删去该列，或改用：{}。",
    "Stands twice, also as “{}”. Delete one of them.": "这一列重复，另一处标题是“{}”。请删去其一。",
    "The column “{}” is missing. Add it.": "缺少“{}”列，请补上。",
    "A value without a heading above it. Give the column a heading or delete the value.": (
        "这个值上方没有列标题。请补上标题，或删去这个值。"
    ),
    # venues
    "Give both coordinates, or neither.": "经度和纬度请都填，或都不填。",
    "The same venue as in row {}; delete one of them.": "与第 {} 行是同一场馆；请删去一行。",
    "Must be given outside China: an IANA zone such as Asia/Kathmandu.": (
        "在中国以外必须填写时区（IANA 名称，如 Asia/Kathmandu）。"
    ),
    "“{}” still leads to another venue. Choose another.": "“{}”仍指向另一场馆，请另选一个。",
    "“{}” is the name of several regions; write the code: {}.": "有几个地区叫“{}”；请写代码：{}。",
    "There is no region “{}”. Write its code, such as 510981.": (
        "没有地区“{}”。请写行政区划代码，如 510981。"
    ),
    "“{}” is the name of {} organisations. Write one of: {}.": "有 {1} 个机构叫“{0}”。请写其一：{2}。",
    "“{}” is the name of {} organisations. Register it first, or leave the cell empty.": (
        "没有机构“{0}”（{1}）。请先登记，或留空。"
    ),
    "You do not administer {}.": "{} 不归您管理。",
    # days off and school terms
    "The file holds no days. Add a row for each.": "文件里没有日期。请每天填一行。",
    "The file holds no terms. Add a row for each.": "文件里没有学期。请每个学期填一行。",
    "Lies outside {}. Each year has a table of its own.": "不在 {} 年内。每年一张表。",
    "The same day as in row {}; delete one of them.": "与第 {} 行是同一天；请删去一行。",
    "{} is no weekend day, so nobody makes up for anything by working on it.": (
        "{} 不是周末，不能是调休上班日。"
    ),
    "{} lies more than 60 days from {}; correct one of them.": "{} 与 {} 相差超过 60 天；请更正其一。",
    "Must be 1 to {} days after the term begins.": "必须在开学后 1 至 {} 天之间。",
    "Does not lie in the school year {}.": "不在 {} 学年内。",
    "Overlaps a term above it.": "与上面的学期重叠。",
}

OF_FILES: Sentences = {
    "The file is larger than {} MB; split it.": "文件大于 {} MB；请拆分。",
    "The file is larger than {} bytes; split it.": "文件大于 {} 字节；请拆分。",
    "The file has no rows. The first row must hold the headings.": "文件是空的。第一行必须是列标题。",
    "The sheet has more than {} columns; delete the rest.": "表格超过 {} 列；请删去多余的列。",
    "The sheet has more than {} rows (empty formatted rows count). Delete the empty rows below the "
    "table, or split the file.": "表格超过 {} 行（带格式的空行也算）。请删去表格下方的空行，或拆分文件。",
    "The workbook holds more than {} values, or values in very many columns, or very many formats. "
    "Copy the rows, without formats, into a new workbook, or split it.": (
        "工作簿的值超过 {} 个，或散布在过多的列里，或格式过多。" + _COPY[:-1] + "，或拆分文件。"
    ),
    "The workbook unpacks to {} bytes, {} times its size; at most {} bytes and {} times are read. "
    "Copy the rows into a new workbook.": (
        "工作簿解压后有 {} 字节，是文件的 {} 倍；最多读取 {} 字节、{} 倍。" + _COPY
    ),
    "The part {} of the workbook is too large. Copy the rows, without formats, into a new "
    "workbook.": "工作簿的部件 {} 过大。" + _COPY,
    "Reading the file takes too much time or memory, so it was given up. Copy the rows, without "
    "formats, into a new workbook.": "读取文件耗费过多时间或内存，已放弃。" + _COPY,
    "This is an old Excel file (.xls) or an encrypted workbook. Save it as Excel workbook (.xlsx) "
    "without a password.": "这是旧版 Excel 文件（.xls）或加密的工作簿。请另存为不带密码的 .xlsx。",
    "This is an OpenDocument file. Save it as Excel workbook (.xlsx).": (
        "这是 OpenDocument 文件。请另存为 Excel 工作簿（.xlsx）。"
    ),
    "This is a web page or XML, not a table. Save it as .xlsx or CSV.": (
        "这是网页或 XML，不是表格。请另存为 .xlsx 或 CSV。"
    ),
    "The workbook is encrypted. Save it without a password.": "工作簿已加密。请去掉密码后另存。",
    "The workbook has no visible sheet.": "工作簿没有可见的工作表。",
    "The workbook cannot be read ({}). Open it and save it again as Excel workbook (.xlsx).": (
        "工作簿无法读取（{}）。请打开后另存为 .xlsx。"
    ),
    "The workbook is damaged ({}). Open it and save it again as .xlsx.": (
        "工作簿已损坏（{}）。请打开后另存为 .xlsx。"
    ),
    "The file is damaged, or something else is hidden in it. Open it and save it again as Excel "
    "workbook (.xlsx).": "文件已损坏，或夹带了别的内容。请打开后另存为 Excel 工作簿（.xlsx）。",
    "Something precedes the workbook in this file. Save it as .xlsx.": (
        "文件里工作簿之前还有别的内容。请另存为 .xlsx。"
    ),
    "No spreadsheet program wrote this file. Save it again as .xlsx.": (
        "这不是表格软件保存的文件。请重新另存为 .xlsx。"
    ),
    "The part {} of the workbook cannot be read: it declares entities. Save it again as .xlsx.": (
        "工作簿的部件 {} 无法读取：其中声明了实体。请重新另存为 .xlsx。"
    ),
    "The part {} of the workbook is not UTF-8. Save it again as .xlsx.": (
        "工作簿的部件 {} 不是 UTF-8 编码。请重新另存为 .xlsx。"
    ),
    "The rows of the sheet are in no order. Save it again as .xlsx.": (
        "工作表的行号顺序混乱。请重新另存为 .xlsx。"
    ),
    "The file is neither a workbook nor a text table. Save it as .xlsx or as CSV (UTF-8).": (
        "文件既不是工作簿，也不是文本表格。请另存为 .xlsx 或 CSV（UTF-8）。"
    ),
    "The text is neither UTF-8 nor GBK. Save it as .xlsx or as CSV (UTF-8).": (
        "文字既不是 UTF-8 也不是 GBK 编码。请另存为 .xlsx 或 CSV（UTF-8）。"
    ),
    "The CSV breaks off at line {} ({}); look for an open quotation mark, or save the table as "
    ".xlsx.": "CSV 在第 {} 行中断（{}）；请检查是否有未闭合的引号，或另存为 .xlsx。",
}


def in_chinese(message: str, *tables: Sentences) -> str:
    """What ``message`` says, by the first of the ``tables`` that has its sentence."""
    for table in (*tables, OF_TABLES, OF_FILES):
        for pattern, chinese in _patterns(tuple(table.items())):
            if found := pattern.fullmatch(message):
                return chinese.format(*found.groups())
    return _OTHERWISE.format(message)


def is_known(message: str, *tables: Sentences) -> bool:
    return in_chinese(message, *tables) != _OTHERWISE.format(message)


@cache
def _patterns(sentences: Sequence[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.escape(english).replace(r"\{\}", "(.*?)"), re.DOTALL), chinese)
        for english, chinese in sentences
    )
