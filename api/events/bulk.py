"""Many events of one sender in one request, with a result for each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.events.serializers import EventBody, values_from
from api.parsers import FileJsonParser
from api.schema import operation
from api.serializers import StrictSerializer
from api.views import PrivateView
from events.services.bulk import Pushed, push_events
from events.services.values import EventValues
from venues.errors import field_problem

MOST_ROWS = 500


class BulkQuery(StrictSerializer):
    dry_run = serializers.BooleanField(default=False, help_text="only say what would be done")
    atomic = serializers.BooleanField(default=False, help_text="all rows, or none")


class BulkBody(StrictSerializer):
    events = serializers.ListField(
        child=serializers.DictField(),
        max_length=MOST_ROWS,
        help_text="each an event as for one, with the sender's own identifier in `id`",
    )


class BulkResult(serializers.Serializer):
    uid = serializers.CharField(help_text="the sender's identifier")
    outcome = serializers.ChoiceField(["created", "changed", "unchanged", "refused"])
    id = serializers.CharField(help_text="ours; the UID in feeds too")
    code = serializers.CharField()
    message = serializers.CharField()
    problems = serializers.ListField(child=serializers.DictField())


class BulkResults(serializers.Serializer):
    written = serializers.BooleanField()
    results = BulkResult(many=True)


class PushedEventList(PrivateView):
    resource = "events"
    parser_classes = [FileJsonParser]

    @operation(answers=BulkResults, body=BulkBody, query=BulkQuery, refuses=(409,))
    def put(self, request: Request, source: str) -> Response:
        """Make these events as sent; the sender's other events stay as they are.

        A refused row says why and costs only itself, or, with `atomic`, all.
        """
        asked = self.query(BulkQuery)
        rows = [self._read(row) for row in self.body(BulkBody)["events"]]
        refused = any(isinstance(values, Pushed) for _, values in rows)
        is_kept = not asked["dry_run"] and not (asked["atomic"] and refused)
        pushed = iter(
            push_events(
                source_slug=source,
                rows=[(uid, values) for uid, values in rows if isinstance(values, EventValues)],
                by=request.user,
                now=self.now,
                is_dry_run=not is_kept,
                is_atomic=asked["atomic"],
            )
        )
        results = [values if isinstance(values, Pushed) else next(pushed) for _, values in rows]
        is_kept &= not (asked["atomic"] and any(row.outcome == "refused" for row in results))
        return Response({"written": is_kept, "results": [asdict(row) for row in results]})

    def _read(self, row: dict[str, Any]) -> tuple[str, EventValues | Pushed]:
        uid = row.get("id")
        if not isinstance(uid, str) or not 0 < len(uid) <= 255 or not uid.isprintable():
            message = "Give the event's identifier as text of 1 to 255 characters."
            return "", _refused("", [field_problem("id", message)])
        context = {"user": self.request.user, "today": self.today}
        reader = EventBody(data={k: v for k, v in row.items() if k != "id"}, context=context)
        if reader.is_valid():
            return uid, values_from(reader.validated_data)
        problems = [
            field_problem(name, "; ".join(map(str, what)) if isinstance(what, list) else str(what))
            for name, what in reader.errors.items()
        ]
        return uid, _refused(uid, problems)


def _refused(uid: str, problems: list[dict[str, str]]) -> Pushed:
    return Pushed(uid, "refused", "", "invalid", problems[0]["message"], problems)
