"""Make the pictures of the README and of the pages from a running demo: ``python docs/pictures.py``.

The season's drawing is the planner's own: see the README, "The planner by itself". Pictures are
reduced to 128 colours, so that each stays below 100 kB.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent / "images"
PHONE, DESK = (390, 780), (1280, 860)
PUBLIC = {
    "region-month": ("/regions/340000/?view=month&month=2027-04", (1280, 1000)),
    "venue-phone": ("/venues/bp-koirala-planetarium-science-museum/?month=2027-04", PHONE),
    "whats-on-phone": ("/whats-on/?start=2027-03-01", PHONE),
    "tour-phone": ("/exhibitions/sound/?month=2027-03", PHONE),
}
OF_PEOPLE = {
    "museum": {
        "desk-today": ("/desk/", DESK),
        "desk-files-phone": ("/desk/files/", PHONE),
        "desk-closures-phone": ("/desk/closures/", PHONE),
    },
    "planner": {
        "workbench": ("/desk/plans/1/", (1440, 1000)),
        "desk-figures": ("/desk/figures/", DESK),
        "desk-requests": ("/desk/requests/", DESK),
    },
}
PASSWORD = "orrery-demo"  # noqa: S105  # the demo's own, said at its start
COLOURS = 128


def main(site: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        take_all(browser.new_page(), site, PUBLIC)
        for person, pictures in OF_PEOPLE.items():
            page = browser.new_context().new_page()
            sign_in(page, site, person)
            take_all(page, site, pictures)
        browser.close()


def sign_in(page: Any, site: str, person: str) -> None:
    page.goto(f"{site}/account/login/?lang=zh")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.goto(f"{site}/desk/")  # hears the greeting


def take_all(page: Any, site: str, pictures: dict[str, tuple[str, tuple[int, int]]]) -> None:
    """Each picture in both languages, as ``NAME-zh.png`` and ``NAME-en.png``."""
    for name, (address, (width, height)) in pictures.items():
        page.set_viewport_size({"width": width, "height": height})
        for language in ("zh", "en"):
            page.goto(f"{site}{address}{'&' if '?' in address else '?'}lang={language}")
            if "/plans/" in address:
                page.wait_for_selector("#workbench[data-state=ready]:not([data-judging])")
            taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            small = taken.quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(FOLDER / f"{name}-{language}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
