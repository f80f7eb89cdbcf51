"""Fields of imported events that were changed here, and leaving them to their source again."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.serializers import RowSerializer
from api.views import PrivateView
from events.models import Event, LocalEdit
from events.permissions import edited_by
from events.services.local_edits import forget_edits


class LocalEditRow(RowSerializer):
    field = serializers.CharField()
    source_value = serializers.DictField(help_text="what the source said when it was changed")
    edited_at = serializers.DateTimeField()


class LocalEditView(PrivateView):
    resource = "events"

    def edited(self, uid: str) -> Event:
        return get_object_or_404(edited_by(self.request.user, self.today), public_uid=uid)


class LocalEditList(LocalEditView):
    @operation(answers=LocalEditRow, paged=True)
    def get(self, request: Request, uid: str) -> Response:
        """What was changed here of an event that is read from elsewhere."""
        edits = LocalEdit.objects.filter(event=self.edited(uid))
        return self.page(LocalEditRow, edits, ordering=("field", "pk"))


class LocalEditItem(LocalEditView):
    @operation(status=204)
    def delete(self, request: Request, uid: str, field: str) -> Response:
        """Leave the field to the source again; its next reading says what it is."""
        edit = get_object_or_404(LocalEdit, event=self.edited(uid), field=field)
        forget_edits(event_id=edit.event_id, fields=[edit.field], by=request.user, now=self.now)
        return Response(status=204)
