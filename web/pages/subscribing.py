"""The ways into a calendar program."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from events.feeds.feed import Feed


@dataclass(frozen=True)
class Subscription:
    """Where one feed can be followed; ``url`` is the plain address to copy."""

    url: str
    webcal: str
    google: str
    outlook: str


def subscription_to(feed: Feed) -> Subscription:
    """The addresses that start a subscription in each program.

    ``webcal:`` opens the system's calendar (Apple, Thunderbird, Outlook); Google takes the
    address as ``cid``, Outlook on the web wants https.
    """
    bare = feed.url.partition("://")[2]
    name = quote(feed.name.in_language(feed.language), safe="")
    return Subscription(
        url=feed.url,
        webcal=f"webcal://{bare}",
        google=f"https://calendar.google.com/calendar/r?cid={quote(f'webcal://{bare}', safe='')}",
        outlook=(
            "https://outlook.live.com/calendar/0/addfromweb"
            f"?url={quote(feed.url, safe='')}&name={name}"
        ),
    )
