"""Campaigns as the interface shows and takes them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.events.serializers import ROLES
from api.fields import Day, Few
from api.serializers import RowSerializer, StrictSerializer
from events.enums import (
    Admission,
    CampaignKind,
    CampaignState,
    OrganiserRole,
    ParticipationState,
)
from events.ical.entry import Text
from events.models import CampaignPartner
from events.services.campaigns import CampaignValues, Partner
from venues.models import Organisation

KINDS = [kind.value for kind in CampaignKind]
STATES = [state.value for state in CampaignState]
ADMISSIONS = [admission.value for admission in Admission]
MAX_PARTNERS = 500


class CampaignQuery(StrictSerializer):
    kind = serializers.ChoiceField(KINDS, required=False)
    state = serializers.ChoiceField(STATES, required=False)
    lead = serializers.CharField(source="lead__slug", required=False, max_length=80)


class CampaignRow(RowSerializer):
    slug = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    state = serializers.ChoiceField(STATES)
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    theme_zh = serializers.CharField()
    theme_en = serializers.CharField()
    lead = serializers.CharField(source="lead.slug")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="not included")
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class PartnerItem(serializers.Serializer):
    organisation = serializers.CharField(help_text="slug")
    role = serializers.ChoiceField(ROLES)


class CampaignDetail(CampaignRow):
    registration_opens_on = serializers.DateField(allow_null=True)
    registration_closes_on = serializers.DateField(allow_null=True, help_text="not included")
    materials_due_on = serializers.DateField(allow_null=True, help_text="the last day")
    admission = serializers.ChoiceField(
        ADMISSIONS, help_text="whose events join without the lead looking at them"
    )
    url = serializers.CharField()
    partners = PartnerItem(many=True, help_text="those that have not withdrawn")

    class Meta:
        added = ("partners",)
        hidden = ("pk",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        partners = defaultdict(list)
        stored = CampaignPartner.objects.filter(
            campaign__in=[row["pk"] for row in rows], withdrawn_at__isnull=True
        ).order_by("organisation__slug")
        for campaign, slug, role in stored.values_list("campaign", "organisation__slug", "role"):
            partners[campaign].append({"organisation": slug, "role": role})
        for row in rows:
            row["partners"] = partners[row["pk"]]


class ParticipationRow(RowSerializer):
    event = serializers.CharField(source="event.public_uid")
    title_zh = serializers.CharField(source="event.title_zh")
    title_en = serializers.CharField(source="event.title_en")
    organisation = serializers.CharField(source="organisation.slug", allow_null=True)
    state = serializers.ChoiceField([state.value for state in ParticipationState])
    is_key_activity = serializers.BooleanField()
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ProvinceItem(serializers.Serializer):
    code = serializers.CharField(allow_null=True, help_text="none: online")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    events = serializers.IntegerField()
    dates = serializers.IntegerField()
    venues = serializers.IntegerField()


class CampaignStats(serializers.Serializer):
    """Sums over the provinces are those of the campaign."""

    events = serializers.IntegerField()
    dates = serializers.IntegerField(help_text="that are not cancelled")
    venues = serializers.IntegerField()
    provinces = ProvinceItem(many=True)


def _organisation(**options: Any) -> serializers.SlugRelatedField:
    return serializers.SlugRelatedField(
        slug_field="slug", queryset=Organisation.objects.all(), **options
    )


def _text(longest: int) -> serializers.CharField:
    return serializers.CharField(max_length=longest, allow_blank=True, default="")


class PartnerBody(StrictSerializer):
    organisation = _organisation()
    role = serializers.ChoiceField(ROLES, default=OrganiserRole.CO_ORGANISER.value)


class CampaignBody(StrictSerializer):
    """A campaign as its lead states it."""

    name_zh = serializers.CharField(max_length=200)
    name_en = _text(200)
    theme_zh = _text(300)
    theme_en = _text(300)
    kind = serializers.ChoiceField(KINDS, default=CampaignKind.OTHER.value)
    lead = _organisation()
    starts_on = Day()
    ends_on = Day(help_text="not included")
    registration_opens_on = Day(allow_null=True, default=None)
    registration_closes_on = Day(allow_null=True, default=None, help_text="not included")
    materials_due_on = Day(allow_null=True, default=None, help_text="the last day")
    admission = serializers.ChoiceField(ADMISSIONS, default=Admission.PARTNERS.value)
    url = _text(500)
    partners = Few(child=PartnerBody(), max_length=MAX_PARTNERS, default=list)


class NewCampaignBody(CampaignBody):
    slug = serializers.SlugField(max_length=80, allow_unicode=False)


class JoinBody(StrictSerializer):
    event = serializers.CharField(max_length=255, help_text="its id")
    organisation = _organisation(
        allow_null=True, default=None, help_text="who brings it; none: who runs its venue"
    )


class DecisionBody(StrictSerializer):
    accept = serializers.BooleanField()
    is_key = serializers.BooleanField(default=False, help_text="a key activity")


def values_from(body: dict[str, Any]) -> CampaignValues:
    return CampaignValues(**_fields(body, {"name": Text(""), "theme": Text("")}))


def values_changed(values: CampaignValues, body: dict[str, Any]) -> CampaignValues:
    return replace(values, **_fields(body, {"name": values.name, "theme": values.theme}))


def _fields(body: dict[str, Any], texts: dict[str, Text]) -> dict[str, Any]:
    found = {name: value for name, value in body.items() if not name.endswith(("_zh", "_en"))}
    if "partners" in found:
        found["partners"] = tuple(Partner(**each) for each in found["partners"])
    for name, text in texts.items():
        found[name] = Text(body.get(f"{name}_zh", text.zh), body.get(f"{name}_en", text.en))
    return found
