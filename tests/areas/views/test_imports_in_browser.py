"""The December list in Chromium: brought, looked at, confirmed, found on the area, taken back; wide, narrow, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import SYSTEM, Actor
from areas import clock
from areas.models import ImportBatch, ImportProgress
from areas.transitions import imports
from tests.areas.imports.made import FIGURES, LISTING, csv
from tests.browser import inspect, look_no_more
from tests.factories.areas import MunicipalityFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DECEMBER = {**LISTING, "list_date": "2026-12-01", "list_year": "2026"}
GONE = {**DECEMBER, "is_udsat": "false", "is_parallelsamfund": "false", "is_omdannelsesomraade": "false", "official_term": ""}
LONG = "Boligområdet-med-et-overordentlig-langt-navn-uden-mellemrum-som-ingen-har-set-før-og-som-skal-kunne-brydes"

Visit = Callable[..., Page]


@pytest.fixture
def visit(live_server: LiveServer, new_page: Callable[..., Page], client: Client, finance_officer: Actor) -> Visit:
    """Opens an address as the fund's finance officer."""
    assert finance_officer.user is not None
    MunicipalityFactory.create(aarhus=True)
    client.force_login(finance_officer.user)

    def open_page(address: str, *, scripts: bool = True) -> Page:
        page = new_page(scripts=scripts)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return open_page


def file_of(folder: Path, *rows: Any, name: str = "liste.csv") -> Path:
    path = folder / name
    path.write_bytes(csv(*rows))
    return path


def previewed(*rows: Any) -> ImportBatch:
    batch = imports.upload("liste.csv", csv(*rows), by=SYSTEM, at=timezone.now())
    clock.work_on_import(batch.pk)
    return batch


def imported(*rows: Any) -> ImportBatch:
    batch = previewed(*rows)
    batch.refresh_from_db()
    imports.confirm(batch, by=SYSTEM, at=timezone.now())
    clock.work_on_import(batch.pk)
    return batch


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_december_list_goes_in_is_found_on_the_area_and_is_taken_back(visit: Visit, tmp_path: Path, scripts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    imported(LISTING)
    page = visit(reverse("areas:imports"), scripts=scripts)

    page.get_by_role("link", name="Læg en fil ind").click()
    page.get_by_label("Fil", exact=True).set_input_files(
        file_of(tmp_path, GONE, {**DECEMBER, "area_id": "andet", "municipality_code": "9999"})
    )
    page.get_by_role("button", name="Læs filen").click()
    expect(page.get_by_text("Klar til godkendelse")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    with page.expect_download() as rows:
        page.get_by_role("link", name="Hent afviste rækker (CSV)").click()
    assert "Kommunekode 9999 er ukendt." in Path(rows.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("button", name="Godkend og indlæs").click()
    expect(page.locator(".badge-success", has_text="Indlæst")).to_be_visible()
    batch_address = page.url

    page.goto(page.url.partition("/areas/")[0] + reverse("areas:detail", args=["bispehaven"]))
    expect(page.get_by_text("2026").first).to_be_visible()
    page.goto(batch_address)
    page.get_by_role("link", name="Tag indlæsningen tilbage").click()
    page.get_by_label("Hvorfor tages indlæsningen tilbage?").fill("Listen var den forkerte")
    page.get_by_role("button", name="Tag indlæsningen tilbage").click()

    expect(page.get_by_text("Registrene er, som de var før.")).to_be_visible()
    expect(page.get_by_text("Listen var den forkerte")).to_be_visible()


def test_a_batch_in_work_is_looked_at_again_by_itself(visit: Visit) -> None:
    batch = imports.upload("liste.csv", csv(LISTING), by=SYSTEM, at=timezone.now())
    ImportProgress.objects.filter(batch=batch).update(step=imports.COMPARING, done=4000, total=10_000)
    page = visit(batch.get_absolute_url())
    expect(page.get_by_text("4.000 af 10.000 rækker")).to_be_visible()
    look_no_more(page)
    inspect(page, "import in work")
    page.unroute("**/*")

    clock.work_on_import(batch.pk)

    expect(page.get_by_role("button", name="Godkend og indlæs")).to_be_visible()


def test_the_pages_filled_empty_and_with_errors(visit: Visit, tmp_path: Path) -> None:
    inspect(visit(reverse("areas:imports")), "imports empty")
    page = visit(reverse("areas:import_upload"))
    inspect(page, "import upload")
    page.get_by_label("Fil", exact=True).set_input_files(file_of(tmp_path, {"kaere": "ven", "navn": LONG}, name=f"{LONG}.csv"))
    page.get_by_role("button", name="Læs filen").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page, "import upload error")

    first = imported(LISTING)
    rows = [{**LISTING, "area_id": f"omraade-{n}", "area_name": f"Området {n}"} for n in range(60)]
    long = {**LISTING, "area_id": "langt", "area_name": LONG}
    batch = previewed(
        {**LISTING, "is_omdannelsesomraade": "false", "note": LONG}, long, {**long, "municipality_code": "9999"}, *rows
    )
    inspect(visit(batch.get_absolute_url()), "import preview")
    inspect(visit(batch.get_absolute_url() + "?outcome=REFUSED"), "import preview refused")
    inspect(visit(batch.get_absolute_url() + "?outcome=UNCHANGED"), "import preview nothing")
    figures = previewed({**FIGURES, "category_published": "udsat"}, {**FIGURES, "area_id": "gellerup", "residents": ""})
    inspect(visit(figures.get_absolute_url()), "import preview figures")
    cut = imports.upload("liste.csv", csv(LISTING, LISTING)[:-90], by=SYSTEM, at=timezone.now())
    clock.work_on_import(cut.pk)
    inspect(visit(cut.get_absolute_url()), "import unreadable")
    inspect(visit(first.get_absolute_url()), "import done")
    inspect(visit(reverse("areas:import_take_back", args=[first.pk])), "import take back")
    inspect(visit(reverse("areas:imports")), "imports")
