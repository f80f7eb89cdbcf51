"""Words for the fixed vocabularies, in both languages. Topics and campaigns bring their own."""

from __future__ import annotations

from collections.abc import Mapping

from events.enums import (
    Accessibility,
    Audience,
    EventKind,
    ImageLicence,
    OrganiserRole,
    Sector,
    Status,
)
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
SECTORS: Mapping[str, Text] = {
    Sector.EDUCATION: Text("教育", "education"),
    Sector.CULTURE: Text("文化", "culture"),
    Sector.HEALTH: Text("卫生健康", "health"),
    Sector.SPORT: Text("体育", "sport"),
    Sector.TOURISM: Text("旅游", "tourism"),
}
ROLES: Mapping[str, Text] = {
    OrganiserRole.HOST: Text("主办", "Host"),
    OrganiserRole.UNDERTAKER: Text("承办", "Organised by"),
    OrganiserRole.CO_ORGANISER: Text("协办", "With"),
    OrganiserRole.GUIDING_UNIT: Text("指导单位", "Guided by"),
    OrganiserRole.SPONSOR: Text("支持单位", "Supported by"),
}
ACCESSIBILITY: Mapping[str, Text] = {
    Accessibility.WHEELCHAIR: Text("可使用轮椅", "wheelchair users welcome"),
    Accessibility.SIGN_LANGUAGE: Text("手语翻译", "sign language"),
    Accessibility.CAPTIONS: Text("字幕", "captions"),
    Accessibility.HEARING_LOOP: Text("助听感应线圈", "hearing loop"),
    Accessibility.AUDIO_DESCRIPTION: Text("口述影像", "audio description"),
    Accessibility.TACTILE: Text("可触摸", "things to touch"),
    Accessibility.PLAIN_LANGUAGE: Text("通俗语言", "plain language"),
    Accessibility.QUIET: Text("安静时段", "quiet hours"),
}
LICENCES: Mapping[str, Text] = {
    ImageLicence.CC0: Text("CC0（公有领域）", "CC0 (public domain)"),
    ImageLicence.CC_BY: Text("CC BY 4.0", "CC BY 4.0"),
    ImageLicence.CC_BY_SA: Text("CC BY-SA 4.0", "CC BY-SA 4.0"),
    ImageLicence.PRESS: Text("可用于宣传本活动", "free for announcing this event"),
    ImageLicence.OWN_PAGES: Text("仅限本网站使用", "for this site only"),
}
STATUSES: Mapping[str, Text] = {
    Status.POSTPONED: Text("延期，时间待定", "postponed; the new date will be announced"),
    Status.RESCHEDULED: Text("时间已更改", "rescheduled"),
    Status.MOVED_ONLINE: Text("改为线上举行", "moved online"),
    Status.FULL: Text("名额已满", "fully booked"),
}
"""What is worth saying beside the STATUS that calendars know."""

LABELS: Mapping[str, Mapping[str, str]] = {
    language: {
        str(word): text.in_language(language) for word, text in {**KINDS, **AUDIENCES}.items()
    }
    for language in ("zh", "en")
}
"""By language and by the value of the enum."""
