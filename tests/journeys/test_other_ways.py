"""The portal without scripts, by keyboard alone, and after the session has expired in the middle of a long text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import inspect, screenshot
from tests.journeys.people import arrived, confirm_departments, follow, press, say_why_key_figures_are_missing, sign_in, told
from tests.journeys.server import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("journeys")]

LONG_TEXT = "\n".join(
    f"Afsnit {number}: Mange unge står uden uddannelse, og nabostøjen går ud over søvnen." for number in range(1, 31)
)


def start(page: Page, portal: Portal, title: str) -> str:
    """A new application for a real area; its number."""
    sign_in(page, portal, "Ansøger")
    follow(page, "Ny ansøgning")
    page.get_by_label("Boligområde").select_option(value="skovgaardsparken")
    page.get_by_label("Indsatsens navn").fill(title)
    press(page, "Opret kladde")
    arrived(page, "Ansøgning")
    found = re.search(r"/cases/(\d{6})/", page.url)
    assert found is not None
    return found[1]


def test_without_scripts_an_application_is_filled_in_and_submitted(portal: Portal, new_page: Callable[..., Page]) -> None:
    page = new_page(scripts=False)
    number = start(page, portal, "Uden scripts")

    follow(page, "Afdelinger")
    confirm_departments(page)
    page.get_by_label("Sociale problemer").check()
    page.get_by_label("Områdets sociale udfordringer").fill(LONG_TEXT)
    press(page, "Gem og gå videre")
    say_why_key_figures_are_missing(page)

    page.get_by_label("Samlet budget for hele perioden").fill("8.000.000")
    for row, amount in (("Bidrag 1", "6000000"), ("Bidrag 2", "1000000"), ("Bidrag 3", "500000")):
        page.get_by_role("group", name=row).get_by_label("Beløb").fill(amount)
    press(page, "Tilføj et bidrag")
    expect(page.get_by_role("group", name="Bidrag 1").get_by_label("Beløb")).to_have_value("6000000")
    fourth = page.get_by_role("group", name="Bidrag 4")
    fourth.get_by_label("Hvem betaler?").select_option(label="Afdelingen")
    fourth.get_by_label("Beløb").fill("500000")
    press(page, "Gem og se summerne")
    expect(page.locator("#sums")).to_contain_text("2.000.000 kr.")
    screenshot(page, "without scripts budget")
    press(page, "Gem og gå til oversigten")
    arrived(page, "Ansøgning")

    follow(page, "Tjek dine svar")
    page.get_by_label("Jeg erklærer").check()
    press(page, "Indsend ansøgning")

    arrived(page, "Ansøgningen er indsendt")
    expect(page.locator("#case-number")).to_have_text(number)


def test_by_keyboard_alone_a_case_is_found_and_moved(portal: Portal, new_page: Callable[..., Page]) -> None:
    number = submitted(new_page(), portal, "Med tastaturet")
    page = new_page()

    page.goto(f"{portal.site}/demo/sign-in/")
    tab_to(page, "Sagsbehandler")
    page.keyboard.press("Enter")
    arrived(page, "Forside")
    page.keyboard.press("Tab")
    assert focused(page) == "Gå til sidens indhold"
    page.keyboard.press("Enter")
    tab_to(page, number)
    page.keyboard.press("Enter")
    arrived(page, "Med tastaturet")
    tab_to(page, "Begynd vurdering")
    page.keyboard.press("Enter")

    told(page, "Vurderingen er begyndt.")


def focused(page: Page) -> str:
    """What has the focus, as it reads; and that one can see it."""
    text, outline = page.evaluate(
        "() => { const at = document.activeElement, style = getComputedStyle(at);"
        " return [at.innerText.trim(), style.outlineStyle !== 'none' || style.boxShadow !== 'none'] }"
    )
    assert outline, f"the focus on »{text}« cannot be seen"
    return str(text)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is there."""
    passed = []
    for _press in range(60):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1] == name:
            return
    pytest.fail(f"no way by Tab to »{name}«, only to {passed}")


def submitted(page: Page, portal: Portal, title: str) -> str:
    """An application that stands in the fund's inbox, typed in as quickly as the rules let one."""
    number = start(page, portal, title)
    follow(page, "Afdelinger")
    confirm_departments(page)
    page.get_by_label("Sociale problemer").check()
    page.get_by_label("Områdets sociale udfordringer").fill(LONG_TEXT)
    press(page, "Gem og gå videre")
    say_why_key_figures_are_missing(page)
    page.get_by_label("Samlet budget for hele perioden").fill("8000000")
    for row, amount in (("Bidrag 1", "6000000"), ("Bidrag 2", "1000000"), ("Bidrag 3", "1000000")):
        page.get_by_role("group", name=row).get_by_label("Beløb").fill(amount)
    press(page, "Gem og gå til oversigten")
    follow(page, "Tjek dine svar")
    page.get_by_label("Jeg erklærer").check()
    press(page, "Indsend ansøgning")
    arrived(page, "Ansøgningen er indsendt")
    return number


@pytest.mark.parametrize("scripts", [True, False])
def test_a_long_text_outlives_the_session(portal: Portal, new_page: Callable[..., Page], *, scripts: bool) -> None:
    page = new_page(scripts=scripts)
    number = start(page, portal, "Efter en lang pause")
    follow(page, "Udfordringer")
    expire_the_session(page)  # before anything is typed: a page with scripts saves by itself
    page.get_by_label("Sociale problemer").check()
    page.get_by_label("Områdets sociale udfordringer").fill(LONG_TEXT)
    press(page, "Gem og gå til oversigten")
    arrived(page, "Log ind")
    page.get_by_role("main").get_by_role("button", name="Ansøger", exact=True).click()
    arrived(page, "Det, du skrev, er gemt her")
    expect(page.get_by_role("main")).to_contain_text("Afsnit 30: Mange unge står uden uddannelse")
    assert portal.rows("SELECT challenges FROM applications_application WHERE case_number = %s", number) == [("",)]
    if scripts:
        inspect(page, "kept after the session expired")
    press(page, "Send det nu")

    told(page, "Gemt: Udfordringer.")
    [(stored,)] = portal.rows("SELECT challenges FROM applications_application WHERE case_number = %s", number)
    assert stored == LONG_TEXT
    page.goto(f"{portal.site}/kept/")
    arrived(page, "Forside")


def expire_the_session(page: Page) -> None:
    """As an hour without a click does it: the browser no longer sends the cookie."""
    page.context.clear_cookies(name="sessionid")
