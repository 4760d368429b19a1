"""One grant from the first application to the board's dashboard, as different people, in a browser (issue 2, C)."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.people import (
    arrived,
    confirm_departments,
    follow,
    press,
    say_why_key_figures_are_missing,
    sign_in,
    told,
    type_date,
)
from tests.journeys.server import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("journeys")]

TITLE = "Sammen om Gellerup"
START = datetime.date(datetime.date.today().year + 1, 1, 1)  # noqa: DTZ011 - the portal of a journey keeps real time
END = datetime.date(START.year + 3, 12, 31)
SOCIAL = Decimal(9_000_000)
# 60 kr. a year for each of Toveshøj's 41,200 m2, for four years.
RENT = Decimal(60) * 41_200 * 4


def test_a_grant_from_the_first_application_to_the_boards_dashboard(portal: Portal, new_page: Callable[..., Page]) -> None:
    number = applicant_submits(new_page(), portal)
    case_officer_prequalifies(new_page(), portal, number)
    applicant_writes_the_plan(new_page(), portal, number)
    housing_organisation_signs(new_page(), portal, number)
    municipality_signs_by_the_link_in_its_mail(new_page(), portal, number)
    case_officer_recommends(new_page(), portal, number)
    director_commits(new_page(), portal, number)
    the_frame_is_charged(portal, number)
    the_letter_says_so(new_page(), portal, number)
    board_member_sees_the_dashboard(new_page(), portal, number)


def applicant_submits(page: Page, portal: Portal) -> str:
    """Start an application for a real area, fill in every section, submit; the receipt has the case number."""
    sign_in(page, portal, "Ansøger")
    arrived(page, "Forside", "spine 1a start empty")
    follow(page, "Ny ansøgning")
    arrived(page, "Ny ansøgning", "spine 1b new")
    page.get_by_label("Boligområde").select_option(value="gellerupparken-toveshoej")
    page.get_by_label("Indsatsens navn").fill(TITLE)
    press(page, "Opret kladde")
    arrived(page, "Ansøgning", "spine 1c task list")

    follow(page, "Om indsatsen")
    type_date(page, "Forventet start", START)
    arrived(page, "Om indsatsen", "spine 1d basics")
    press(page, "Gem og gå videre")

    arrived(page, "Afdelinger", "spine 1e departments")
    expect(page.get_by_role("checkbox", name="4 Gellerupparken")).to_be_checked()
    confirm_departments(page)

    page.get_by_label("Sociale problemer").check()
    page.get_by_label("Områdets sociale udfordringer").fill(
        "Hver fjerde ung mellem 18 og 24 år er hverken i uddannelse eller arbejde, og mange flytter igen inden for to år."
    )
    page.get_by_label("Samordning med andre indsatser").fill(
        "Indsatsen følger udviklingsplanens etaper; kommunens jobcenter og klubberne er med i styregruppen."
    )
    arrived(page, "Udfordringer", "spine 1f challenges")
    press(page, "Gem og gå videre")
    say_why_key_figures_are_missing(page)

    type_the_budget(page)
    type_the_rent_support(page)

    arrived(page, "Ansøgning", "spine 1i task list filled")
    follow(page, "Tjek dine svar")
    arrived(page, "Tjek dine svar", "spine 1j check answers")
    press(page, "Indsend ansøgning")
    arrived(page, "Tjek dine svar", "spine 1k declaration missing")
    page.get_by_label("Jeg erklærer").check()
    press(page, "Indsend ansøgning")
    arrived(page, "Ansøgningen er indsendt", "spine 1l receipt")

    number = page.locator("#case-number").inner_text()
    assert re.fullmatch(r"\d{6}", number)
    return number


def type_the_budget(page: Page) -> None:
    """First with too little from the local parties, which the page says; then with a quarter."""
    page.get_by_label("Samlet budget for hele perioden").fill("12.000.000")
    for row, amount in (("Bidrag 1", "9500000"), ("Bidrag 2", "to millioner"), ("Bidrag 3", "1000000")):
        page.get_by_role("group", name=row).get_by_label("Beløb").fill(amount)
    press(page, "Gem og gå videre")
    told(page, "Skriv beløbet i kroner, fx 250000 eller 250.000,00")
    arrived(page, "Budget og medfinansiering", "spine 1g budget with errors")

    for row, amount in (("Bidrag 1", "9.000.000,00"), ("Bidrag 2", "2000000")):
        page.get_by_role("group", name=row).get_by_label("Beløb").fill(amount)
    expect(page.locator("#sums")).to_contain_text("25")
    press(page, "Gem og gå videre")


def type_the_rent_support(page: Page) -> None:
    """Sixty kroner a m2 in one of the two departments; the area comes from the register."""
    page.get_by_label("Ja", exact=True).check()
    department = page.get_by_role("group", name="5 Toveshøj")
    department.get_by_label("Støtte pr. m² om året").fill("60")
    expect(department.get_by_label("Areal")).to_have_value("41.200")
    expect(page.locator("#sums")).to_contain_text("9.888.000 kr.")
    arrived(page, "Huslejestøtte", "spine 1h rent support")
    press(page, "Gem og gå til oversigten")


def case_officer_prequalifies(page: Page, portal: Portal, number: str) -> None:
    """Find the case among those nobody has, read it with the area's standing and the rules' answers, prequalify."""
    sign_in(page, portal, "Sagsbehandler")
    arrived(page, "Forside", "spine 2a inbox")
    expect(page.get_by_role("row", name=number)).to_contain_text("§ 61 a")
    follow(page, number)
    arrived(page, TITLE, "spine 2b case")
    press(page, "Begynd vurdering")
    told(page, "Vurderingen er begyndt.")

    follow(page, "Vurdering: hele ansøgningen, områdets status og reglernes svar")
    arrived(page, "Vurdering", "spine 2c assessment")
    expect(page.get_by_role("region", name="Områdets status efter loven")).to_contain_text("Omdannelsesområde")
    expect(page.get_by_role("region", name="Reglernes svar")).not_to_contain_text("Fejl")
    follow(page, "Prækvalificér")

    press(page, "Prækvalificér")
    arrived(page, "Prækvalificér", "spine 2d reason missing")
    page.get_by_label("Begrundelse for prækvalifikationen").fill(
        "Området står på listen over omdannelsesområder og har væsentlige sociale problemer. En fjerdedel betales lokalt."
    )
    press(page, "Prækvalificér")
    told(page, "Sagen er prækvalificeret.")
    arrived(page, TITLE, "spine 2e prequalified")


def applicant_writes_the_plan(page: Page, portal: Portal, number: str) -> None:
    """Period, goals with baseline and target in all four effort areas, the board; then the agreement is made."""
    sign_in(page, portal, "Ansøger")
    arrived(page, "Forside", "spine 3a start")
    follow(page, number)
    press(page, "Begynd helhedsplanen")
    follow(page, "Skriv helhedsplanen")
    arrived(page, "Helhedsplan", "spine 3b plan")

    follow(page, "Periode og indsatsområder")
    type_date(page, "Indsatsen begynder", START)
    type_date(page, "Indsatsen slutter", END)
    areas = page.get_by_role("group", name="Indsatsområder").get_by_role("checkbox")
    expect(areas).to_have_count(4)
    for area in areas.all():
        area.check()
    page.get_by_label("Helhedsplanen i korte træk").fill("Flere unge i uddannelse og arbejde, og trygge naboskaber.")
    arrived(page, "Periode og indsatsområder", "spine 3c period")
    press(page, "Gem og gå videre")

    type_the_goals(page)
    type_the_board(page)

    arrived(page, "Helhedsplan", "spine 3f plan filled")
    follow(page, "Se aftalen, og send den til underskrift")
    arrived(page, "Send aftalen til underskrift", "spine 3g agreement before")
    page.get_by_label("Vi har læst aftalen igennem").check()
    press(page, "Send aftalen til underskrift")
    told(page, "Aftalen er sendt til underskrift.")
    arrived(page, "Strategisk samarbejdsaftale", "spine 3h agreement")


GOALS = (
    ("boern-i-dagtilbud", "Flere børn går i dagtilbud", "61,5", "75"),
    ("ledighed", "Færre står uden arbejde", "14,2", "9"),
    ("tryghed", "Flere føler sig trygge om aftenen", "58", "70"),
    ("valgdeltagelse", "Flere stemmer ved kommunalvalget", "52", "60"),
)


def type_the_goals(page: Page) -> None:
    """A goal in each effort area, with the value of today and the one to reach."""
    rows = page.get_by_role("group", name="Mål 1", exact=True)
    expect(rows).to_have_count(len(GOALS))
    for indicator, text, baseline, target in GOALS:
        row = rows.filter(has=page.locator(f"option:text-matches('{NAMES[indicator]}')"))
        label = row.get_by_label("Indikator").locator("option", has_text=NAMES[indicator]).inner_text()
        row.get_by_label("Indikator").select_option(label=label)
        row.get_by_label("Lokalt delmål").fill(text)
        row.get_by_label("Ansvarlig").fill("Sekretariatet")
        row.get_by_label("Udgangspunkt").fill(baseline)
        type_date(row, "Målt den", datetime.date(START.year - 1, 1, 1))
        row.get_by_label("Måltal").fill(target)
        type_date(row, "Skal nås den", END)
    arrived(page, "Mål og indikatorer", "spine 3d goals")
    press(page, "Gem og gå videre")


NAMES = {
    "boern-i-dagtilbud": "Børn i dagtilbud",
    "ledighed": "Ledighed",
    "tryghed": "Oplevet tryghed",
    "valgdeltagelse": "Valgdeltagelse",
}


def type_the_board(page: Page) -> None:
    """A chair from the housing organisation, a member from the municipality; one more row for the board member."""
    seats = (
        ("Plads 1", "Boligdirektør Demo", "formand@lbf.example", True),
        ("Plads 2", "Kommunal chef Demo", "chef@lbf.example", False),
        ("Plads 3", "Bestyrelsesmedlem Demo", "bestyrelse@lbf.example", False),
    )
    press(page, "Tilføj en plads")
    for name, person, email, is_chair in seats:
        seat = page.get_by_role("group", name=name)
        seat.get_by_label("Navn").fill(person)
        seat.get_by_label("E-mail").fill(email)
        seat.get_by_label("Formand eller del af formandskabet").set_checked(is_chair)
    extra = page.get_by_role("group", name="Plads 3")
    extra.get_by_label("Anden organisation").fill("Beboerdemokratiet")
    type_date(extra, "Fra", START - datetime.timedelta(days=120))
    arrived(page, "Lokal bestyrelse", "spine 3e board")
    press(page, "Gem og gå til oversigten")


def housing_organisation_signs(page: Page, portal: Portal, number: str) -> None:
    """Whoever may sign for the housing organisation finds the agreement on the start page."""
    sign_in(page, portal, "Tegningsberettiget for boligorganisation")
    arrived(page, "Forside", "spine 3i start of the signatory")
    follow(page, number)
    follow(page, "Læs og underskriv aftalen")
    sign(page, "Direktør")
    told(page, "Planen sendes til Landsbyggefonden, når alle parter har skrevet under.")


def sign(page: Page, title: str) -> None:
    press(page, "Underskriv aftalen")
    told(page, "Sæt hak ved, at du har læst aftalen og underskriver den")
    page.get_by_label("Din stilling").fill(title)
    page.get_by_label("Jeg har læst aftalen").check()
    press(page, "Underskriv aftalen")


def municipality_signs_by_the_link_in_its_mail(page: Page, portal: Portal, number: str) -> None:
    """The direct link in the mail leads through sign-in to the agreement; the last signature sends the plan."""
    portal.await_rows(
        "SELECT 1 FROM accounts_outgoingmail"
        " WHERE event = 'agreement_ready' AND to_address = 'kommune@lbf.example' AND sent_at IS NOT NULL"
    )
    page.goto(f"{portal.site}/demo/mails/?to=kommune@lbf.example")
    arrived(page, "Sendte mails", "spine 4a mails")
    follow(page, f"Sag {number}: En samarbejdsaftale venter på din underskrift")
    page.locator(f'main a[href$="/cases/{number}/agreement/"]').click()
    page.get_by_role("main").get_by_role("button", name="Kommune", exact=True).click()
    arrived(page, "Strategisk samarbejdsaftale", "spine 4b agreement for the municipality")
    sign(page, "Kommunaldirektør")
    told(page, "Alle parter har nu skrevet under, og planen er sendt til Landsbyggefonden.")
    arrived(page, "Strategisk samarbejdsaftale", "spine 4c agreement signed")


def case_officer_recommends(page: Page, portal: Portal, number: str) -> None:
    """The amounts of budget and rent support are filled in beforehand; the officer cannot decide."""
    sign_in(page, portal, "Sagsbehandler")
    follow(page, number)
    follow(page, "Indstil tilsagn")
    expect(page.get_by_label("Til den boligsociale indsats")).to_have_value("9.000.000")
    expect(page.get_by_label("Til huslejestøtte")).to_have_value("9.888.000")
    page.get_by_label("Begrundelse for indstillingen").fill("Planen er gennemarbejdet, og parterne bidrager med en fjerdedel.")
    arrived(page, "Indstil tilsagn", "spine 5a recommend")
    press(page, "Indstil tilsagn")
    told(page, "En anden medarbejder skal afgøre sagen.")
    expect(page.get_by_role("link", name="Giv tilsagn")).to_have_count(0)


def director_commits(page: Page, portal: Portal, number: str) -> None:
    """A second person decides; what is left of the frame stands beside."""
    sign_in(page, portal, "Direktion")
    arrived(page, "Forside", "spine 5b director")
    follow(page, number)
    follow(page, "Giv tilsagn")
    arrived(page, "Giv tilsagn", "spine 5c decide")
    expect(page.get_by_text("361.112.000 kr.")).to_be_visible()
    page.get_by_label("Jeg giver tilsagnet.").check()
    press(page, "Giv tilsagn")
    told(page, "Der er givet tilsagn.")
    arrived(page, TITLE, "spine 5d committed")


def the_frame_is_charged(portal: Portal, number: str) -> None:
    """Two entries in this year's frame, made with the decision, and the ledger adds up."""
    entries = portal.rows(
        "SELECT e.money, e.amount, y.year FROM ledger_entry e JOIN ledger_allocation a ON a.id = e.allocation_id"
        " JOIN ledger_frameyear y ON y.id = e.frame_year_id WHERE a.case_reference = %s ORDER BY e.money DESC",
        number,
    )
    year = START.year - 1
    assert entries == [("SOCIAL", SOCIAL, year), ("RENT", RENT, year)]
    assert "Alt stemmer." in portal.manage("check_frame")


