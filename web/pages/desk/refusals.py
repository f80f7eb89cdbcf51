"""What a service refused, in the language of the page: the sentence, then each problem."""

from __future__ import annotations

from django.utils.translation import gettext as _

from venues.errors import DomainError
from web.pages.page import language


def refusal_lines(refusal: DomainError) -> list[str]:
    """What is wrong and what to do, one thing a line.

    Services speak English, few of them Chinese; else the code says the same in Chinese, with the
    figures left out.
    """
    if language() == "en":
        return [refusal.message]
    told = refusal.detail.get("zh") or words_of_codes().get(
        refusal.code, _("This cannot be done now.")
    )
    gates = [_of_gate()[one] for one in refusal.detail.get("gates", ()) if one in _of_gate()]
    return [told, *gates]


def words_of_codes() -> dict[str, str]:
    """What is wrong and what to do, by the code of the refusal."""
    return {
        "not_allowed": _("Your roles do not allow this; ask whoever gives roles at your place."),
        "stale_event": _("A colleague has changed it meanwhile; look again and repeat."),
        "stale_stop": _("A colleague has changed it meanwhile; look again and repeat."),
        "stale_tour_request": _("A colleague has changed it meanwhile; look again and repeat."),
        "stale_hold": _("A colleague has changed it meanwhile; look again and repeat."),
        "wrong_state": _("That is no step from where it stands; see what can be done next."),
        "already_taken": _("Unit or place is taken on some of these days; choose others."),
        "already_held": _("Somebody stands in line before; stand behind, or choose other days."),
        "already_asked": _("The county asks already in this year; change that request instead."),
        "deadline_over": _("The call takes nothing today; see its dates, or ask its officers."),
        "quota_reached": _("The quota is used up; return another request, or ask the province."),
        "gate_closed": _("Something is still missing:"),
        "invalid_tour_request": _("Please correct what is marked; nothing was saved."),
        "invalid_hold": _("The days are in the wrong order or over; correct them."),
        "invalid_call": _("Please correct what is marked; nothing was saved."),
        "invalid_record": _("Please correct what is marked; nothing was saved."),
        "invalid_paper": _("The file is not taken: PDF, PNG or JPEG of at most 10 MB."),
        "invalid_event": _("Please correct what is marked; nothing was saved."),
        "nothing_to_publish": _("The event has no date to come; give it one."),
        "nothing_to_undo": _("There is nothing to take back any more."),
        "invalid_subscription": _("This address cannot be read; check it."),
        "unreadable_file": _(
            "It cannot be read; save it as .xlsx, .csv or .ics and hand it in again."
        ),
        "stale_upload": _("Something changed since you looked; hand the file in again."),
        "upload_has_problems": _("The file still has problems; correct it and hand it in again."),
        "stale_plan": _("The plan was published meanwhile; look again and repeat."),
        "plan_broken": _("The version breaks rules as of today; see the broken rules."),
        "invalid_run": _("The planner cannot begin like this; see the requests and locks."),
        "invalid_draft": _("The draft names what the season does not have; open it again."),
        "invalid_season": _("The season's rows make no problem; correct them first."),
        "another_plan_holds": _("Another plan of the season is published; end that one first."),
        "kept_elsewhere": _("It is kept elsewhere; change it there."),
        "no_such_date": _("The event has no such date; look again."),
    }


def _of_gate() -> dict[str, str]:
    return {
        "agreement_signed": _("The agreement is not signed: have it signed and recorded."),
        "facility_report_valid": _("No approved facility report covers the days: renew it."),
        "customs_cover_the_stay": _("No customs document covers the stay: prolong or replace it."),
        "guides_trained": _("Not enough guides are trained: train more and record it."),
        "condition_on_arrival": _("The condition report of unpacking is missing or late."),
        "condition_on_departure": _("The condition report of repacking is missing or late."),
        "handover": _("The handover is not recorded: record it."),
        "counts_and_summary": _("Counts and summary are missing: hand them in."),
    }


def gate_words(gate: str, message: str) -> str:
    """What still closes the gate: the service's words in English, ours in Chinese."""
    return message if language() == "en" else _of_gate().get(gate, message)
