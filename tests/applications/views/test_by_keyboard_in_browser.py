"""One whole prequalification by keyboard alone: begin, every section, a file, check the answers, send."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.actors import Actor
from applications.models import Application
from tests.applications.files import made
from tests.browser import Visit
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What has the focus, as people name it: its label, else its own text; and whether one can see that it has it.
FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const box = at.type === "checkbox" || at.type === "radio" ? getComputedStyle(at.labels[0], "::before") : style;
  const label = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.value || "";
  const group = at.closest("fieldset")?.querySelector("legend")?.innerText || "";
  const seen = [style, box].some((one) => one.outlineStyle !== "none" || one.boxShadow !== "none");
  // Past the last one the browser's own frame comes, and then the page anew.
  return at === document.body ? ["", "", true] : [label.trim(), group.trim(), seen];
}"""


def tab_to(page: Page, name: str, *, group: str = "") -> None:
    """Press Tab until the focus is on what is called so, in the group when one is named."""
    passed = []
    for _press in range(90):
        page.keyboard.press("Tab")
        label, within, is_seen = page.evaluate(FOCUSED)
        assert is_seen, f"the focus on »{label}« cannot be seen"
        passed.append(label)
        if re.match(rf"{re.escape(name)}(?!\w)", label) and within.startswith(group):
            return
    pytest.fail(f"no way by Tab to »{name}«, only to {passed}")


def type_in(page: Page, name: str, text: str, *, group: str = "") -> None:
    tab_to(page, name, group=group)
    page.keyboard.insert_text(text)


def press(page: Page, name: str, heading: str) -> None:
    """The button or link by Enter, and where it leads."""
    tab_to(page, name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def tick(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Space")


def test_a_whole_prequalification_by_keyboard_alone(visit: Visit, case_cast: CaseCast, applicant: Actor, tmp_path: Path) -> None:
    area = cases.make_area(case_cast)
    cases.make_department(case_cast, area=area)
    page = visit(applicant, reverse("applications:new"))

    tab_to(page, "Boligområde")
    page.keyboard.press("ArrowDown")
    type_in(page, "Indsatsens navn", "Med tastaturet")
    press(page, "Opret kladde", "Ansøgning")
    press(page, "Om indsatsen", "Om indsatsen")
    for part, value in (("Dag", "1"), ("Måned", "1"), ("År", "2028")):
        type_in(page, part, value, group="Forventet start")
    press(page, "Gem og gå videre", "Afdelinger")
    tick(page, "Vi har set stamdata efter")
    press(page, "Gem og gå videre", "Udfordringer")
    tick(page, "Vold")
    type_in(page, "Tal", "17,5")
    type_in(page, "År", "2025")
    type_in(page, "Områdets sociale udfordringer", cases.CHALLENGES)
    press(page, "Gem og gå videre", "Nøgletal")
    type_in(page, "Mangler der tal? Skriv hvorfor", "For få beboere.", group="11 Bakken 11")
    press(page, "Gem og gå videre", "Budget og medfinansiering")
    type_in(page, "Samlet budget for hele perioden", "4000000")
    for row, amount in (("Bidrag 1", "3000000"), ("Bidrag 2", "1000000")):
        type_in(page, "Beløb", amount, group=row)
    press(page, "Gem og gå videre", "Huslejestøtte")
    press(page, "Gem og gå til oversigten", "Ansøgning")

    press(page, "Bilag", "Bilag")
    tab_to(page, "Hvad er det for et dokument?")
    page.keyboard.press("End")  # another document than those of the list
    tab_to(page, "Filer")
    file = tmp_path / "referat.pdf"
    file.write_bytes(made.pdf("hej"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(file)
    tab_to(page, "Læg ind")
    page.keyboard.press("Enter")
    expect(page.locator("#files").get_by_text("Godkendt")).to_be_visible()
    page.reload()
    press(page, "Ansøgning", "Ansøgning")
    press(page, "Tjek dine svar", "Tjek dine svar")
    tick(page, "Jeg erklærer")
    press(page, "Indsend ansøgning", "Ansøgningen er indsendt")

    application = Application.objects.get()
    assert application.submitted_at is not None
    figure = application.problem_figures.get()
    assert (figure.problem, figure.year) == ("VIOLENCE", 2025)
