"""Debian's Chromium, without a window: the Prefect UI as a person sees and fills it in."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCREENSHOTS = Path(__file__).parent / "screenshots"
REQUIRED = "QRT_BROWSER"  # "required" where a test without a browser is a failure
PATIENCE_MS = 300_000
_MISSING = "There is no Chromium. Install Debian's package: apt-get install chromium."


@contextmanager
def chromium() -> Iterator["Screen"]:
    """Yield a page of a browser; without one the test is skipped, unless one is required."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get(REQUIRED) == "required":
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # /dev/shm has 64 MB in a container.
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-dev-shm-usage"])
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        page.set_default_timeout(PATIENCE_MS)
        yield Screen(page)
        browser.close()


@dataclass(frozen=True)
class Screen:
    """A page, with the words that Prefect's UI has for its parts."""

    page: Any

    def sign_in(self, url: str, text: str) -> None:
        """Open the UI as a person who has read what `qrt up` said."""
        self.page.goto(url)
        self.page.locator("input[type=password]").fill(text)
        self.page.get_by_role("button", name="Login").click()
        self.page.wait_for_url("**/dashboard*")

    def keep(self, name: str, *, height_px: int = 1100) -> None:
        """Keep what is to be seen in a window of that height."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.set_viewport_size({"width": 1400, "height": height_px})
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def fill(self, title: str, *texts: str) -> None:
        """Fill in a field of a run's form; a text for each item where it is a list."""
        label = f'.schema-form-property__label:text-is("{title} (Optional)")'
        field = self.page.locator(f".schema-form-property:has(> .p-label__header {label})")
        boxes = field.locator("textarea, input")
        for number, text in enumerate(texts):
            boxes.nth(number).fill(text)

    def shown(self, words: str) -> Any:
        """Wait for words, and return where they are."""
        found = self.page.get_by_text(words).first
        found.wait_for()
        return found

    def pictures(self) -> list[tuple[str, int]]:
        """Return each picture of an artifact once it has loaded: its name, and its true width."""
        self.page.locator("article img").first.wait_for()
        self.page.wait_for_function(
            "[...document.querySelectorAll('article img')].every(one => one.complete)"
        )
        found: list[tuple[str, int]] = [
            (one.get_attribute("alt"), one.evaluate("one => one.naturalWidth"))
            for one in self.page.locator("article img").all()
        ]
        return found
