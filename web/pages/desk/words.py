"""Words for what the tables of the trade name: states and steps, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import ClosedDays
from touring.lifecycles import HOLD, REQUEST, STOP, Lifecycle
from venues.models import Upload, UploadState
from web.pages.page import language


def _state_word(cycle: Lifecycle, state: str) -> str:
    for one in cycle.states:
        if one.name == state:
            return one.en if language() == "en" else one.zh
    return state


def request_state_word(state: str) -> str:
    return _state_word(REQUEST, state)


def stop_state_word(state: str) -> str:
    return _state_word(STOP, state)


def hold_state_word(state: str) -> str:
    return _state_word(HOLD, state)


def item_state_word(state: str) -> str:
    """How an exhibit was found."""
    words = {"good": _("good"), "worn": _("worn"), "damaged": _("damaged"), "missing": _("missing")}
    return words.get(state, state)


def step_word(operation: str) -> str:
    """What a button says, or a line of the history."""
    return {
        "draft": _("Keep as draft"),
        "submit": _("Hand in"),
        "endorse": _("Endorse"),
        "return": _("Return"),
        "consolidate": _("Hand up to the province"),
        "wait": _("Put on the waiting list"),
        "accept": _("Accept"),
        "reject": _("Reject"),
        "change": _("Change"),
        "plan": _("Planned"),
        "unplan": _("Taken from the plan"),
        "fulfil": _("Fulfilled"),
        "withdraw": _("Withdraw"),
        "expire": _("Expired"),
        "challenge": _("Challenge"),
        "confirm": _("Confirm"),
        "release": _("Release"),
        "prepare": _("Begin to prepare"),
        "depart": _("Departed"),
        "install": _("Arrived: set up"),
        "open": _("Open to the public"),
        "strike": _("Close and strike"),
        "hand_over": _("Handed over"),
        "report": _("Hand in the summary"),
        "settle": _("Settle and close"),
    }.get(operation, operation)


def upload_state(upload: Upload) -> str:
    """How far a file got."""
    if upload.state == UploadState.CHECKED and upload.report.get("problems"):
        return _("to be corrected")
    return {
        UploadState.CHECKED: _("looked at, not yet written"),
        UploadState.COMMITTED: _("written"),
        UploadState.UNDONE: _("taken back"),
    }[UploadState(upload.state)]


def upload_counts(counts: Mapping[str, int]) -> str:
    """What a file does, in figures."""
    told = (
        (counts["created"], ngettext("{n} new", "{n} new", counts["created"])),
        (counts["changed"], ngettext("{n} changed", "{n} changed", counts["changed"])),
        (counts["unchanged"], ngettext("{n} as before", "{n} as before", counts["unchanged"])),
        (counts["problems"], ngettext("{n} problem", "{n} problems", counts["problems"])),
    )
    return " · ".join(words.format(n=n) for n, words in told if n) or _("nothing in it")


def closing_word(on_closed_days: str) -> str:
    """What becomes of a date on a day on which its venue is closed."""
    return {
        ClosedDays.KEEP: _("takes place all the same: cancel it by hand"),
        ClosedDays.CANCEL: _("will be cancelled, with the reason"),
        ClosedDays.SKIP: _("will be left out"),
    }[ClosedDays(on_closed_days)]
