"""Spaces are named by their code inside their venue."""

from __future__ import annotations

from rest_framework import serializers

from venues.models import Space, Venue


def space_of(venue: Venue, code: str | None) -> Space | None:
    """The venue's space of that code; none for none.

    Raises:
        ValidationError: the venue has no such space.
    """
    if code is None:
        return None
    space = Space.objects.filter(venue=venue, code=code).first()
    if space is None:
        raise serializers.ValidationError({"space": f"{venue.slug} has no space {code!r}."})
    return space
