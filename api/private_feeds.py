"""Secret addresses of one's own schedule: handed out once, listed without the secret, revoked."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.views import PrivateView
from events.models import PrivateFeed
from events.services import private_feeds
from venues.models import Venue


class PrivateFeedRow(RowSerializer):
    id = serializers.IntegerField(source="pk")
    venue = serializers.CharField(source="venue.slug")
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_fetched_at = serializers.DateTimeField(
        allow_null=True, help_text="noted once a minute at most"
    )


class HandedOut(serializers.Serializer):
    """Shown this once: only a hash of the address is kept."""

    id = serializers.IntegerField()
    address = serializers.URLField()


class PrivateFeedBody(StrictSerializer):
    venue = serializers.SlugRelatedField(slug_field="slug", queryset=Venue.objects.all())


def _person(request: Request) -> User:
    assert isinstance(request.user, User), "IsAuthenticated lets nobody else in"
    return request.user


class PrivateFeedList(PrivateView):
    resource = "feeds"

    @operation(answers=PrivateFeedRow, paged=True)
    def get(self, request: Request) -> Response:
        """The addresses handed out to you, and when each was last read."""
        mine = PrivateFeed.objects.filter(owner=request.user.pk)
        return self.page(PrivateFeedRow, mine, ordering=("-pk",))

    @operation(answers=HandedOut, status=201, body=PrivateFeedBody)
    def post(self, request: Request) -> Response:
        """A secret address for everything that happens at a venue where you have a role."""
        row, address = private_feeds.hand_out_private_feed(
            venue=self.body(PrivateFeedBody)["venue"], by=_person(request), now=self.now
        )
        return Response({"id": row.pk, "address": address}, status=201)


class RevokePrivateFeed(PrivateView):
    resource = "feeds"

    @operation(answers=PrivateFeedRow)
    def post(self, request: Request, pk: int) -> Response:
        """Close the address at once."""
        row = get_object_or_404(PrivateFeed, pk=pk)
        private_feeds.revoke_private_feed(feed_id=row.pk, by=_person(request), now=self.now)
        return self.row(PrivateFeedRow, PrivateFeed.objects.filter(pk=pk))
