"""Deadlines, »Hvor er min sag« and one's mails and calendar in Chromium: wide and narrow, filled and empty, without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actors import Actor
from applications import transitions
from tests.applications.expiring import let_prequalifications_expire
from tests.browser import Visit, inspect
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Sammen om et tryggere og mere aktivt boligområde med helhedsplansfællesskabsorganisationssamarbejde, etape 2"


def test_deadlines_are_found_filtered_and_followed_to_the_case(visit: Visit, case_cast: CaseCast, outsider: Actor) -> None:
    cases.make_information_requested(case_cast, title=LONG)
    cases.make_submitted(case_cast, title="Modtaget", at=AT.replace(month=7))
    signing = cases.make_out_for_signature(case_cast, title="Til underskrift")
    page = visit(case_cast.applicant, reverse("start"))
    page.get_by_role("link", name="Frister", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Frister")
    expect(page.get_by_text("4 frister")).to_be_visible()
    inspect(page, "deadlines filled")

    page.get_by_label("Hvad").first.select_option(label="Underskriv samarbejdsaftalen")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_text("2 frister")).to_be_visible()
    page.get_by_role("link", name=str(signing.case_number)).first.click()
    expect(page.get_by_role("heading", name="Frister")).to_be_visible()
    inspect(page, "deadlines case")

    inspect(visit(outsider, reverse("applications:deadlines")), "deadlines empty")


def test_where_is_my_case_for_a_new_a_waiting_and_a_signed_case(visit: Visit, case_cast: CaseCast) -> None:
    waiting = cases.make_under_assessment(case_cast, title=LONG, at=AT.replace(month=9))
    transitions.put_on_waiting_list(waiting, by=case_cast.case_officer, at=AT, reason="Der er ikke plads i rammen.")
    page = visit(case_cast.applicant, waiting.get_absolute_url())
    page.get_by_role("link", name="Hvor er min sag").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hvor er min sag?")
    expect(page.get_by_text("Sagen har plads 1 af 1 på ventelisten.")).to_be_visible()
    inspect(page, "deadlines standing waiting")

    signing = cases.make_out_for_signature(case_cast, title="Til underskrift", at=AT.replace(month=8))
    inspect(visit(case_cast.municipality, reverse("applications:standing", args=[signing.case_number])), "deadlines standing")
    draft = cases.make_empty_draft(case_cast, title="Kladde")
    inspect(visit(case_cast.applicant, reverse("applications:standing", args=[draft.case_number])), "deadlines standing draft")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_chooses_mails_and_opens_a_calendar(visit: Visit, applicant: Actor, *, scripts: bool) -> None:
    page = visit(applicant, reverse("accounts:profile"), scripts=scripts)
    page.get_by_role("link", name="Vælg, hvilke mails du vil have").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mails og kalender")
    page.get_by_text("Samlet i én daglig mail").click()
    page.get_by_text("Kun mails, når jeg skal gøre noget").click()
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Dine valg er gemt.")).to_be_visible()
    expect(page.get_by_label("Samlet i én daglig mail")).to_be_checked()

    page.get_by_role("button", name="Opret en adresse").click()
    expect(page.get_by_text("Den vises kun denne ene gang.")).to_be_visible()
    if scripts:
        inspect(page, "deadlines calendar opened")
    page.get_by_role("button", name="Luk adressen").click()
    expect(page.get_by_text("Du har ingen adresse endnu.")).to_be_visible()


def test_an_officer_extends_after_a_mistake(visit: Visit, case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch) -> None:
    let_prequalifications_expire(monkeypatch)
    case = cases.make_prequalified(case_cast)
    page = visit(case_cast.case_officer, case.get_absolute_url())
    page.get_by_role("link", name="Forlæng prækvalifikationen").click()
    page.get_by_label("Hvorfor forlænges prækvalifikationen?").fill("Planen er næsten færdig.")
    page.get_by_role("button", name="Forlæng prækvalifikationen").click()
    expect(page.get_by_text("Vælg en dag, der ligger efter den nuværende udløbsdag.").first).to_be_visible()
    expect(page.get_by_label("Hvorfor forlænges prækvalifikationen?")).to_have_value("Planen er næsten færdig.")
    inspect(page, "deadlines extend with errors")

    page.get_by_label("År", exact=True).fill("2029")
    page.get_by_role("button", name="Forlæng prækvalifikationen").click()
    expect(page.get_by_text("Prækvalifikationen er forlænget.")).to_be_visible()
