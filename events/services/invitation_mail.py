"""The mail an invitee gets: words, links and the calendar part. Plain words, no templates.

Text from outside goes in as values of ``format_html`` or as it is, never as a format string.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_variables

from events.ical.entry import Entry
from events.itip.party import Attendee
from events.itip.record import entry_in
from events.itip.request import write_cancel, write_request
from events.models import Invitation, OutgoingMail
from events.models.invitation import Said
from events.services.cleaning import one_line
from events.services.outbox import leave_mail

_WORDS = {
    "zh": {
        "first": "邀请：",
        "again": "安排有变：",
        "withdrawn": "已取消：",
        "when": "时间",
        "where": "地点",
        "ask": "请在邮件程序中点“接受”或“拒绝”，或打开此页答复：",
        "gone": "此项安排已取消，不必答复。",
        "accept": "接受",
        "decline": "拒绝",
    },
    "en": {
        "first": "Invitation: ",
        "again": "Changed: ",
        "withdrawn": "Cancelled: ",
        "when": "When",
        "where": "Where",
        "ask": "Accept or decline in your mail program, or answer on this page:",
        "gone": "This no longer takes place; no answer is needed.",
        "accept": "Accept",
        "decline": "Decline",
    },
}


@sensitive_variables("token")
def leave_invitation(row: Invitation, *, token: str, now: datetime) -> OutgoingMail:
    """Leave the mail that tells the invitee what ``row`` says; its key names the revision."""
    entry = entry_in(row.record, sequence=row.sequence, changed_at=now)
    organizer = _organizer(token)
    attendee = Attendee(row.address, row.name, row.language)
    if row.said == Said.CANCEL:
        calendar = write_cancel(entry, organizer=organizer, attendee=attendee)
    else:
        calendar = write_request(
            entry, organizer=organizer, attendee=attendee, answer=row.standing_answer
        )
    return leave_mail(
        key=f"invitation:{row.pk}:{row.sequence}:{row.said}",
        recipient=row.address,
        subject=_heading(row) + row.text("title"),
        body=_body(row, entry, token),
        html=_html(row, entry, token),
        calendar=calendar,
        sender=formataddr((organizer.name, organizer.address)),
        holds_secret=True,
        not_before=row.due_at,
        now=now,
    )


def reply_address(token: str) -> str:
    """Where answers go; the installation's address where no domain for answers is set up."""
    if settings.REPLY_DOMAIN:
        return str(Address(username=f"r+{token}", domain=settings.REPLY_DOMAIN))
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def link_of(token: str) -> str:
    return f"{settings.SITE_URL}/invitations/{token}/"


def _organizer(token: str) -> Attendee:
    name = parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or "Orrery"
    return Attendee(reply_address(token), one_line(name))


def _heading(row: Invitation) -> str:
    words = _WORDS[row.language]
    if row.said == Said.CANCEL:
        return words["withdrawn"]
    return words["again" if row.told else "first"]


def _body(row: Invitation, entry: Entry, token: str) -> str:
    words = _WORDS[row.language]
    lines = [_heading(row) + row.text("title"), f"{words['when']}: {days_in_words(entry)}"]
    if place := row.text("location"):
        lines.append(f"{words['where']}: {one_line(place)}")
    if text := row.text("description"):
        lines += ["", text]
    if row.said == Said.CANCEL:
        return "\n".join([*lines, "", words["gone"]])
    return "\n".join([*lines, "", words["ask"], link_of(token)])


def _html(row: Invitation, entry: Entry, token: str) -> str:
    words = _WORDS[row.language]
    head = format_html(
        "<p><strong>{}{}</strong><br>{}: {}<br>{}: {}</p><p>{}</p>",
        *(_heading(row), row.text("title"), words["when"], days_in_words(entry)),
        *(words["where"], row.text("location") or "–", row.text("description")),
    )
    if row.said == Said.CANCEL:
        return head + format_html("<p>{}</p>", words["gone"])
    link = link_of(token)
    return head + format_html(
        '<p>{}<br><a href="{}?answer=accepted">{}</a> · <a href="{}?answer=declined">{}</a></p>',
        *(words["ask"], link, words["accept"], link, words["decline"]),
    )


def days_in_words(entry: Entry) -> str:
    """First and last day as people say them, or the hours with their zone."""
    if entry.is_all_day:
        last = entry.end - timedelta(days=1)
        return _span(entry.start, last)
    start, end = entry.start, entry.end
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    shown = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} – {shown} ({entry.timezone})"


def _span(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} – {last}"
