"""The design system's markup in a real browser: accessible, narrow enough, quiet, and usable without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NARROW, Watch, assert_accessible, inspect, screenshot

pytestmark = pytest.mark.browser


def test_every_field_is_accessible_when_empty(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/form")
    inspect(page, "look form empty")


def test_every_error_is_accessible_and_linked_to_its_field(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/form")
    page.get_by_label("Ansøgt beløb").fill("12.5")
    page.get_by_label("Dag").first.fill("31")
    page.get_by_label("Måned").first.fill("2")
    page.get_by_label("År").first.fill("2027")
    page.get_by_label("Udfordringer").fill("Æ" * 201)
    page.get_by_role("button", name="Gem").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Fejl: ")
    texts = summary.get_by_role("listitem").all_inner_texts()
    assert "Udfyld feltet: Projektets navn" in texts
    assert "Skriv beløbet i kroner, fx 250000 eller 250.000,00" in texts
    assert "Datoen 31.2.2027 findes ikke i kalenderen" in texts
    assert "Udfordringer: Skriv højst 200 tegn, der er nu 201" in texts
    assert "Budgettet går ikke op" in texts
    assert len(texts) == len(set(texts)), "identical links are useless"

    for link in summary.get_by_role("link").all():
        link.click()
        target = (link.get_attribute("href") or "").removeprefix("#")
        expect(page.locator(f"[id='{target}']")).to_be_focused()
    assert page.get_by_label("Ansøgt beløb").input_value() == "12.5", "what was typed stays"
    inspect(page, "look form errors")


def test_every_component_is_accessible(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    inspect(page, "look components")
    page.get_by_text("Vis tallene i en tabel").click()
    assert_accessible(page)


def test_pages_change_order_and_page_by_their_address(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components?query=gård")
    page.get_by_role("link", name="Næste side").click()
    assert "query=g%C3%A5rd" in page.url
    assert "page=5" in page.url
    page.get_by_role("link", name="Beløb").click()
    assert "sort=amount" in page.url
    assert "page=" not in page.url
    page.get_by_role("link", name="Beløb").click()
    assert "sort=-amount" in page.url


def test_empty_list_and_signed_out_header_are_accessible(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/empty")
    inspect(page, "look signed out")
    page.get_by_role("link", name="Tilgængelighedserklæring").click()
    inspect(page, "look accessibility statement")


def test_refusals_are_pages_too(page: Page, gallery: str, watch: Watch) -> None:
    watch.expects(403, 404)
    page.goto(f"{gallery}/refused")
    expect(page.get_by_role("heading", name="Det har du ikke adgang til")).to_be_visible()
    inspect(page, "look refused")
    page.goto(f"{gallery}/no-such-page")
    expect(page.get_by_role("heading", name="Siden findes ikke")).to_be_visible()
    inspect(page, "look not found")


def test_the_other_language_is_one_button_away(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/empty")
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()  # until the stylesheet is there, the closed menu's button is in sight as well
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/empty")
    page.get_by_role("button", name="Dansk").click()
    assert page.locator("html").get_attribute("lang") == "da"


def test_the_drawer_opens_and_closes_on_a_phone(page: Page, gallery: str) -> None:
    page.set_viewport_size(NARROW)
    page.goto(f"{gallery}/components")
    expect(page.get_by_role("button", name="Log af")).to_be_hidden()
    page.get_by_role("button", name="Menu").first.click()
    expect(page.get_by_role("button", name="Log af")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log af")).to_be_hidden()


def test_a_phone_without_scripts_has_the_menu_below_the_header(new_page: Callable[..., Page], gallery: str) -> None:
    page = new_page(scripts=False)
    page.set_viewport_size(NARROW)
    page.goto(f"{gallery}/components")
    expect(page.get_by_role("button", name="Log af")).to_be_visible()
    expect(page.get_by_role("navigation", name="Menu", exact=True).get_by_role("link", name="Områder")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_have_count(0)
    screenshot(page, "look without scripts")


def test_rows_are_added_with_a_script_and_without(new_page: Callable[..., Page], gallery: str) -> None:
    page = new_page()
    page.goto(f"{gallery}/form")
    page.get_by_role("button", name="Tilføj en række").click()
    expect(page.get_by_role("group", name="Post 2")).to_be_visible()
    expect(page.locator("#id_rows-1-source")).to_be_focused()
    assert_accessible(page)

    page = new_page(scripts=False)
    page.goto(f"{gallery}/form")
    page.locator("#id_rows-0-source").fill("Aarhus Kommune")
    page.get_by_role("button", name="Tilføj en række").click()
    expect(page.get_by_role("group", name="Post 4")).to_be_visible()
    assert page.locator("#id_rows-0-source").input_value() == "Aarhus Kommune"


def test_the_counter_speaks_the_language_of_the_page(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/form")
    page.get_by_label("Udfordringer").press_sequentially("Tryghed")
    expect(page.locator(".character-limit")).to_have_text("Du har 193 tegn tilbage")


def test_the_first_tab_stop_skips_to_the_content(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til sidens indhold")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def test_a_form_from_an_ended_session_keeps_what_was_typed(page: Page, gallery: str) -> None:
    page.clock.install()
    page.goto(f"{gallery}/form")  # the gallery says that somebody is signed in; the server knows of nobody
    page.get_by_label("Projektets navn").fill("Gårdprojektet")
    page.clock.fast_forward("56:00")
    expect(page.get_by_role("alertdialog")).to_contain_text("Du bliver snart logget af")
    assert_accessible(page)
    page.clock.fast_forward("05:00")
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("Du er logget af")
    assert page.get_by_label("Projektets navn").input_value() == "Gårdprojektet"
