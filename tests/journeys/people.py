"""How people use the portal: sign in, type, press. Everything by the names that people read."""

from __future__ import annotations

import datetime
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.browser import inspect
from tests.journeys.server import Portal


def sign_in(page: Page, portal: Portal, role: str, *, to: str = "") -> None:
    """Press the role's button in the demo's sign-in, and land on the start page or where one was going."""
    page.goto(f"{portal.site}/demo/sign-in/?next={quote(to)}")
    page.get_by_role("main").get_by_role("button", name=role, exact=True).click()
    expect(page.get_by_role("main").get_by_role("heading", level=1)).not_to_have_text("Vælg rolle")


def arrived(page: Page, heading: str, picture: str = "") -> None:
    """The page has this heading, and passes what every page must pass; `picture` names its screenshots."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    if picture:
        inspect(page, picture)


def follow(page: Page, link: str) -> None:
    page.get_by_role("main").get_by_role("link", name=link, exact=True).first.click()


def press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def type_date(within: Page | Locator, legend: str, day: datetime.date) -> None:
    """Day, month and year in their three fields."""
    parts = within.get_by_role("group", name=legend, exact=False)
    for label, number in (("Dag", day.day), ("Måned", day.month), ("År", day.year)):
        parts.get_by_label(label).fill(str(number))


def told(page: Page, sentence: str) -> None:
    """The message after an act."""
    expect(page.get_by_role("main").get_by_text(sentence).first).to_be_visible()


def confirm_departments(page: Page) -> None:
    """The register's master data, gone through (R63)."""
    page.get_by_label("Vi har set stamdata efter").check()
    press(page, "Gem og gå videre")


def say_why_key_figures_are_missing(page: Page) -> None:
    """The same reason for every department (R64)."""
    for reason in page.get_by_label("Mangler der tal? Skriv hvorfor").all():
        reason.fill("Tallene er bestilt og eftersendes.")
    press(page, "Gem og gå videre")
