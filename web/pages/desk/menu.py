"""The desk's own menu: its pages by what they are about."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

GROUPS = (
    (
        _("Programme"),
        (
            ("desk", _("Today")),
            ("desk-events", _("Events")),
            ("desk-review", _("Review")),
            ("desk-sources", _("Calendars")),
            ("desk-files", _("Files")),
            ("desk-closures", _("Closures")),
            ("desk-followers", _("Subscribers")),
        ),
    ),
    (
        _("Tours"),
        (
            ("desk-calls", _("Calls")),
            ("desk-requests", _("Requests")),
            ("desk-holds", _("Holds")),
            ("desk-stops", _("Stops")),
            ("desk-facilities", _("Facilities")),
            ("plans", _("Plans")),
            ("desk-figures", _("Figures")),
        ),
    ),
    (
        _("Account"),
        (
            ("desk-notices", _("Notices")),
            ("desk-people", _("People")),
            ("desk-keys", _("Keys")),
        ),
    ),
)


def menu_for(request: HttpRequest) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Groups of (address name, label, whether one is there or below it)."""
    here = _present(request.path)
    return [
        (str(title), [(name, str(label), name == here) for name, label in pages])
        for title, pages in GROUPS
    ]


def _present(path: str) -> str:
    """The page whose address begins the path, the longest such."""
    names = [name for _title, pages in GROUPS for name, _label in pages]
    fitting = [(len(reverse(name)), name) for name in names if path.startswith(reverse(name))]
    return max(fitting, default=(0, ""))[1]
