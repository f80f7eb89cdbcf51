"""Words for kinds and audiences in calendars (CATEGORIES). Topics stand there by their slugs."""

from __future__ import annotations

from collections.abc import Mapping

from events.enums import Audience, EventKind
from events.ical.entry import Text

AUDIENCES: Mapping[str, Text] = {
    Audience.YOUTH: Text("青少年", "young people"),
    Audience.FARMER: Text("农民", "farmers"),
    Audience.WORKER: Text("产业工人", "workers"),
    Audience.ELDERLY: Text("老年人", "the elderly"),
    Audience.OFFICIAL: Text("干部和公务员", "officials"),
    Audience.FAMILY: Text("亲子", "families"),
    Audience.SCHOOL: Text("学校", "schools"),
    Audience.EVERYONE: Text("所有人", "everyone"),
}
KINDS: Mapping[str, Text] = {
    EventKind.EXHIBITION: Text("展览", "exhibition"),
    EventKind.SHOW: Text("科学表演", "show"),
    EventKind.LECTURE: Text("讲座", "lecture"),
    EventKind.WORKSHOP: Text("工作坊", "workshop"),
    EventKind.COURSE: Text("课程", "course"),
    EventKind.OPEN_DAY: Text("开放日", "open day"),
    EventKind.CAMP: Text("营地活动", "camp"),
    EventKind.CONTEST: Text("竞赛", "contest"),
    EventKind.CARAVAN_VISIT: Text("科普大篷车", "caravan visit"),
    EventKind.ONLINE: Text("线上活动", "online"),
    EventKind.LOGISTICS: Text("布展与运输", "logistics"),
    EventKind.OTHER: Text("其他", "other"),
}
LABELS: Mapping[str, Mapping[str, str]] = {
    language: {
        str(word): text.in_language(language) for word, text in {**KINDS, **AUDIENCES}.items()
    }
    for language in ("zh", "en")
}
"""By language and by the value of the enum."""
