"""What is wrong with a calendar, in Chinese beside the English sentence of the reader."""

from __future__ import annotations

from typing import Any

from events.ical.problem import Problem

_OTHERWISE = "文件中有一处无法读取。"
_CHINESE = {
    # one event, or one line of it
    "bad_date": "日期无法读取。",
    "bad_duration": "时长（DURATION）无法采用。",
    "bad_geo": "坐标（GEO）不在地球上，已略去。",
    "bad_url": "网址（URL）不是 http(s) 地址，已略去。",
    "broken": "活动不完整：缺少结束标记。",
    "cut": "文字过长，已截短。",
    "end_before_start": "活动的结束早于开始。",
    "exrule": "不支持 EXRULE，请逐日写成 EXDATE。",
    "invalid": "活动无法采用。",
    "known_elsewhere": "同一时间、同一名称的活动已由本馆其他来源发布，未重复采用。",
    "line_too_long": "有一行过长，已略去。",
    "no_start": "活动没有开始时间（DTSTART）。",
    "no_title": "活动没有标题（SUMMARY）。",
    "no_uid": "活动没有标识（UID），已按内容生成。",
    "not_a_property": "有一行无法读取，已略去。",
    "orphan_override": "活动只改动系列中的一天，而系列不在文件里；已单独列出。",
    "own_event": "活动出自本网络，这里已经有了。",
    "range": "改动“此后所有日期”（RANGE=THISANDFUTURE）只能部分采用。",
    "stray_end": "有一个结束标记没有对应的开始。",
    "too_costly": "重复规则给出的日期过多，未采用。",
    "too_many_dates": "逐个列出的日期过多。",
    "two_rules": "活动有几条重复规则，只采用第一条。",
    "unknown_timezone": "时区名称无人认识，已按日历的时区处理。",
    "year": "日期所在的年份不可用。",
    "rule_start": "系列开始得太早（1970 年以前）。",
    # taking over
    "not_taken_over": "活动的部分内容未能采用。",
    "held": "突然缺少的活动太多，已全部保留；请确认，或检查日历。",
    # the file
    "cut_off": "文件不完整，末尾被截断；请重新导出或下载。",
    "empty": "文件是空的。",
    "encoding": "文件不是 UTF-8 编码，文字可能有误。",
    "no_calendar": "文件不是日历（缺少 BEGIN:VCALENDAR）。",
    "no_events": "日历里一个活动也没有。",
    "no_readable_events": "日历里的活动一个也读不出来。",
    "too_deep": "文件的结构嵌套过深。",
    "too_large": "文件过大，请少导出一些。",
    "too_many": "文件里的活动过多，请少导出一些。",
    "utf16": "文件是 UTF-16 编码；请用 UTF-8 导出。",
    "web_page": "该地址给出的是网页（可能要求登录），不是日历。",
    "too_slow": "读取文件耗费过多时间或内存，已放弃；请少导出一些，或检查文件。",
    "own_feed": "这是本网络自己的日历，其中的活动这里都已经有了。",
    # the way to it
    "unreachable": "地址连接不上，或没有及时应答；请在浏览器中检查。",
    "address": "地址写法有误，或不是可以读取的地址。",
    "status": "服务器的应答不是日历（状态码不是 200）。",
    "redirects": "地址一再转向别处，或转向了不安全的地址。",
    "packed": "服务器发来的内容无法解压或不完整。",
}


def sentence(code: str, english: str) -> dict[str, str]:
    """Both languages of what ``code`` stands for; the English one knows the details."""
    kind = "rule" if code.startswith("rule_") and code not in _CHINESE else code
    chinese = "重复规则（RRULE）无法采用。" if kind == "rule" else _CHINESE.get(kind, _OTHERWISE)
    return {"zh": chinese, "en": english}


def told(problem: Problem) -> dict[str, Any]:
    """A problem as museums are shown it."""
    return {
        "line": problem.line,
        "uid": problem.uid or "",
        "code": problem.code,
        **sentence(problem.code, problem.words),
    }
