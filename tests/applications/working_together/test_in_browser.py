"""Four people prepare one application in Chromium, each let in by the other; the pages wide, narrow, empty and with errors."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.actors import Actor
from accounts.roles import Right
from applications.models import Application, GuestKind
from tests.applications.working_together.people import invited, let_in, token_of
from tests.browser import Visit, inspect
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Sammen om et tryggere og mere aktivt boligområde med helhedsplansfællesskabsorganisationssamarbejde, etape 2"
PASSWORD = "en lang adgangskode til prøven"


def at(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def link_to(email: str) -> str:
    """Where the latest mail to the address leads."""
    [latest] = [message for message in mail.outbox if message.to == [email]][-1:]
    found = re.search(r"^https?://[^/\s]+(/\S+)$", str(latest.body), re.MULTILINE)
    assert found
    return found[1]


def invite(page: Page, *, kind: str, right: str, name: str, email: str) -> None:
    page.get_by_role("link", name="Invitér til sagen").click()
    page.get_by_label(kind, exact=True).check(force=True)
    page.get_by_label("Navn").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label(right, exact=True).check(force=True)
    page.get_by_role("button", name="Send invitationen").click()
    expect(page.get_by_text(f"Invitationen er sendt til {email}")).to_be_visible()


def adviser_writes_and_asks(visit: Visit, adviser: Actor, draft: Application) -> None:
    """Is known, signs in, writes a section and asks about another."""
    assert adviser.user is not None
    helper = visit(adviser, link_to(adviser.user.email))
    helper.get_by_role("button", name="Tag imod, og åbn sagen").click()
    expect(helper.get_by_role("heading", level=1)).to_have_text(LONG)
    helper.goto(helper.url + "application/challenges/")
    helper.get_by_label("Områdets sociale udfordringer").fill("Rådgiveren har skrevet om de unge uden arbejde.")
    helper.get_by_role("button", name="Gem og gå videre").click()
    helper.goto(helper.url.split("/cases/")[0] + at("comments", draft))
    helper.get_by_label("Hvilket afsnit gælder det?").select_option(label="Budget og medfinansiering")
    helper.get_by_label("Kommentar", exact=True).fill("Er kommunens bidrag givet endeligt?")
    helper.get_by_role("button", name="Send kommentaren").click()
    expect(helper.get_by_text("Kommentaren er sendt.")).to_be_visible()
    inspect(helper, "together comments filled")


def municipality_recommends(visit: Visit, applicant: Page, case_cast: CaseCast, draft: Application) -> None:
    """Is asked, reads the draft and recommends it."""
    applicant.goto(applicant.url.split("/cases/")[0] + at("recommendation", draft))
    applicant.get_by_role("link", name="Bed kommunen om en anbefaling").click()
    applicant.get_by_label("Besked til kommunen").fill("Vil I være med?")
    applicant.get_by_role("button", name="Send til kommunen").click()
    assert case_cast.municipality.user is not None
    municipality = visit(case_cast.municipality, reverse("start"))
    municipality.get_by_role("link", name="Afventer vores anbefaling").first.click()
    municipality.goto(municipality.url.split("/cases/")[0] + link_to(case_cast.municipality.user.email))
    municipality.get_by_role("link", name="Skriv kommunens svar").click()
    municipality.get_by_label("Kommunen anbefaler ansøgningen").check(force=True)
    municipality.get_by_label("Begrundelse").fill("Indsatsen hænger sammen med kommunens egen.")
    municipality.get_by_label("Titel").fill("Direktør")
    municipality.get_by_role("button", name="Giv kommunens svar").click()
    expect(municipality.get_by_text("Kommunens svar er givet.")).to_be_visible()
    inspect(municipality, "together recommendation given")


def colleague_signs_up_and_submits(colleague: Page, origin: str, draft: Application) -> None:
    """Is new: signs up by the link, resolves the comment, and submits."""
    colleague.goto(origin + link_to("ny.kollega@example.org"))
    colleague.get_by_label("Dit navn").fill("Ny Kollega")
    colleague.get_by_label("Vælg en adgangskode").fill(PASSWORD)
    colleague.get_by_role("button", name="Opret mig, og åbn sagen").click()
    expect(colleague.get_by_role("heading", level=1)).to_have_text(LONG)
    colleague.goto(origin + at("comments", draft))
    colleague.get_by_role("button", name="Markér som løst").click()
    expect(colleague.get_by_text("Kommentaren er løst.")).to_be_visible()
    colleague.goto(origin + at("submit", draft))
    for box in colleague.get_by_role("main").get_by_role("checkbox").all():
        box.check(force=True)
    colleague.get_by_role("main").get_by_role("button", name=re.compile("Indsend")).click()
    expect(colleague).to_have_url(re.compile("/receipt/"))


def test_an_application_is_prepared_by_applicant_colleague_adviser_and_municipality(
    visit: Visit, new_page: Callable[..., Page], case_cast: CaseCast, adviser: Actor
) -> None:
    draft = cases.make_draft(case_cast, title=LONG)
    assert adviser.user is not None
    applicant = visit(case_cast.applicant, at("people", draft))
    applicant.get_by_role("link", name="Invitér til sagen").click()
    applicant.get_by_role("button", name="Send invitationen").click()
    expect(applicant.get_by_text("Der er problemer")).to_be_visible()
    inspect(applicant, "together invite with errors")
    applicant.get_by_role("link", name="Fortryd").click()
    invite(applicant, kind="Kollega", right="Læse, skrive og indsende", name="Ny Kollega", email="ny.kollega@example.org")
    invite(applicant, kind="Rådgiver", right="Læse og skrive", name="Rådgiver", email=adviser.user.email)
    inspect(applicant, "together people filled")

    adviser_writes_and_asks(visit, adviser, draft)
    municipality_recommends(visit, applicant, case_cast, draft)
    colleague_signs_up_and_submits(new_page(), applicant.url.split("/cases/")[0], draft)

    draft.refresh_from_db()
    assert draft.submitted_at is not None
    who = draft.events.get(event="application:submitted").user
    assert who is not None
    assert who.email == "ny.kollega@example.org"


def test_an_invitation_is_taken_and_an_access_closed_without_scripts(
    visit: Visit, case_cast: CaseCast, adviser: Actor, municipality: Actor
) -> None:
    draft = cases.make_draft(case_cast, title=LONG)
    assert adviser.user is not None
    token = token_of(invited(draft, case_cast.applicant, email=adviser.user.email))
    helper = visit(adviser, reverse("applications:invitation") + f"?key={token}", scripts=False)
    helper.get_by_role("button", name="Tag imod, og åbn sagen").click()
    expect(helper.get_by_role("heading", level=1)).to_have_text(LONG)
    let_in(draft, case_cast.applicant, email="x@example.org", kind=GuestKind.MUNICIPALITY, right=Right.READ)

    applicant = visit(case_cast.applicant, at("people", draft), scripts=False)
    applicant.get_by_role("link", name="Gæsten").last.click()
    inspect(visit(case_cast.applicant, f"/{applicant.url.split('/', 3)[3]}"), "together access")
    applicant.get_by_role("button", name="Luk adgangen nu").click()
    expect(applicant.get_by_text("har ikke længere adgang til sagen")).to_be_visible()
    inspect(visit(municipality, reverse("applications:recommendations")), "together queue empty")
    inspect(visit(case_cast.applicant, at("contact", draft)), "together contact")
