"""What can be subscribed to, and under which address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.pagination import CursorPagination
from api.schema import operation
from api.serializers import StrictSerializer
from api.views import ResourceView
from events.enums import FeedKind
from events.feeds.labels import AUDIENCES
from events.models import Campaign, Topic
from touring.models import Exhibition, Unit
from venues.models import Region, Venue


@dataclass(frozen=True)
class Subjects:
    """The rows that have a feed each, with the columns of their code and names."""

    model: type[Model]
    code: str
    name: str = "name"

    @property
    def columns(self) -> list[str]:
        return [self.code, f"{self.name}_zh", f"{self.name}_en"]


SUBJECTS = {
    FeedKind.VENUE.value: Subjects(Venue, "slug"),
    FeedKind.REGION.value: Subjects(Region, "code"),
    FeedKind.TOPIC.value: Subjects(Topic, "slug"),
    FeedKind.CAMPAIGN.value: Subjects(Campaign, "slug"),
    FeedKind.EXHIBITION.value: Subjects(Exhibition, "slug", "title"),
    FeedKind.UNIT.value: Subjects(Unit, "code", "exhibition__title"),
}
KINDS = [*SUBJECTS, FeedKind.AUDIENCE.value]


class FeedQuery(StrictSerializer):
    kind = serializers.ChoiceField(KINDS, default=FeedKind.VENUE.value)
    q = serializers.CharField(required=False, max_length=100, help_text="part of the name")


class FeedRow(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS)
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    ics = serializers.URLField(help_text="`?lang=zh` or `en`; without it the feed's own language")
    webcal = serializers.CharField(help_text="the same, opens a calendar program")


class FeedList(ResourceView):
    resource = "feeds"

    @operation(answers=FeedRow, paged=True, query=FeedQuery)
    def get(self, request: Request) -> Response:
        """Calendars to subscribe to, one kind at a time.

        Besides these, `/feeds/search.ics` takes the parameters of `/events/`.
        """
        asked = self.query(FeedQuery)
        kind, words = asked["kind"], asked.get("q", "")
        if kind == FeedKind.AUDIENCE.value:
            rows = [
                feed_row(kind, code, name.zh, name.en)
                for code, name in AUDIENCES.items()
                if words.lower() in f"{name.zh} {name.en}".lower()
            ]
            return Response({"results": rows, "next": None, "previous": None})
        subjects = SUBJECTS[kind]
        _, zh, en = subjects.columns
        found = _shown(subjects.model).filter(
            Q(**{f"{zh}__icontains": words}) | Q(**{f"{en}__icontains": words})
        )
        page = CursorPagination().page(
            found, request, paths=subjects.columns, ordering=(subjects.code,)
        )
        rows = [feed_row(kind, *row) for row in page.rows]
        return Response({"results": rows, "next": page.next, "previous": page.previous})


def _shown(model: type[Model]) -> QuerySet:
    """All rows; of campaigns those that were announced."""
    return Campaign.objects.shown_to_all() if model is Campaign else model._default_manager.all()


def feed_row(kind: str, code: str, name_zh: str, name_en: str) -> dict[str, str]:
    address = f"{settings.SITE_URL}/feeds/{kind}/{quote(code)}.ics"
    return {
        "kind": kind,
        "code": code,
        "name_zh": name_zh,
        "name_en": name_en,
        "ics": address,
        "webcal": urlsplit(address)._replace(scheme="webcal").geturl(),
    }
