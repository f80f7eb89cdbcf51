"""Who has been invited to what, and what they say."""

from __future__ import annotations

from events.models.invitation import Invitation, InvitationQuerySet


def answers_for(key: str) -> InvitationQuerySet:
    """The standing invitations to what ``key`` names, by address; their answers are theirs."""
    return Invitation.objects.standing().filter(key=key).order_by("address")


def news_about(prefix: str) -> InvitationQuerySet:
    """Invitations under keys that begin with ``prefix`` whose answer or dates have changed."""
    return Invitation.objects.news().filter(key__startswith=prefix).order_by("pk")
