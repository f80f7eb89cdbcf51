"""Make the pictures of the README from a running demo: ``python docs/pictures.py [ADDRESS]``.

The season's drawing is the planner's own: see the README, "The planner by itself".
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent / "images"
PICTURES = {
    "region-month-zh": ("/regions/340000/?lang=zh&view=month&month=2027-04", 1280, 1000),
    "venue-phone-en": (
        "/venues/bp-koirala-planetarium-science-museum/?lang=en&month=2027-04",
        390,
        780,
    ),
}


def main(site: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (address, width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(site + address)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
