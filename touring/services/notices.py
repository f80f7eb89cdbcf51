"""Mail to hosts about what a publication changed for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from events.services.outbox import leave_mail
from touring.models import Publication, PublishedChange, TourRequest


def tell_hosts(
    publication: Publication, changes: Iterable[PublishedChange], *, now: datetime
) -> int:
    """Leave one mail per address with everything that changed for it; how many mails.

    Requests without an address, and stops that stay as they were, are left out.
    """
    told: dict[str, list[PublishedChange]] = defaultdict(list)
    for change in changes:
        address = change.request.contact_email or change.request.venue.email
        if address and change.before != change.after:
            told[address].append(change)
    for address, mine in sorted(told.items()):
        leave_mail(
            key=f"publication-{publication.pk}-{address}"[:200],
            recipient=address,
            subject="巡展安排有变化 / Your touring exhibition dates",
            body=_body(publication, mine),
            now=now,
        )
    return len(told)


def _body(publication: Publication, changes: list[PublishedChange]) -> str:
    plan = publication.plan
    chinese = "\n".join(f"- {_line_zh(change)}" for change in changes)
    english = "\n".join(f"- {_line_en(change)}" for change in changes)
    said = f"{publication.message}\n\n" if publication.message else ""
    return (
        f"您好！{plan.name('zh')}（第{publication.number}次发布）对贵单位的安排如下：\n{chinese}\n\n"
        f"{said}"
        f"Publication {publication.number} of {plan.name('en')} changes these for you:\n{english}\n"
    )


def _line_zh(change: PublishedChange) -> str:
    where = _where(change.request, "zh")
    if not change.after:
        return f"{where}：原定{_days(change.before)}的展出取消"
    text = f"{where}：{change.after['unit']}，{_days(change.after)}开放，{change.after['arrives_on']}到馆"
    return (
        f"{text}（原为{change.before['unit']}，{_days(change.before)}）" if change.before else text
    )


def _line_en(change: PublishedChange) -> str:
    where = _where(change.request, "en")
    if not change.after:
        return f"{where}: the stop on {_days(change.before)} is cancelled"
    after = change.after
    text = f"{where}: {after['unit']} is open {_days(after)}, arriving {after['arrives_on']}"
    was = change.before
    return f"{text} (was {was['unit']}, {_days(was)})" if was else text


def _where(request: TourRequest, language: str) -> str:
    return f"{request.code} {request.venue.name(language)}"


def _days(stop: dict[str, Any]) -> str:
    """First and last open day, as people say it."""
    last = date.fromisoformat(stop["closes_on"]) - timedelta(days=1)
    return f"{stop['opens_on']} – {last}"
