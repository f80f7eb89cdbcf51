"""The event filter of :mod:`events.queries`, adapted to query strings and described."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api.events.serializers import AUDIENCES, KINDS, SECTORS
from api.serializers import StrictSerializer
from api.views import PAGING
from events.enums import OLDEST, EventKind, Moderation
from events.queries import EventFilter
from events.queries.filter import LANGUAGES, ORDERINGS, PARAMETERS

_CODES = "one or several with commas between them; any of them"
_MEANING: dict[str, tuple[dict, str]] = {
    "region": ({"type": "string"}, f"codes, with everything below; {_CODES}"),
    "venue": ({"type": "string"}, f"slugs; {_CODES}"),
    "audience": ({"type": "string"}, f"{', '.join(AUDIENCES)}; {_CODES}"),
    "topic": ({"type": "string"}, f"slugs, with narrower topics; {_CODES}"),
    "campaign": ({"type": "string"}, f"slugs; {_CODES}"),
    "sector": ({"type": "string"}, f"{', '.join(SECTORS)}; {_CODES}"),
    "exhibition": ({"type": "string"}, f"slugs; {_CODES}"),
    "unit": ({"type": "string"}, f"codes; {_CODES}"),
    "kind": (
        {"type": "string"},
        f"{', '.join(kind for kind in KINDS if kind != EventKind.LOGISTICS)}; {_CODES}",
    ),
    "grade": ({"type": "string"}, f"school years 1 to 12, 0 for kindergarten; {_CODES}"),
    "spoken": ({"type": "string"}, f"languages of the event, such as zh, en, zh-yue; {_CODES}"),
    "age": ({"type": "integer", "minimum": 0, "maximum": OLDEST}, "nobody of this age is kept out"),
    "q": ({"type": "string"}, "words, all of which occur in a title or description"),
    "start": ({"type": "string"}, "day or moment; takes place then or later"),
    "end": ({"type": "string"}, "day or moment, not included"),
    "on": ({"type": "string", "enum": ["today", "weekend"]}, "instead of start and end"),
    "bbox": ({"type": "string"}, "west,south,east,north in degrees"),
    "near": ({"type": "string"}, "lat,lon in degrees"),
    "km": ({"type": "number", "exclusiveMinimum": 0}, "around `near`"),
    "free": ({"type": "boolean"}, "events of unknown price are in neither"),
    "online": (
        {"type": "boolean"},
        "can be joined online; false: can be visited; a hybrid event is in both",
    ),
    "lang": ({"type": "string", "enum": list(LANGUAGES)}, "language of `title`"),
    "ordering": ({"type": "string", "enum": list(ORDERINGS)}, "`-` is descending"),
}
EVENT_PARAMETERS = [
    OpenApiParameter(name, _MEANING[name][0], description=_MEANING[name][1]) for name in PARAMETERS
]


class MyEventQuery(StrictSerializer):
    moderation = serializers.ChoiceField([value.value for value in Moderation], required=False)
    venue = serializers.CharField(source="venue__slug", required=False, max_length=80)


def filter_asked(params: QueryDict, *, today: date) -> EventFilter:
    """The filter that a query string means, apart from its page.

    Raises:
        InvalidFilter: with every wrong parameter.
    """
    asked = {name: values for name, values in params.lists() if name not in PAGING}
    return EventFilter.parse(asked, today=today)
