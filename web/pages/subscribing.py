"""The ways into a calendar program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from django.conf import settings

from events.feeds.feed import ENDS, Feed


@dataclass(frozen=True)
class Subscription:
    """Where one feed can be followed; ``url`` is the plain address to copy, ``path`` its end."""

    path: str
    url: str
    webcal: str
    google: str
    outlook: str
    without_cancelled: str = ""
    """``webcal`` of the same without dates that were called off; empty: not offered."""
    ends_alone: str = ""
    """``webcal`` of the same with long runs on their first and last day alone."""


def subscription_to(feed: Feed) -> Subscription:
    """The addresses that start a subscription of the feed in each program, and in each manner."""
    name = feed.name.in_language(feed.language)
    without_cancelled = replace(feed, drops_cancelled=True)
    ends_alone = replace(feed, runs=ENDS)
    return replace(
        subscription_at(feed.path, name),
        without_cancelled=subscription_at(without_cancelled.path, name).webcal,
        ends_alone=subscription_at(ends_alone.path, name).webcal,
    )


def subscription_at(path: str, name: str) -> Subscription:
    """The addresses that start a subscription of ``path``, by the site's configured address.

    ``webcal:`` opens the system's calendar (Apple, Thunderbird, Outlook); Google takes the
    address as ``cid``, Outlook on the web wants https.
    """
    url = settings.SITE_URL + path
    bare = url.partition("://")[2]
    return Subscription(
        path=path,
        url=url,
        webcal=f"webcal://{bare}",
        google=f"https://calendar.google.com/calendar/r?cid={quote(f'webcal://{bare}', safe='')}",
        outlook=(
            "https://outlook.live.com/calendar/0/addfromweb"
            f"?url={quote(url, safe='')}&name={quote(name, safe='')}"
        ),
    )
