"""The demo's accounts. Their common password is public: never use them in production."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model

from venues.models import Membership, Organisation, Region, Role, Venue

PASSWORD = "orrery-demo"  # noqa: S105 - public by design: the demo only


@dataclass(frozen=True)
class People:
    administrator: User
    planner: User
    publisher: User
    host: User
    county: User
    prefecture: User
    province: User
    donor: User
    operator: User


LOGINS = {
    "admin": "administrator of everything",
    "planner": "plans tours in Anhui and abroad",
    "museum": "publishes for Hefei Science and Technology Museum, hosts a stop in Changfeng",
    "host": "hosts the science caravan in Baohe, Hefei",
    "county": "officer of Baohe and Changfeng: endorses requests",
    "prefecture": "officer of Hefei: hands requests up, suspends regions",
    "province": "officer of Anhui: calls for requests, accepts them",
    "donor": "acts for the China Science and Technology Museum, paired with Changfeng",
    "operator": "crew of the hub in Hefei: prepares, opens, strikes, hands over",
}


def load_people(
    *,
    province: Region,
    museum: Venue,
    hall: Venue,
    district_hall: Venue,
    hub: Venue,
    donor: Organisation,
) -> People:
    """The accounts of :data:`LOGINS` with their memberships; idempotent."""
    users = {name: _user(name) for name in LOGINS}
    district = district_hall.region
    held: list[tuple[str, Role, Model]] = [
        ("planner", Role.TOUR_PLANNER, province),
        ("museum", Role.MUSEUM_PUBLISHER, museum),
        ("museum", Role.HOST_CONTACT, hall),
        ("host", Role.HOST_CONTACT, district_hall),
        ("county", Role.COUNTY_OFFICER, district),
        ("county", Role.COUNTY_OFFICER, hall.region),
        ("prefecture", Role.PREFECTURE_OFFICER, district.parent or district),
        ("province", Role.PROVINCE_OFFICER, province),
        ("donor", Role.PAIRED_DONOR, donor),
        ("operator", Role.OPERATOR, hub),
    ]
    for name, role, place in held:
        scope: dict[str, Any] = {str(place._meta.model_name): place}
        Membership.objects.get_or_create(user=users[name], role=role, **scope)
    return People(
        administrator=users["admin"],
        planner=users["planner"],
        publisher=users["museum"],
        host=users["host"],
        county=users["county"],
        prefecture=users["prefecture"],
        province=users["province"],
        donor=users["donor"],
        operator=users["operator"],
    )


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
