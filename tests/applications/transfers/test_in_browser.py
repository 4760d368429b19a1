"""The move in Chromium: the director looks, runs and takes back; the applicant reads on the case what to do. Wide and narrow."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actors import SYSTEM
from applications import transitions
from applications.models import Application
from applications.rules.transfer import transition_to
from applications.transitions import transfers
from tests.browser import Visit, inspect, look_no_more
from tests.factories import applications as cases
from tests.factories import transfers as old
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Boligsocialt-fællesskab-med-et-overordentlig-langt-navn-uden-mellemrum-som-skal-kunne-brydes-på-en-smal-skærm"


@pytest.fixture(autouse=True)
def light_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the letters say is looked at in test_letters."""
    monkeypatch.setattr("lbf_portal.lib.pdf.render", lambda *_args: b"%PDF-1.7 letter")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_case_is_moved_read_by_both_sides_and_taken_back(visit: Visit, case_cast: CaseCast, scripts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    application = old.make_old_out_for_signature(case_cast)
    page = visit(case_cast.director, reverse("applications:list"), scripts=scripts)

    page.get_by_role("link", name="Regelsæt: hvad der gælder for sagerne").click()
    page.get_by_role("link", name="Flytning af sager til nye regler").click()
    expect(page.get_by_text("1 sag kan flyttes nu.")).to_be_visible()
    page.get_by_role("link", name="Se, hvad en flytning gør").click()
    expect(page.get_by_text("Lægges til side: Tryghed og trivsel, Uddannelse og beskæftigelse")).to_be_visible()
    page.get_by_role("button", name="Flyt 1 sag").click()
    expect(page.locator(".badge-success", has_text="Færdig")).to_be_visible()
    expect(page.get_by_text("Dannet")).to_be_visible()
    report = page.url

    theirs = visit(case_cast.applicant, application.get_absolute_url(), scripts=scripts)
    expect(theirs.get_by_role("heading", name="Flyttet til Regulativ af 11. december 2019 den 1. januar 2020")).to_be_visible()
    expect(theirs.get_by_text("Kald først aftalen tilbage.")).to_be_visible()
    theirs.get_by_text("Lagt til side: indsatsområder og mål").click()
    expect(theirs.get_by_text("Delmål fra 2018 om tryghed")).to_be_visible()
    expect(theirs.get_by_role("link", name="Brev om flytning til nye regler (PDF)")).to_be_visible()

    page.goto(report)
    page.get_by_role("link", name="Tag tilbage").click()
    page.get_by_label("Hvorfor tages flytningen tilbage?").fill("Sagen havde tilsagn.")
    page.get_by_role("button", name="Tag flytningen tilbage").click()
    expect(page.get_by_text("er taget tilbage. Parterne får et brev.")).to_be_visible()
    assert Application.objects.get(pk=application.pk).rule_set == "R2015"


def test_the_pages_filled_empty_in_work_and_with_errors(visit: Visit, case_cast: CaseCast) -> None:
    director = case_cast.director
    inspect(visit(director, reverse("applications:rule_sets")), "rule sets")
    inspect(visit(director, reverse("applications:transfers")), "transfers empty")
    inspect(visit(director, reverse("applications:transfer_preview")), "transfer preview empty")

    application = old.make_old_plan_submitted(case_cast)
    old.make_old_prequalified(case_cast, title=LONG)
    cases.make_submitted(case_cast, title="Ikke prækvalificeret endnu", at=old.IN_2018)
    inspect(visit(director, reverse("applications:transfer_preview")), "transfer preview")
    inspect(
        visit(case_cast.case_officer, reverse("applications:transfer_preview") + "?what=moves&q=findes-ikke"), "transfer none"
    )
    batch = transfers.begin(transition_to("R2019"), by=SYSTEM, at=timezone.now())
    transfers.work(batch, at=timezone.now(), most=1)
    in_work = visit(director, batch.get_absolute_url())
    look_no_more(in_work)
    inspect(in_work, "transfer in work")
    in_work.close()
    while transfers.work(batch, at=timezone.now()):
        pass
    inspect(visit(director, batch.get_absolute_url()), "transfer done")
    inspect(visit(director, reverse("applications:transfers")), "transfers")
    page = visit(director, reverse("applications:transfer_take_back", args=[batch.cases.filter(outcome="MOVED")[0].pk]))
    page.get_by_role("button", name="Tag flytningen tilbage").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    inspect(page, "transfer take back error")
    inspect(visit(case_cast.applicant, application.get_absolute_url()), "case moved applicant")
    transitions.return_plan(
        Application.objects.get(pk=application.pk), by=case_cast.case_officer, at=timezone.now(), reason="Nye regler."
    )
    inspect(visit(case_cast.case_officer, application.get_absolute_url()), "case moved officer")
