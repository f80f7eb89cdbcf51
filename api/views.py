"""What all resources share: strict queries and bodies, pages, entity tags, one-time posts."""

from __future__ import annotations

import functools
from datetime import date, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import Http404, HttpResponseNotModified, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import idempotency, preconditions
from api.errors import InvalidParameters
from api.pagination import CursorPagination
from api.permissions import MayReachResource
from api.schema import ResourceSchema
from api.serializers import RowSerializer, StrictSerializer
from venues.services.addresses import current_address

LONGEST_PARAMETER = 2000
PAGING = frozenset({"cursor", "page_size"})


class JsonOnly(DefaultContentNegotiation):
    """Answers in JSON whatever ``Accept`` says; there is nothing to choose from."""

    def select_renderer(
        self,
        request: Request,  # REST framework's signature
        renderers: Any,
        format_suffix: str | None = None,
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class ResourceView(APIView):
    """One address of ``resource``; the word is also the key scopes' and the schema's tag."""

    resource: ClassVar[str]
    schema = ResourceSchema()
    content_negotiation_class = JsonOnly
    permission_classes = [MayReachResource]
    metadata_class = None
    is_private: ClassVar[bool] = False

    @cached_property
    def now(self) -> datetime:
        """The moment of the request; one for all that happens in it."""
        return timezone.now()

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Programs decide by codes; the words beside them are English like the services' own.
        with translation.override("en"):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        _refuse_unstorable(request, kwargs)
        if request.method == "POST" and "Idempotency-Key" in request.headers:
            act = functools.partial(self.post, request, *args, **kwargs)
            self.post = lambda request, *_, **__: idempotency.answer_once(
                request, act, lambda response: self._rendered(request, response), self.kept
            )

    def kept(self, response: Response) -> bytes:
        """What an ``Idempotency-Key`` is answered when it comes again."""
        return response.content

    def _rendered(self, request: Request, response: Response) -> Response:
        return super().finalize_response(request, response).render()

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]  # REST framework takes any
        is_private = bool(getattr(request, "auth", None)) or (
            hasattr(request, "_user") and request.user.is_authenticated
        )
        response.headers.setdefault(
            "Cache-Control", "private, no-store" if is_private else "public, no-cache"
        )
        patch_vary_headers(response, ("Authorization", "Cookie"))
        if request.method in ("GET", "HEAD"):
            if not is_private:
                response.headers["Access-Control-Allow-Origin"] = "*"
            if response.status_code == 200 and isinstance(response, Response):
                response.add_post_render_callback(functools.partial(_tagged, request))
        elif request.method != "PUT" and hasattr(response, "version"):
            # Not after PUT (RFC 9110, 9.3.4): what is kept is not byte for byte what was sent.
            response.headers["ETag"] = f'"{response.version}"'
        return response

    # ---- translating what came ----

    def query(self, kind: type[StrictSerializer]) -> dict[str, Any]:
        """The query string by ``kind``; every parameter known, said once, and understood."""
        asked = self.request.query_params
        twice = {name: "Given more than once." for name in asked if len(asked.getlist(name)) > 1}
        given = {name: asked[name] for name in asked if name not in PAGING}
        reader = kind(data=given)
        problems = {} if reader.is_valid() else dict(reader.errors)
        if twice or problems:
            raise InvalidParameters({**problems, **twice})
        return reader.validated_data

    def body(self, kind: type[StrictSerializer], *, partial: bool = False) -> dict[str, Any]:
        """The request's body by ``kind``; with ``partial`` whatever was sent must not be empty."""
        context = {"user": self.request.user, "today": self.today}
        reader = kind(data=self.request.data, partial=partial, context=context)
        reader.is_valid(raise_exception=True)
        if partial and not reader.validated_data:
            raise ValidationError("Nothing is to be changed; send at least one field.")
        return reader.validated_data

    # ---- translating the answer ----

    def page(
        self, kind: type[RowSerializer], queryset: QuerySet, *, ordering: tuple[str, ...]
    ) -> Response:
        page = CursorPagination().page(
            queryset, self.request, paths=list(kind.columns().values()), ordering=ordering
        )
        return Response(
            {
                "results": kind.read(page.rows, now=self.now),
                "next": page.next,
                "previous": page.previous,
            }
        )

    def row(
        self,
        kind: type[RowSerializer],
        queryset: QuerySet,
        *,
        status: int = 200,
        version: str | None = None,
        location: str | None = None,
        former: tuple[str, str] | None = None,
    ) -> HttpResponseBase:
        """The only row of ``queryset``, tagged with the number in its field ``version``.

        ``former`` is the kind and name under which it was looked for: what was once handed out
        under that name is redirected to.
        """
        row = kind.one(queryset, now=self.now)
        if row is None:
            return _moved(self.request, *(former or ("", "")))
        response = Response(row, status=status)
        if version is not None:
            response.version = row[version]
        if location is not None:
            response.headers["Location"] = location
        return response


class PrivateView(ResourceView):
    """What nobody may read without signing in; what one sees then depends on one's roles."""

    is_private = True
    permission_classes = [MayReachResource, IsAuthenticated]


class NoSuchAddress(ResourceView):
    """Whatever no other pattern matched, answered as a problem too."""

    resource = ""
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


def _moved(request: Request, kind: str, name: str) -> HttpResponseBase:
    current = current_address(kind, name) if kind else None
    if current is None:
        raise Http404
    path = request.path.replace(f"/{quote(name)}", f"/{quote(current)}", 1)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


def _tagged(request: Request, response: Response) -> HttpResponseBase | None:
    """Give a rendered answer its entity tag; 304 when the caller has these very bytes."""
    tag = preconditions.entity_tag(response.content, getattr(response, "version", None))
    response.headers["ETag"] = tag
    if not preconditions.is_unchanged(request, tag):
        return None
    unchanged = HttpResponseNotModified()
    for name in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        if name in response.headers:
            unchanged.headers[name] = response.headers[name]
    return unchanged


def _refuse_unstorable(request: Request, kwargs: dict[str, Any]) -> None:
    """Refuse what no column holds before it reaches a database that would fail on it."""
    if any(isinstance(value, str) and not _is_storable(value) for value in kwargs.values()):
        raise Http404
    problems = {
        ascii(name)[1:80]: f"Too long or not text (at most {LONGEST_PARAMETER} characters)."
        for name, values in request.query_params.lists()
        if not all(map(_is_storable, [name, *values]))
    }
    if problems:
        raise InvalidParameters(problems)


def _is_storable(text: str) -> bool:
    if len(text) > LONGEST_PARAMETER or any(ord(c) < 32 or ord(c) == 127 for c in text):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
