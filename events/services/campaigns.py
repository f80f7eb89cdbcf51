"""Campaigns as their leads keep them: opened, changed, announced, closed, with their partners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from events.enums import Admission, CampaignKind, CampaignState, OrganiserRole, ParticipationState
from events.errors import InvalidCampaign, StaleCampaign, WrongState
from events.ical.entry import FIRST_YEAR, LAST_YEAR, NO_TEXT, Text
from events.models import Campaign, CampaignPartner, Event
from events.permissions import can_lead, can_lead_at
from events.services.cleaning import one_line, shown_url
from events.services.raising import raise_events
from venues.models import Organisation
from venues.permissions import Actor, require
from venues.services.audit import record

_NEXT = {
    CampaignState.ANNOUNCED: (CampaignState.DRAFT, CampaignState.CLOSED),
    CampaignState.CLOSED: (CampaignState.ANNOUNCED,),
}
_DAYS = (
    *("starts_on", "ends_on", "registration_opens_on", "registration_closes_on"),
    "materials_due_on",
)
_PLAIN = (*_DAYS, "lead", "kind", "admission", "url")


@dataclass(frozen=True)
class Partner:
    organisation: Organisation
    role: str = OrganiserRole.CO_ORGANISER.value


@dataclass(frozen=True)
class CampaignValues:
    """A campaign as its lead states it, always whole. Days are half-open but the last for material."""

    name: Text
    lead: Organisation
    starts_on: date
    ends_on: date
    kind: str = CampaignKind.OTHER.value
    theme: Text = NO_TEXT
    registration_opens_on: date | None = None
    registration_closes_on: date | None = None
    materials_due_on: date | None = None
    admission: str = Admission.PARTNERS.value
    url: str = ""
    partners: tuple[Partner, ...] = ()


def campaign_values_of(campaign: Campaign) -> CampaignValues:
    """The campaign as it is now, with the partners that have not withdrawn."""
    partners = campaign.partners.filter(withdrawn_at__isnull=True).select_related("organisation")
    return CampaignValues(
        name=Text(campaign.name_zh, campaign.name_en),
        theme=Text(campaign.theme_zh, campaign.theme_en),
        partners=tuple(Partner(each.organisation, each.role) for each in partners),
        **{name: getattr(campaign, name) for name in _PLAIN},
    )


@transaction.atomic
def open_campaign(*, slug: str, values: CampaignValues, by: Actor, now: datetime) -> Campaign:
    """Write a draft of a campaign.

    Raises:
        NotAllowed: ``by`` does not lead campaigns of the leading organisation.
        InvalidCampaign: every problem at once.
    """
    _require(can_lead_at(by, values.lead, localdate(now)), values.lead)
    values = _checked(values, slug=slug)
    campaign = Campaign(slug=slug, created_at=now, changed_at=now, **_columns(values))
    try:
        with transaction.atomic():
            campaign.save(force_insert=True)
    except IntegrityError:
        raise _invalid([("slug", f"there is a campaign {slug!r}; choose another.")]) from None
    _write_partners(campaign, values.partners, now)
    record(by=by, action="campaign.open", subject=campaign, now=now, after={"slug": slug})
    return campaign


@transaction.atomic
def change_campaign(
    *, campaign_id: int, seen_version: int, values: CampaignValues, by: Actor, now: datetime
) -> Campaign:
    """Make the campaign as ``values`` say; partners left out withdraw, and their events with them.

    Raises:
        NotAllowed: ``by`` does not lead it, or not campaigns of the new leading organisation.
        StaleCampaign: it was changed since the caller read it.
        InvalidCampaign: every problem at once.
    """
    campaign = locked_campaign(campaign_id, by=by, now=now, seen_version=seen_version)
    _require(can_lead_at(by, values.lead, localdate(now)), values.lead)
    values = _checked(values, slug=campaign.slug)
    if values == campaign_values_of(campaign):
        return campaign
    columns = _columns(values)
    before = {name: getattr(campaign, name) for name in columns}
    is_renamed = (campaign.name_zh, campaign.name_en) != (values.name.zh, values.name.en)
    for name, value in columns.items():
        setattr(campaign, name, value)
    _write_partners(campaign, values.partners, now)
    if is_renamed:
        raise_events(accepted_events(campaign), now=now)
    record(
        by=by,
        action="campaign.change",
        subject=campaign,
        now=now,
        before=before,
        after=dict(columns),
    )
    return save_campaign(campaign, now)


@transaction.atomic
def announce_campaign(*, campaign_id: int, seen_version: int, by: Actor, now: datetime) -> Campaign:
    """Show the campaign to the world. Raises as :func:`change_campaign`, and WrongState."""
    return _moved(campaign_id, CampaignState.ANNOUNCED, seen_version, by, now)


@transaction.atomic
def close_campaign(*, campaign_id: int, seen_version: int, by: Actor, now: datetime) -> Campaign:
    """Take no more events; what joined stays shown. Raises as :func:`announce_campaign`."""
    return _moved(campaign_id, CampaignState.CLOSED, seen_version, by, now)


def accepted_events(campaign: Campaign) -> Any:
    return Event.objects.filter(
        pk__in=campaign.participations.filter(state=ParticipationState.ACCEPTED).values("event")
    )


def locked_campaign(
    campaign_id: int, *, by: Actor, now: datetime, seen_version: int | None = None
) -> Campaign:
    """The campaign, locked, if ``by`` leads it; needs a transaction."""
    campaign = (
        Campaign.objects.select_for_update(of=("self",)).select_related("lead").get(pk=campaign_id)
    )
    _require(can_lead(by, campaign, localdate(now)), campaign.lead)
    if seen_version is not None and seen_version != campaign.version:
        raise StaleCampaign(
            "The campaign has changed in the meantime; read it again and repeat your change.",
            version=campaign.version,
        )
    return campaign


def save_campaign(campaign: Campaign, now: datetime) -> Campaign:
    campaign.version += 1
    campaign.changed_at = now
    campaign.save(force_update=True)
    return campaign


def withdraw_events_of(campaign: Campaign, organisations: Any, now: datetime) -> None:
    """Take what the organisations brought out of the campaign; everywhere else it stays."""
    brought = campaign.participations.filter(organisation__in=organisations).exclude(
        state__in=(ParticipationState.WITHDRAWN, ParticipationState.DECLINED)
    )
    shown = list(
        brought.filter(state=ParticipationState.ACCEPTED).values_list("event_id", flat=True)
    )
    brought.update(state=ParticipationState.WITHDRAWN, decided_at=now)
    raise_events(Event.objects.filter(pk__in=shown), now=now)


def _moved(
    campaign_id: int, to: CampaignState, seen_version: int, by: Actor, now: datetime
) -> Campaign:
    campaign = locked_campaign(campaign_id, by=by, now=now, seen_version=seen_version)
    if campaign.state not in _NEXT[to]:
        raise WrongState(
            f"The campaign is {campaign.state}, so it cannot become {to.value}.",
            state=campaign.state,
        )
    was_hidden = campaign.state == CampaignState.DRAFT
    before, after = {"state": campaign.state}, {"state": to.value}
    campaign.state = to
    record(
        by=by, action=f"campaign.{to.value}", subject=campaign, now=now, before=before, after=after
    )
    if was_hidden:
        raise_events(accepted_events(campaign), now=now)
    return save_campaign(campaign, now)


def _write_partners(campaign: Campaign, partners: Sequence[Partner], now: datetime) -> None:
    named = {partner.organisation.pk: partner.role for partner in partners}
    rows = {row.organisation_id: row for row in campaign.partners.all()}
    for organisation_id, role in named.items():
        row = rows.get(organisation_id) or CampaignPartner(
            campaign=campaign, organisation_id=organisation_id
        )
        row.role, row.withdrawn_at = role, None
        row.save()
    gone = [pk for pk, row in rows.items() if pk not in named and row.withdrawn_at is None]
    campaign.partners.filter(organisation__in=gone).update(withdrawn_at=now)
    withdraw_events_of(campaign, gone, now)


def _checked(values: CampaignValues, *, slug: str) -> CampaignValues:
    clean = replace(
        values,
        name=_lines(values.name),
        theme=_lines(values.theme),
        url=one_line(values.url),
        partners=tuple(
            sorted(dict.fromkeys(values.partners), key=lambda each: each.organisation.slug)
        ),
    )
    if problems := list(_problems(clean, slug)):
        raise _invalid(problems)
    return clean


def _invalid(problems: list[tuple[str, str]]) -> InvalidCampaign:
    return InvalidCampaign(
        "The campaign cannot be stored as it is: "
        + " ".join(f"{field}: {message}" for field, message in problems),
        problems=[{"field": field, "message": message} for field, message in problems],
    )


def _problems(values: CampaignValues, slug: str) -> Iterator[tuple[str, str]]:
    if not slug or len(slug) > 80 or not all(part.isalnum() for part in slug.split("-")):
        yield "slug", "use letters and digits with single dashes between, at most 80."
    if not values.name.zh:
        yield "name", "say what the campaign is called in Chinese."
    for field, text, length in (("name", values.name, 200), ("theme", values.theme, 300)):
        if max(len(text.zh), len(text.en)) > length:
            yield field, f"use at most {length} characters."
    if values.url and (shown_url(values.url) != values.url or len(values.url) > 500):
        yield "url", "give an address that starts with https:// and has at most 500 characters."
    for field, value, enum in (
        ("kind", values.kind, CampaignKind),
        ("admission", values.admission, Admission),
        *(("partners", partner.role, OrganiserRole) for partner in values.partners),
    ):
        if value not in set(enum):
            yield field, f"{value!r} is not one of {', '.join(enum)}."
    organisations = [partner.organisation for partner in values.partners]
    if len(set(organisations)) < len(organisations) or values.lead in organisations:
        yield "partners", "name each partner once, and not the lead among them."
    yield from _wrong_days(values)


def _wrong_days(values: CampaignValues) -> Iterator[tuple[str, str]]:
    for field in _DAYS:
        day = getattr(values, field)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield field, f"{day} lies outside the years {FIRST_YEAR} to {LAST_YEAR}."
    if values.ends_on <= values.starts_on:
        yield "ends_on", f"{values.ends_on} is not included; it must come after the start."
    opens, closes = values.registration_opens_on, values.registration_closes_on
    if opens is not None and closes is not None and closes <= opens:
        yield "registration_closes_on", f"{closes} is not included; it must come after {opens}."


def _columns(values: CampaignValues) -> Mapping[str, Any]:
    return {
        "name_zh": values.name.zh,
        "name_en": values.name.en,
        "theme_zh": values.theme.zh,
        "theme_en": values.theme.en,
        **{name: getattr(values, name) for name in _PLAIN},
    }


def _lines(text: Text) -> Text:
    return Text(one_line(text.zh), one_line(text.en))


def _require(allowed: bool, lead: Organisation) -> None:
    require(allowed, "You do not lead campaigns of this organisation.", organisation=lead.slug)
