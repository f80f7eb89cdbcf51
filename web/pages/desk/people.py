"""Who may do what at one's places: roles given and ended, keys issued and revoked, notices."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from venues.errors import DomainError
from venues.models import ApiKey, Organisation, Region, Role, Venue
from venues.permissions import memberships_visible_to, roles_given_by
from venues.services.keys import MAX_DAYS, issue_api_key, revoke_api_key
from venues.services.memberships import end_membership, grant_membership
from venues.services.notices import choose_notices, inbox, mark_read, preference_of
from web.pages.desk.inputs import day_field
from web.pages.desk.page import desk_page, done
from web.pages.desk.refusals import refusal_lines
from web.pages.page import language

MOST = 300


class MembershipForm(forms.Form):
    """``place`` is the code of a region, organisation or venue; ``last_day`` counts."""

    person = forms.CharField(label=_("Sign-in name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"))
    place = forms.CharField(label=_("Code of the region, organisation or museum"), max_length=80)
    last_day = day_field(_("Last day"), required=False)

    def __init__(self, *args: Any, roles: Collection[Role], **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [(one.value, one.name_in(language())) for one in Role if one in roles]
        self.fields["role"].choices = offered

    def clean_person(self) -> Any:
        name = self.cleaned_data["person"]
        found = get_user_model().objects.filter(username=name, is_active=True).first()
        if found is None:
            raise forms.ValidationError(gettext("Nobody signs in with this name; check it."))
        return found

    def clean_place(self) -> Region | Organisation | Venue:
        code = self.cleaned_data["place"]
        found = (
            Region.objects.filter(code=code).first()
            or Organisation.objects.filter(slug=code).first()
            or Venue.objects.filter(slug=code).first()
        )
        if found is None:
            raise forms.ValidationError(gettext("There is no such place; check its code."))
        return found

    def grant(self, *, by: Any, now: Any) -> None:
        given = self.cleaned_data
        last_day = given["last_day"]
        grant_membership(
            person=given["person"],
            role=given["role"],
            place=given["place"],
            valid_to=last_day + timedelta(days=1) if last_day else None,
            by=by,
            now=now,
        )


class KeyForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=100)
    scope = forms.ChoiceField(
        label=_("It may"), choices=(("read", _("read")), ("write", _("read and write")))
    )
    days = forms.IntegerField(label=_("Days valid"), min_value=1, max_value=MAX_DAYS, initial=365)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which role at the places whose people one may know; a POST gives one."""
    now = timezone.now()
    today = timezone.localdate(now)
    roles = roles_given_by(request.user, today)
    form = MembershipForm(request.POST if request.method == "POST" else None, roles=roles)
    if form.is_bound and form.is_valid():
        try:
            form.grant(by=request.user, now=now)
        except DomainError as refusal:
            for line in refusal_lines(refusal):
                form.add_error(None, line)
        else:
            return done(request, lambda: None, gettext("Given."), back=reverse("desk-people"))
    rows = memberships_visible_to(request.user, today).valid_on(today)
    held = rows.select_related("user", "region", "organisation", "venue")
    context = {
        "form": form,
        "may_give": bool(roles),
        "memberships": [
            (row, Role(row.role).name_in(language()), row.place.name(language()))
            for row in held.order_by("user__username", "pk")[:MOST]
        ],
    }
    return render(request, "desk/people.html", context, status=422 if form.errors else 200)


@require_POST
@desk_page
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role at once."""
    today = timezone.localdate()
    if not memberships_visible_to(request.user, today).filter(pk=pk).exists():
        raise Http404
    act = partial(end_membership, membership_id=pk, by=request.user, now=timezone.now())
    return done(request, act, gettext("Ended."), back=reverse("desk-people"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def keys(request: HttpRequest) -> HttpResponse:
    """One's keys for programs; a new one is shown this once and never again."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    plain = ""
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            _key, plain = issue_api_key(
                user=request.user,
                name=given["name"],
                scopes=[given["scope"]],
                days=given["days"],
                now=timezone.now(),
            )
        except DomainError as refusal:
            for line in refusal_lines(refusal):
                form.add_error(None, line)
        else:
            form = KeyForm()
    mine = ApiKey.objects.filter(user=request.user).order_by("-pk")
    context = {"form": form, "keys": mine[:MOST], "plain": plain, "now": timezone.now()}
    return render(request, "desk/keys.html", context, status=422 if form.errors else 200)


@require_POST
@desk_page
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key at once; nobody's but one's own."""
    key = ApiKey.objects.filter(user=request.user, pk=pk).first()
    if key is None:
        raise Http404
    act = partial(revoke_api_key, key=key, by=request.user, now=timezone.now())
    return done(request, act, gettext("Ended."), back=reverse("desk-keys"))


@require_safe
@desk_page
def notices(request: HttpRequest) -> HttpResponse:
    """What one should know or do, the unread first told apart; and how one is told."""
    rows = inbox(request.user).order_by("-created_at", "-pk")[:MOST]
    context = {"notices": rows, "preference": preference_of(request.user)}
    return render(request, "desk/notices.html", context)


@require_POST
@desk_page
def notice_step(request: HttpRequest, step: str) -> HttpResponse:
    """``read`` marks one notice (or all) as read, ``choose`` sets when one gets mail."""
    number = request.POST.get("notice", "")
    acts: dict[str, Callable[[], object]] = {
        "read": partial(
            mark_read,
            person=request.user,
            now=timezone.now(),
            notice_id=int(number) if number.isdecimal() and len(number) < 19 else None,
        ),
        "choose": partial(
            choose_notices,
            person=request.user,
            mail=request.POST.get("mail", ""),
            language=request.POST.get("language", ""),
        ),
    }
    if step not in acts:
        raise Http404
    return done(request, acts[step], gettext("Saved."), back=reverse("desk-notices"))
