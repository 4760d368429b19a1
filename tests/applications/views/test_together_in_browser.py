"""Reservations and cases decided together as they look: accessible, fitting, filled, empty, with errors, without scripts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications import transitions
from applications.models import Application
from applications.states import State
from tests.browser import Visit, inspect
from tests.factories import applications as cases
from tests.factories.applications import AT, MIO, CaseCast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.usefixtures("on_the_day")]

LONG_WORD = "Boligforeningsafdelingsbestyrelsesmedlemsuddannelsesplanlægningskoordinatorudvalg"


def url(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def test_a_reservation_from_prequalification_to_its_end(visit: Visit, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, total=20 * MIO, rent=5 * MIO)
    cases.make_recommended(case_cast, title="En anden indsats")
    application = cases.make_under_assessment(case_cast, title=f"Sammen i {LONG_WORD}", wants_rent_support=True)
    page = visit(case_cast.case_officer, url("prequalify", application))
    inspect(page, "prequalify with reservation")
    page.get_by_label("Ventet til den boligsociale indsats").fill("mange penge")
    page.get_by_role("button", name="Prækvalificér").click()
    inspect(page, "prequalify reservation errors")
    page.get_by_label("Ventet til den boligsociale indsats").fill("19.000.000")
    page.get_by_label("Begrundelse for prækvalifikationen").fill("Området har væsentlige sociale problemer.")
    page.get_by_role("button", name="Prækvalificér").click()
    expect(page.get_by_text("er der 11.000.000 kr. tilbage i 2026")).to_be_visible()
    inspect(page, "case reserved")
    page.get_by_role("link", name="Reservation i rammen").click()
    inspect(page, "reservation")
    page.get_by_role("button", name="Gem reservationen").click()
    inspect(page, "reservation errors")
    inspect(visit(case_cast.case_officer, url("case", application)), "case reserved officer")


def test_a_reservation_where_no_frame_is_open(visit: Visit, case_cast: CaseCast) -> None:
    application = cases.make_prequalified(case_cast)

    inspect(visit(case_cast.case_officer, url("reservation", application)), "reservation without frame")


def test_the_list_empty_and_filled(visit: Visit, case_cast: CaseCast) -> None:
    inspect(visit(case_cast.director, reverse("applications:to_decide")), "to decide empty")
    cases.make_frame(case_cast)
    cases.make_recommended(case_cast, title="Unge i job", wants_rent_support=True)
    cases.make_recommended(case_cast, title=f"Sammen i {LONG_WORD}")
    inspect(visit(case_cast.director, reverse("applications:to_decide")), "to decide")
    inspect(visit(case_cast.director, reverse("applications:to_decide") + "?q=intet"), "to decide none fits")


def test_what_stands_in_the_way_is_shown_with_the_way_on(visit: Visit, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, total=20 * MIO, rent=MIO)
    found = [
        cases.make_recommended(case_cast, title=title, wants_rent_support=wants_rent)
        for title, wants_rent in (("Unge i job", False), (f"Sammen i {LONG_WORD}", True), ("Naboer", False))
    ]
    query = "&".join(f"case={one.case_number}" for one in found)
    page = visit(case_cast.director, f"{reverse('applications:decide_together')}?{query}&case=999999")
    inspect(page, "together in the way")
    page.get_by_role("link", name="Fortsæt uden de sager, der er i vejen").click()
    expect(page.get_by_role("button", name="Giv tilsagn i 2 sager")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_decided_with_the_keyboard_with_and_without_scripts(visit: Visit, case_cast: CaseCast, *, scripts: bool) -> None:
    cases.make_frame(case_cast)
    first, second = (cases.make_recommended(case_cast, title=title) for title in ("Unge i job", "Naboer sammen"))
    page = visit(case_cast.director, reverse("applications:to_decide"), scripts=scripts)
    for application in (first, second):
        page.get_by_label(str(application.case_number)).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Se de valgte samlet").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Afgør sammen")).to_be_visible()
    if scripts:
        inspect(page, "together")
    button = page.get_by_role("button", name="Giv tilsagn i 2 sager")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sæt hak for at give tilsagn i sagerne").first).to_be_visible()
    if scripts:
        inspect(page, "together errors")
    page.get_by_label("Jeg giver tilsagn i alle sagerne").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Giv tilsagn i 2 sager").focus()
    page.keyboard.press("Enter")
    # Both letters are made before the answer here; in production a worker makes them afterwards.
    expect(page.get_by_text("Der er givet tilsagn i 2 sager på i alt 18.000.000 kr.")).to_be_visible(timeout=60_000)
    for application in (first, second):
        application.refresh_from_db()
        assert application.state == State.COMMITTED


def test_a_case_that_changed_while_the_page_was_read(visit: Visit, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    first, second = (cases.make_recommended(case_cast, title=title) for title in ("Unge i job", "Naboer sammen"))
    query = f"case={first.case_number}&case={second.case_number}"
    page = visit(case_cast.director, f"{reverse('applications:decide_together')}?{query}")
    transitions.recommend(
        first, frame_year=2026, social_amount=8 * MIO, rent_amount=Decimal(0), reason="Mindre.", by=case_cast.case_officer, at=AT
    )
    page.get_by_label("Jeg giver tilsagn i alle sagerne").check()
    page.get_by_role("button", name="Giv tilsagn i 2 sager").click()
    changed = f"Indstillingen i sag {first.case_number} er ændret eller gælder ikke længere."
    expect(page.get_by_text(changed).first).to_be_visible()
    inspect(page, "together changed")
