"""Files at the desk: handed in, looked at, their columns named, written, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from touring.models import Season
from touring.permissions import seasons_visible_to
from touring.services import uploads
from venues.errors import DomainError
from venues.imports.isolated import read_table_isolated
from venues.models import Upload, UploadKind, UploadState, Venue
from web.pages.desk.events import venues_edited
from web.pages.desk.page import desk_page, done
from web.pages.desk.refusals import refusal_lines
from web.pages.page import language

MOST_FILES = 50
MOST_SHOWN = 200
LARGEST = 10_000_000
_OF_VENUE = frozenset({UploadKind.EVENTS, UploadKind.CALENDAR})


class FileForm(forms.Form):
    """A file, what is in it, and whom it is about."""

    KINDS = (
        (UploadKind.EVENTS, _("Events (Excel or CSV)")),
        (UploadKind.CALENDAR, _("Events (calendar file, .ics)")),
        (UploadKind.TOUR_REQUESTS, _("Tour requests (Excel or CSV)")),
        (UploadKind.UNITS, _("Units (Excel or CSV)")),
        (UploadKind.VENUES, _("Museums (Excel or CSV)")),
    )

    kind = forms.ChoiceField(label=_("What is in it"), choices=KINDS)
    venue = forms.ModelChoiceField(
        label=_("Place"),
        queryset=Venue.objects.none(),
        required=False,
        help_text=_("where the events take place"),
    )
    season = forms.ModelChoiceField(
        label=_("Season"),
        queryset=Season.objects.none(),
        required=False,
        help_text=_("which the requests are for"),
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.ics"}),
        help_text=_("at most 10 MB"),
    )

    def __init__(self, *args: Any, venues: QuerySet, seasons: QuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        code = language()
        for name, rows in (("venue", venues), ("season", seasons)):
            self.fields[name].queryset = rows
            self.fields[name].empty_label = "–"
            self.fields[name].label_from_instance = lambda row: row.name(code)

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError(gettext("The file is larger than 10 MB; split it."))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind")
        if kind in _OF_VENUE and not given.get("venue"):
            self.add_error("venue", gettext("Say where the events take place."))
        if kind == UploadKind.TOUR_REQUESTS and not given.get("season"):
            self.add_error("season", gettext("Say which season the requests are for."))
        return given

    @property
    def place(self) -> str:
        """The slug the service asks for."""
        given = self.cleaned_data
        row = given["venue"] if given["kind"] in _OF_VENUE else given["season"]
        return (
            row.slug if row and given["kind"] not in (UploadKind.UNITS, UploadKind.VENUES) else ""
        )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def file_list(request: HttpRequest) -> HttpResponse:
    """The files one handed in, and a form for another; a POST looks at one and writes nothing."""
    today = timezone.localdate()
    choices = {
        "venues": venues_edited(request),
        "seasons": seasons_visible_to(request.user, today).order_by("-first_date", "pk"),
    }
    is_sent = request.method == "POST"
    form = FileForm(
        request.POST if is_sent else None,
        request.FILES or None,
        initial={"venue": choices["venues"].first()},
        **choices,
    )
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        content, kind = file.read(), form.cleaned_data["kind"]
        try:
            upload = _handed_in(request, kind, content, file.name, form.place, {})
        except DomainError as refusal:
            for line in refusal_lines(refusal):
                form.add_error(None, line)
        else:
            return _to(request, upload)
    context = {
        "form": form,
        "files": _mine(request).order_by("-created_at", "-pk")[:MOST_FILES],
        "templates": [(kind.value, _kind_word(kind)) for kind in map(UploadKind, uploads.SHEETS)],
        "lang": language(),
    }
    return render(request, "desk/files.html", context, status=422 if form.errors else 200)


@require_safe
@desk_page
def file_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file will do, or did: new, changed (was and is), and every problem with its cell."""
    upload = _one(request, pk)
    is_open = upload.state == UploadState.CHECKED
    problems = upload.report["problems"]
    context = {
        "upload": upload,
        "kind": _kind_word(UploadKind(upload.kind)),
        "report": upload.report,
        "most": MOST_SHOWN,
        "may_commit": is_open and not problems,
        "may_undo": upload.state == UploadState.COMMITTED,
        "columns": _columns(upload) if is_open and problems else [],
        "fields": _fields(upload),
    }
    return render(request, "desk/file.html", context)


@require_POST
@desk_page
def file_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Say what the columns mean (which looks at the file anew), write it, or take it back."""
    upload = _one(request, pk)
    back = reverse("desk-file", kwargs={"pk": pk})
    acts: dict[str, Callable[..., Upload]] = {"commit": uploads.commit, "undo": uploads.undo}
    if step == "columns":
        made: list[Upload] = []
        content = bytes(upload.content)

        def look_again() -> None:
            mapping = _mapping(request, upload)
            made.append(
                _handed_in(request, upload.kind, content, upload.name, upload.place, mapping)
            )

        answer = done(request, look_again, gettext("Looked at again."), back=back)
        return _to(request, made[0]) if made else answer
    if step not in acts:
        raise Http404
    act = partial(acts[step], upload_id=pk, by=request.user, now=timezone.now())
    said = gettext("Written.") if step == "commit" else gettext("Taken back.")
    return done(request, act, said, back=back)


def _handed_in(
    request: HttpRequest, kind: str, content: bytes, name: str, place: str, mapping: dict[str, str]
) -> Upload:
    return uploads.hand_in(
        kind=kind,
        content=content,
        name=name,
        place=place,
        mapping=mapping,
        by=request.user,
        now=timezone.now(),
    )


def _mine(request: HttpRequest) -> QuerySet[Upload]:
    return Upload.objects.filter(owner=request.user.pk).defer("content", "journal")


def _one(request: HttpRequest, pk: int) -> Upload:
    upload = Upload.objects.filter(owner=request.user.pk, pk=pk).first()
    if upload is None:
        raise Http404
    return upload


def _to(request: HttpRequest, upload: Upload) -> HttpResponseRedirect:
    address, code = reverse("desk-file", kwargs={"pk": upload.pk}), request.GET.get("lang")
    return HttpResponseRedirect(f"{address}?lang={code}" if code else address)


def _kind_word(kind: UploadKind) -> str:
    return str(dict(FileForm.KINDS)[kind])


def _columns(upload: Upload) -> list[tuple[str, str | None]]:
    """The headings of the file with the field each was said to be; ``None``: nobody said."""
    if upload.kind not in uploads.SHEETS:
        return []
    headings = read_table_isolated(bytes(upload.content)).headings
    return [(heading, upload.mapping.get(heading)) for heading in headings if heading]


def _fields(upload: Upload) -> list[tuple[str, str]]:
    """The fields such a sheet has, as the page's language calls them."""
    columns = uploads.SHEETS.get(upload.kind, ())
    if language() == "zh":
        return [(each.field, each.headings[0]) for each in columns]
    return [(each.field, next(filter(str.isascii, each.headings), each.field)) for each in columns]


def _mapping(request: HttpRequest, upload: Upload) -> dict[str, str]:
    """Heading → field, of those that were said; ``-`` leaves a column out."""
    known = {field for field, _label in _fields(upload)}
    said = {}
    for heading, _now in _columns(upload):
        field = request.POST.get(f"column:{heading}", "")
        if field == "-" or field in known:
            said[heading] = "" if field == "-" else field
    return said
