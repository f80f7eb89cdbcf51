"""The tree of regions as ids. Knows no hosts."""

from __future__ import annotations

from collections.abc import Mapping


def ancestors_of(region: str | None, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The region and all above it, nearest first; ends at an unknown parent or a circle."""
    chain: list[str] = []
    while region is not None and region in parents and region not in chain:
        chain.append(region)
        region = parents[region]
    return tuple(chain)
