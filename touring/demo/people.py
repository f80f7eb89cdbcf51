"""The demo's accounts. Their common password is public: never use them in production."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from venues.models import Membership, Region, Role, Venue

PASSWORD = "orrery-demo"  # noqa: S105 - public by design: the demo only


@dataclass(frozen=True)
class People:
    administrator: User
    planner: User
    publisher: User


LOGINS = {
    "admin": "administrator of everything",
    "planner": "plans tours in Anhui and abroad",
    "museum": "publishes for Hefei Science and Technology Museum, hosts a stop in Changfeng",
}


def load_people(*, province: Region, museum: Venue, hall: Venue) -> People:
    """The three accounts of :data:`LOGINS` with their memberships; idempotent."""
    users = {name: _user(name) for name in LOGINS}
    Membership.objects.get_or_create(user=users["planner"], role=Role.TOUR_PLANNER, region=province)
    Membership.objects.get_or_create(user=users["museum"], role=Role.MUSEUM_PUBLISHER, venue=museum)
    Membership.objects.get_or_create(user=users["museum"], role=Role.HOST_CONTACT, venue=hall)
    return People(users["admin"], users["planner"], users["museum"])


def administrator() -> User:
    """The account that owns what is loaded before any region exists."""
    return _user("admin")


def _user(name: str) -> User:
    users = User.objects
    user = users.filter(username=name).first()
    if user is not None:
        return user
    if name == "admin":
        return users.create_superuser(name, f"{name}@orrery.example", PASSWORD)
    return users.create_user(name, f"{name}@orrery.example", PASSWORD)