def the_letter_says_so(page: Page, portal: Portal, number: str) -> None:
    """The worker makes the letter; the applicant is told by mail and downloads it. It says what was granted."""
    portal.await_rows("SELECT 1 FROM applications_document WHERE kind = 'COMMITMENT_LETTER'", seconds=60)
    portal.await_rows("SELECT 1 FROM accounts_outgoingmail WHERE event = 'committed' AND sent_at IS NOT NULL")
    sign_in(page, portal, "Ansøger")
    page.goto(f"{portal.site}/cases/{number}/")
    arrived(page, TITLE, "spine 5e case of the applicant")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tilsagnsbrev (PDF)").click()
    reader = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    text = " ".join(" ".join(leaf.extract_text() for leaf in reader.pages).split())
    assert number in text
    assert "9.000.000 kr." in text
    assert "9.888.000 kr." in text
    root = reader.root_object
    assert root["/MarkInfo"].get_object()["/Marked"]  # type: ignore[index]  # a dictionary
    assert str(root["/Lang"]).startswith("da")


def board_member_sees_the_dashboard(page: Page, portal: Portal, number: str) -> None:
    """Where the effort stands against its targets, and its place in the year's frame."""
    sign_in(page, portal, "Medlem af lokal bestyrelse")
    arrived(page, "Forside", "spine 6a board member")
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    arrived(page, TITLE, "spine 6b dashboard")
    for _indicator, text, _baseline, _target in GOALS:
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("18.888.000 kr.")
