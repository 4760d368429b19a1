"""People, mandates, names and mergers in Chromium: wide and narrow, filled, empty and with errors; and without scripts."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind, Role
from tests.accounts.test_people import invited, link
from tests.browser import Visit, Watch, inspect
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import MandateFactory, MembershipFactory, OrganisationFactory
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Boligorganisationernes Administrationsfællesskab for Nordvestsjælland og Omegnskommunerne"


def test_an_administrator_invites_changes_and_removes(
    visit: Visit, housing: Organisation, applicant: Actor, today: datetime.date
) -> None:
    administrator = member(housing, Role.ORG_ADMINISTRATOR, email="administrator@example.org", today=today)
    MembershipFactory.create(organisation=housing, user__name="Bodil Bestandig", user__email=f"{'lang' * 14}@example.org")
    page = visit(administrator, "/")

    page.get_by_role("link", name="Medarbejdere").first.click()
    inspect(page, "people without invitations")
    page.get_by_role("link", name="Inviter en medarbejder").click()
    page.get_by_role("button", name="Send invitationen").click()
    inspect(page, "people invite with errors")
    page.get_by_label("Navn").fill("Ny Person")
    page.get_by_label("E-mail").fill("ny@example.org")
    page.get_by_label("Ansøger: skriver og indsender").check()
    page.get_by_role("button", name="Send invitationen").click()
    expect(page.get_by_text("Invitationen er sendt til Ny Person.")).to_be_visible()
    inspect(page, "people")
    page.get_by_role("link", name="Bodil Bestandig").click()
    inspect(page, "people member")
    page.get_by_label("Tegningsberettiget").check()
    page.get_by_role("button", name="Gem roller").click()
    page.get_by_role("link", name="Bodil Bestandig").click()
    page.get_by_role("link", name="Fjern fra organisationen").click()
    inspect(page, "people remove")
    page.get_by_role("button", name="Fjern fra organisationen").click()

    expect(page.get_by_text("Bodil Bestandig kan ikke længere handle for organisationen.")).to_be_visible()


def test_an_invitation_for_somebody_new_and_for_somebody_else(
    visit: Visit, housing: Organisation, case_officer: Actor, outsider: Actor, today: datetime.date
) -> None:
    invited(housing, case_officer, today)
    page = visit(outsider, link())
    inspect(page, "invitation for another")
    page.context.clear_cookies()
    page.goto(page.url.replace("/invitation/", link()))
    inspect(page, "invitation")
    page.get_by_label("Ny adgangskode").fill("kort")
    page.get_by_role("button", name="Tag imod invitationen").click()
    inspect(page, "invitation with errors")
    page.get_by_label("Ny adgangskode").fill("fire gode nye ord")
    page.get_by_role("button", name="Tag imod invitationen").click()
    expect(page.get_by_text("Du er nu bruger i portalen.")).to_be_visible()
    page.goto(page.url.replace("/sign-in/", link()))
    inspect(page, "invitation closed")


def test_a_mandate_is_given_used_and_revoked(
    visit: Visit, watch: Watch, case_cast: CaseCast, housing: Organisation, today: datetime.date
) -> None:
    administrator = member(housing, Role.ORG_ADMINISTRATOR, email="administrator@example.org", today=today)
    office = OrganisationFactory.create(kind=OrganisationKind.ADMINISTRATION, name=LONG)
    clerk = member(office, Role.APPLICANT, email="kontor@example.org", today=today)
    draft = cases.make_draft(case_cast)
    page = visit(administrator, reverse("applications:mandates", args=[housing.pk]))

    inspect(page, "mandates empty")
    page.get_by_role("link", name="Giv en fuldmagt").click()
    page.get_by_role("button", name="Giv fuldmagten").click()
    inspect(page, "mandate give with errors")
    page.get_by_label("Hvem får fuldmagt?").select_option(LONG)
    page.get_by_label("Læse og skrive: udfylder").check()
    page.get_by_label("Kun de sager").check()
    page.get_by_label(str(draft.case_number)).check()
    for part, value in (("Dag", today.day), ("Måned", today.month), ("År", today.year + 1)):
        page.get_by_label(part, exact=True).nth(1).fill(str(value))
    page.get_by_label("Dokumentation").fill("Fuldmagt af 12. november 2026, journalnr. 26/118")
    page.get_by_role("button", name="Giv fuldmagten").click()
    expect(page.get_by_text("Fuldmagten er givet til")).to_be_visible()
    MandateFactory.create(principal=housing, holder=office, valid_to=today - datetime.timedelta(days=1))
    page.reload()
    inspect(page, "mandates")

    theirs = visit(clerk, "/")
    theirs.get_by_label("Du handler som").first.select_option(f"{housing} (fuldmagt til {LONG})")
    theirs.get_by_role("button", name="Skift").first.click()
    expect(theirs.get_by_text(f"Du handler nu som {housing}")).to_be_visible()
    theirs.goto(theirs.url.rstrip("/") + draft.get_absolute_url())
    expect(theirs.get_by_role("heading", level=1)).to_contain_text(draft.title)

    page.get_by_role("row").filter(has_text="Gælder nu").get_by_role("link").click()
    page.get_by_role("button", name="Tilbagekald fuldmagten").click()
    inspect(page, "mandate revoke with errors")
    page.get_by_label("Begrundelse").fill("Samarbejdet er slut")
    page.get_by_role("button", name="Tilbagekald fuldmagten").click()
    expect(page.get_by_text("Fuldmagten er tilbagekaldt")).to_be_visible()
    watch.expects(404)
    theirs.reload()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Siden findes ikke")


def test_a_new_name_and_a_merger(
    visit: Visit, housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    page = visit(case_officer, reverse("areas:organisation", args=[housing.pk]))
    page.get_by_role("link", name="Nyt navn").click()
    inspect(page, "organisation rename")
    page.get_by_label("Nyt navn").fill(LONG)
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG)
    page.get_by_role("link", name="Læg sammen").click()
    page.get_by_role("button", name="Gem").click()
    inspect(page, "organisation merge with errors")
    page.get_by_label("Lagt sammen med").select_option(other_housing.name)
    page.get_by_label("Grundlag").fill("Repræsentantskabernes beslutning af 12. november 2026")
    page.get_by_label("Jeg ved").check()
    page.get_by_role("button", name="Gem").click()
    inspect(page, "organisation merged")
    page.get_by_role("link", name=other_housing.name).first.click()
    inspect(page, "organisation with a predecessor")
