"""Ask outside judges about every page of a running demo: ``python docs/validate.py [ADDRESS]``.

Nu (the HTML checker of the W3C) reads each page in both languages, Lighthouse the main ones on a
phone. Both are fetched into ``var/judges`` by npm, on first use; Nu needs Java. ``--html`` or
``--lighthouse`` asks only one of them. Ends with 1 where Nu finds an error or Lighthouse gives
less than 95 of 100.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

JUDGES = Path(__file__).resolve().parents[1] / "var" / "judges"
VERSIONS = ("vnu-jar@26.9.27", "lighthouse@12.6.1")
PASSWORD = "orrery-demo"  # noqa: S105  # the demo's own, said at its start
ENOUGH = 95
MAIN = ("/", "/whats-on/", "/regions/340000/", "/exhibitions/sound/")
PAGES = {
    "": (
        *MAIN,
        "/regions/340000/?view=month&month=2027-04",
        "/whats-on/?view=map",
        "/whats-on/?start=nonsense",
        "/whats-on/follow/?q=光",
        "/regions/340000/programme/",
        "/style/",
        "/nowhere/",
        "/account/login/",
    ),
    "museum": (
        *("/desk/", "/desk/events/", "/desk/events/new/", "/desk/review/", "/desk/calendars/"),
        *("/desk/files/", "/desk/closures/", "/desk/followers/", "/account/"),
    ),
    "admin": (
        *("/desk/calls/", "/desk/calls/new/?season=anhui-2027", "/desk/facilities/"),
        *(
            "/desk/facilities/new/?venue=district-hall-340111",
            "/desk/stops/ANHUI-2027-001/agreement/",
        ),
        *("/desk/requests/", "/desk/requests/new/", "/desk/requests/ANHUI-2027-001/"),
        *("/desk/holds/", "/desk/holds/new/", "/desk/stops/", "/desk/stops/ANHUI-2027-001/"),
        *("/desk/stops/ANHUI-2027-001/condition/", "/desk/stops/ANHUI-2027-001/count/"),
        *("/desk/figures/", "/desk/people/", "/desk/keys/", "/desk/notices/"),
        *("/desk/plans/", "/desk/plans/1/"),
    ),
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--html", action="store_true")
    parser.add_argument("--lighthouse", action="store_true")
    options = parser.parse_args(argv)
    fetch_judges()
    both = options.html == options.lighthouse
    errors = check_html(options.site) if both or options.html else 0
    low = check_main_pages(options.site) if both or options.lighthouse else 0
    return 1 if errors or low else 0


def fetch_judges() -> None:
    if (JUDGES / "node_modules" / "lighthouse").exists():
        return
    JUDGES.mkdir(parents=True, exist_ok=True)
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    subprocess.run(["npm", "install", "--prefix", str(JUDGES), *quiet, *VERSIONS], check=True)


def check_html(site: str) -> int:
    """How many errors Nu finds; each is printed with its page."""
    jar = JUDGES / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        number = 0
        for person, addresses in PAGES.items():
            asker = visitor(playwright, site, person)
            for address in addresses:
                for language in ("zh", "en"):
                    name = re.sub(r"\W+", "_", f"{person}{address}{language}")
                    content = asker.get(in_language(address, language)).body()
                    (Path(folder) / f"{name}.html").write_bytes(content)
                    number += 1
        command = ["java", "-jar", str(jar), "--format", "json", "--errors-only", folder]
        told = subprocess.run(command, check=False, capture_output=True, timeout=600).stderr
    found = [one for one in json.loads(told)["messages"] if one["type"] == "error"]
    for one in found:
        say(f"{Path(one.get('url', '')).name}: {one.get('lastLine')}: {one['message']}")
    say(f"Nu found {len(found)} errors on {number} pages.")
    return len(found)


def check_main_pages(site: str) -> int:
    """How many scores are below 95."""
    low = 0
    tool = JUDGES / "node_modules" / "lighthouse" / "cli" / "index.js"
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    known = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
    for address in MAIN:
        command = ["node", str(tool), site + in_language(address, "zh"), "--quiet", flags]
        command += [
            "--output=json",
            "--only-categories=performance,accessibility,best-practices,seo",
        ]
        done = subprocess.run(command, check=True, capture_output=True, timeout=300, env=known)
        categories = json.loads(done.stdout)["categories"]
        scores = {
            name: round(100 * one["score"])
            for name, one in categories.items()
            if one["score"] is not None  # some Chromium and some Lighthouse do not trace together
        }
        say(f"{address} {scores}")
        low += sum(score < ENOUGH for score in scores.values())
    return low


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def in_language(address: str, language: str) -> str:
    quoted = urllib.parse.quote(address, safe="/?&=")
    return f"{quoted}{'&' if '?' in quoted else '?'}lang={language}"


def visitor(playwright: Any, site: str, person: str) -> Any:
    """Somebody who asks for pages, signed in where there is a name."""
    asker = playwright.request.new_context(base_url=site)
    if person:
        token = re.search('csrfmiddlewaretoken" value="(.*?)"', asker.get("/account/login/").text())
        form = {"login": person, "password": PASSWORD}
        form["csrfmiddlewaretoken"] = token[1] if token else ""
        asker.post("/account/login/", form=form, headers={"Referer": f"{site}/account/login/"})
    return asker


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
