"""Words for what the tables of the trade name: states and steps, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from touring.lifecycles import HOLD, REQUEST, STOP, Lifecycle
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
