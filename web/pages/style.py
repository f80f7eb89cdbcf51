"""Every component of the pages with its states, alive: what a new page is put together from."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from web.pages.desk.inputs import day_field
from web.pages.page import page

TOKENS = (
    *("ground", "paper", "ink", "quiet", "line", "accent", "on-accent", "soft", "warn"),
    "warn-soft",
)


class ExampleForm(forms.Form):
    """A field of each sort."""

    title = forms.CharField(label=_("Title"), help_text=_("as visitors read it"))
    day = day_field(_("Day"))
    kind = forms.ChoiceField(label=_("Kind"), choices=(("a", _("exhibition")), ("b", _("show"))))
    words = forms.CharField(label=_("Description"), widget=forms.Textarea({"rows": 3}))
    people = forms.MultipleChoiceField(
        label=_("For whom"),
        widget=forms.CheckboxSelectMultiple,
        choices=(("a", _("families")), ("b", _("schools"))),
    )


@page
def style(request: HttpRequest) -> HttpResponse:
    """Tokens and components, among them what is empty, wrong, waiting or far too long."""
    refused = ExampleForm({"title": "", "day": "", "kind": "a"}, auto_id="refused_%s")
    context = {"tokens": TOKENS, "plain": ExampleForm(), "refused": refused}
    response = render(request, "web/style.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
