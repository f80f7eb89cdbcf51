"""What every page must be free of: barriers that axe finds, and widths beyond the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


POLICY_WATCH = """addEventListener("securitypolicyviolation",
    event => console.error("policy: " + event.violatedDirective + " " + event.blockedURI))"""
"""Says on a page's console what broke its content security policy; a script for its context."""


def barriers_on(page: Any, node_modules: Path, where: str) -> list[tuple[str, str, str]]:
    """The complaints about the page as it stands, each with the place it was found at.

    The page's context must bypass the content security policy: axe is put in from outside.
    """
    page.evaluate((Path(node_modules) / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)["violations"]
    complaints = [(where, one["id"], one["nodes"][0]["html"]) for one in found]
    width = page.viewport_size["width"]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        complaints.append((where, "wider than the screen", str(width)))
    return complaints


def sign_in(context: Any, client: Client, site: str) -> None:
    """Give a browser's context the session of a test client."""
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
