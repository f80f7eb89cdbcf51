"""Addresses once handed out keep leading somewhere: what was printed on a poster stays there."""

from __future__ import annotations

from venues.models import FormerAddress


def leave_address(*, kind: str, former: str, current: str) -> None:
    """Let ``former`` lead to ``current`` from now on, together with all that led to ``former``.

    Going back to an earlier address makes it a current one again.
    """
    of_kind = FormerAddress.objects.filter(kind=kind)
    of_kind.filter(former=current).delete()
    of_kind.filter(current=former).update(current=current)
    of_kind.update_or_create(former=former, kind=kind, defaults={"current": current})


def current_address(kind: str, former: str) -> str | None:
    """Where ``former`` leads today, through any number of changes; ``None``: it never existed.

    One query. :func:`leave_address` keeps chains one step long; the address that is current today
    is no former address, so it answers ``None``, too.
    """
    return (
        FormerAddress.objects.filter(kind=kind, former=former)
        .values_list("current", flat=True)
        .first()
    )
