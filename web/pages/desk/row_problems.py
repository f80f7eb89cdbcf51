"""What is wrong with a row of a file, in Chinese: the readers of sheets speak English.

The sentences that museums meet most are said again word for word; any other is said in general,
for the row, the column and the cell stand beside it.
"""

from __future__ import annotations

import re

from web.pages.page import language

_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Unknown heading\..*", "无法识别的列名。请在下方说明该列的含义，或删除该列。"),
    (r"Stands twice, also as “(.+)”.*", "与“{0}”列重复，请删除其中一列。"),
    (r"The column “(.+)” is missing.*", "缺少“{0}”列，请补充。"),
    (r"Must not be empty\.", "不能为空。"),
    (r"A value without a heading.*", "该列没有列名，请补充列名或删除内容。"),
    (r"Must be text.*", "应为文本，请把单元格设为文本格式。"),
    (r"Holds invisible control characters.*", "含有不可见的控制字符，请重新输入。"),
    (r"Has (\d+) characters; at most (\d+).*", "共{0}个字符，最多保留{1}个。"),
    (r"Must be a number.*|“.*” is not a number.*", "应为数字，不带单位。"),
    (r"Must lie between (\S+) and (\S+), not (.+)\.", "应在{0}与{1}之间，而不是{2}。"),
    (r"Must be a whole number.*", "应为整数。"),
    (r"Must be a time of day.*", "应为时间，例如 09:30。"),
    (r"Must be a (?:day|date).*", "应为日期，例如 2027-03-06。"),
    (r"“(.*)” is unknown; use one of: (.+)\.", "“{0}”不在可选范围内，应为：{1}。"),
    (r"“(.*)” is not a day of the calendar\.", "“{0}”不是有效日期。"),
    (r"Write 是 or 否.*", "请填“是”或“否”。"),
    (r"Give the time at which it starts too.*", "请同时填写开始时间，或都不填。"),
    (r"Ends before it starts\.", "结束早于开始。"),
    (r"The same event as in row (\d+).*", "与第{0}行是同一活动，请删除其一或编号区分。"),
    (r"Give both the first and the last day\.", "请同时填写起止日期。"),
    (r"Give both coordinates.*", "请同时填写经纬度，或都不填。"),
    (r"Stands in row (\d+) already.*", "与第{0}行重复，请删除其中一行。"),
    (r"The event is published; ask.*", "该活动已发布，请由场馆发布员修改。"),
    (r"There are (\d+) called “(.+)”.*", "名为“{1}”的有{0}个：请写代码，或先登记。"),
    (r"You do not decide about units of (.+); ask.*", "{0}的套（车）不归您管理，请联系其计划员。"),
)
_ANY = "这里的内容不能采用，请核对后重新提交。"


def row_problem(message: str) -> str:
    """The reader's own words in English, ours in Chinese."""
    if language() == "en":
        return message
    for pattern, chinese in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return chinese.format(*found.groups())
    return _ANY
