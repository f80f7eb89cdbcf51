"""Rows of the network without surprises: valid, named after their sequence number, nothing more."""

from __future__ import annotations

from datetime import UTC, datetime

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from venues.models import (
    Closure,
    Membership,
    OpeningRule,
    Organisation,
    OrganisationKind,
    Region,
    RegionLevel,
    RegionPath,
    Role,
    Space,
    Venue,
    VenueKind,
)
from venues.services.organisations import lead_paths

CHANGED_AT = datetime(2026, 10, 1, tzinfo=UTC)


class RegionFactory(DjangoModelFactory):
    """A province-less county unless a ``parent`` is given; keeps ``RegionPath`` exact."""

    class Meta:
        model = Region
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"R{n:05d}")
    name_zh = factory.Sequence(lambda n: f"第{n}县")
    level = RegionLevel.COUNTY
    parent = None
    changed_at = CHANGED_AT

    @factory.post_generation
    def paths(region, create, extracted, **kwargs):  # noqa: N805  # factory_boy passes the row
        if not create:
            return
        above = RegionPath.objects.filter(descendant=region.parent) if region.parent else []
        rows = [(region, 0), *((path.ancestor, path.depth + 1) for path in above)]
        RegionPath.objects.bulk_create(
            RegionPath(ancestor=ancestor, descendant=region, depth=depth)
            for ancestor, depth in rows
        )


class OrganisationFactory(DjangoModelFactory):
    """A museum's operating body in a region of its own; keeps ``OrganisationPath`` exact."""

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"organisation-{n}")
    name_zh = factory.Sequence(lambda n: f"第{n}机构")
    kind = OrganisationKind.MUSEUM
    region = factory.SubFactory(RegionFactory)
    changed_at = CHANGED_AT

    @factory.post_generation
    def paths(organisation, create, extracted, **kwargs):  # noqa: N805  # factory_boy passes the row
        if create:
            lead_paths(organisation)


class VenueFactory(DjangoModelFactory):
    """An open science museum without coordinates and without known facilities."""

    class Meta:
        model = Venue

    slug = factory.Sequence(lambda n: f"venue-{n}")
    name_zh = factory.Sequence(lambda n: f"第{n}科技馆")
    kind = VenueKind.SCIENCE_MUSEUM
    region = factory.SubFactory(RegionFactory)
    changed_at = CHANGED_AT


class SpaceFactory(DjangoModelFactory):
    class Meta:
        model = Space

    venue = factory.SubFactory(VenueFactory)
    code = factory.Sequence(lambda n: f"hall-{n}")
    name_zh = factory.Sequence(lambda n: f"第{n}展厅")


class ClosureFactory(DjangoModelFactory):
    """A whole venue closed on the days given (``first_date``, ``end_date``; end not included)."""

    class Meta:
        model = Closure

    venue = factory.SubFactory(VenueFactory)


class OpeningRuleFactory(DjangoModelFactory):
    """Open on Tuesdays to Sundays from nine to five, and on statutory Mondays."""

    class Meta:
        model = OpeningRule

    venue = factory.SubFactory(VenueFactory)
    document = factory.LazyFunction(
        lambda: {
            "week": {
                day: [{"opens": "09:00", "closes": "17:00", "last_entry": "16:00"}]
                for day in ("tue", "wed", "thu", "fri", "sat", "sun")
            }
        }
    )
    changed_at = CHANGED_AT


class UserFactory(DjangoModelFactory):
    """An active user without any right; the password is ``password``."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user-{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password("password")


class MembershipFactory(DjangoModelFactory):
    """A museum editor of one venue; give ``region=`` or ``organisation=`` for another scope."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.MUSEUM_EDITOR
    venue = factory.Maybe(
        "has_other_scope",
        yes_declaration=None,
        no_declaration=factory.SubFactory(VenueFactory),
    )

    class Params:
        has_other_scope = factory.LazyAttribute(
            lambda wanted: bool(wanted.region or wanted.organisation)
        )

    region = None
    organisation = None
