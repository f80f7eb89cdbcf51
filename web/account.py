"""Signing in: what this installation asks of django-allauth, and nobody gets past without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from venues.permissions import needs_second_factor
from web.pages.page import LANGUAGES

ACCOUNT_PATH = "/account/"


class Accounts(DefaultAccountAdapter):
    """Accounts are made by administrators; there is no public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class ForeignAccounts(DefaultSocialAccountAdapter):
    """Who signs in through the organisation's own provider needs an account here all the same."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class AccountPages:
    """Account pages in the language asked for, kept in a cookie for them alone, never cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ACCOUNT_PATH):
            return self.get_response(request)
        chosen = LANGUAGES.get(request.GET.get("lang", ""))
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        response = self.get_response(request)
        if chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                path=ACCOUNT_PATH,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        patch_cache_control(response, private=True, no_store=True)
        return response


class SecondFactor:
    """Where ``REQUIRE_TOTP`` is set, officers and administrators get nothing before they have one.

    Asked at every request of a session, so that a role given now counts now. Keys are not asked:
    only who passed here can make one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_TOTP or request.path.startswith(ACCOUNT_PATH):
            return self.get_response(request)
        user = request.user
        if not user.is_authenticated or not needs_second_factor(user, timezone.localdate()):
            return self.get_response(request)
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            return self.get_response(request)
        where = resolve_url("mfa_activate_totp")
        if request.path.startswith("/api/"):
            problem = {
                "type": f"{settings.SITE_URL}/api/v1/docs/#second_factor_required",
                "title": "Forbidden",
                "status": 403,
                "detail": f"Your role asks for a second factor; set it up at {where}.",
                "code": "second_factor_required",
                "instance": request.path,
                "problems": [],
            }
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        return HttpResponseRedirect(where)
