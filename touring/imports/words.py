"""What is wrong with a sheet of units, requests or events, in Chinese."""

from __future__ import annotations

from venues.imports.words import Sentences

OF_SHEETS: Sentences = {
    # units and requests
    "Stands in row {} already. Delete one of them.": "与第 {} 行重复。请删去一行。",
    "You do not decide about units of {}; ask its planners.": "{} 的展品套不归您管理；请联系其计划员。",
    "There are 0 called “{}”: correct it or register it first.": "没有“{}”；请更正，或先登记。",
    "There are {} called “{}”: write its code or address name (slug).": (
        "有 {} 个叫“{}”；请写编号或网址名。"
    ),
    "There are {} called “{}”: {}.": "有 {} 个叫“{}”（{}）。",
    "Give both the first and the last day.": "起止日期都要填写。",
    "There are 0 venues “{}”. Write the one's address name (slug).": "没有场馆“{}”。请写网址名。",
    "There are {} venues “{}”. Write the one's address name (slug).": (
        "有 {} 个场馆叫“{}”。请写要选的那个的网址名。"
    ),
    "You may not ask for tours on behalf of {}.": "您不能替 {} 申报巡展。",
    "{} belongs to season {}. Change it.": "{} 属于季度 {}，请更正。",
    "{} is {}. Leave the code empty to ask anew.": "{} 的状态是 {}。要重新申报，请把编号留空。",
    "{} has no space “{}”; use one of: {}.": "{} 没有展厅“{}”；可选：{}。",
    "There is no exhibition “{}”; use one of: {}.": "没有展览“{}”；可选：{}。",
    # events
    "Must be a time of day such as 09:30, before 24:00.": "必须是一天里的时刻，如 09:30，早于 24:00。",
    "Give the time at which it starts too, or neither.": "请把开始时间也填上，或两个时间都不填。",
    "Must lie between the years 1901 and 2198.": "年份必须在 1901 到 2198 之间。",
    "Ends before it starts.": "结束早于开始。",
    "The same event as in row {}; delete one, or number them.": (
        "与第 {} 行是同一活动；请删去一行，或填写编号。"
    ),
    "The event is published; ask one of the venue's publishers to change it.": (
        "活动已发布；请本馆的发布人员来改。"
    ),
    "There is no venue {} in the network.": "网络里没有场馆 {}。",
    "There is no topic {}; it was left out.": "没有主题 {}，已略去。",
}
