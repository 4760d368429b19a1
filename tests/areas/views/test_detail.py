"""The page of one area."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from areas.models import Absence, HousingArea
from tests.factories.areas import (
    AreaChangeFactory,
    AreaListFactory,
    AreaListingFactory,
    AreaMembershipFactory,
    ConnectedDepartmentFactory,
    DevelopmentPlanFactory,
    HousingAreaFactory,
    KeyFiguresFactory,
)
from tests.rich import RichCase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


@pytest.fixture
def _today() -> Any:
    with time_machine.travel(datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def text_of(client: Client, area: HousingArea) -> str:
    """The page as somebody hears it read."""
    response = client.get(area.get_absolute_url())
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_an_area_that_does_not_exist_is_not_found(reader: Client) -> None:
    assert reader.get("/areas/findes-ikke/").status_code == 404


def test_signing_in_comes_first(client: Client) -> None:
    assert client.get(HousingAreaFactory.create().get_absolute_url()).status_code == 302


def test_a_bare_area_says_what_would_stand_there(reader: Client) -> None:
    text = text_of(reader, HousingAreaFactory.create())

    assert "Her står områdets status år for år, når en liste er indlæst." in text
    assert "Ingen er registreret." in text
    assert "Der er ikke registreret en udviklingsplan for området." in text


def test_the_page_says_what_the_area_is_and_why(reader: Client) -> None:
    listing = AreaListingFactory.create(conversion_area=True)

    text = text_of(reader, listing.area)

    assert "Omdannelsesområde: Området står på listen af 1. december 2023. Almenboligloven § 61 a, stk. 4; R28" in text
    assert "Prioriteres efter § 61 a Ja (listen af 1. december 2023)" in text
    assert "Nyere lister findes ikke i portalen: 2024, 2025." in text


def test_the_timeline_tells_unknown_from_no_and_from_a_list_that_is_missing(reader: Client) -> None:
    listing = AreaListingFactory.create(area_list__year=2021, note="only the term is certain")
    AreaListingFactory.create(area_list__year=2017, is_exposed=None)
    AreaListFactory.create(year=2023)
    AreaListingFactory.create(area_list__year=2023)

    text = text_of(reader, listing.area)

    assert "2023 Ukendt: listen er ikke komplet" in text
    assert "2022 Listen findes ikke i portalen" in text
    assert "2021 Parallelsamfund Udsat boligområde parallelsamfund Nævnt i en kilde only the term is certain" in text
    assert "2017 Ikke på listen" in text
    assert "2025 Listen findes ikke i portalen" in text
    assert "2026 Listen" not in text


def test_sources_are_links_to_the_web_and_nothing_else(reader: Client) -> None:
    listing = AreaListingFactory.create(sources="https://example.org/a javascript:alert(1) http://example.com/b?c=d&e")

    html = reader.get(listing.area.get_absolute_url()).content.decode()

    assert 'href="https://example.org/a"' in html
    assert 'href="http://example.com/b?c=d&amp;e"' in html
    assert "javascript:alert" not in html


def test_departments_of_today_are_shown_and_demo_is_said(reader: Client) -> None:
    here = AreaMembershipFactory.create(department__name="Nordgården", department__is_demo=True)
    AreaMembershipFactory.create(area=here.area, department__name="Forhen", valid_to=datetime.date(2026, 11, 21))

    text = text_of(reader, here.area)

    assert f"{here.department.number} Nordgården Opdigtet {here.department.organisation} 150 12.500 320 1. januar 2026" in text
    assert "Forhen" not in text


def test_a_development_plan_is_shown(reader: Client) -> None:
    plan = DevelopmentPlanFactory.create()

    text = text_of(reader, plan.area)

    assert "Godkendt af ministeren, gælder fra 1. juni 2019. Ministerens brev" in text
    assert "Området er bundet af en udviklingsplan fra 1. juni 2019." in text


def test_years_are_written_without_a_thousands_separator(reader: Client) -> None:
    area = AreaListingFactory.create().area

    assert "2.023" not in text_of(reader, area)
    assert "2.023" not in reader.get("/areas/").content.decode()


def test_key_figures_are_held_against_the_limits_of_their_year(reader: Client) -> None:
    figures = KeyFiguresFactory.create(convicted_pct=None, convicted_pct_absence=Absence.SUPPRESSED)

    text = text_of(reader, figures.area)

    assert "Uden for arbejdsmarked og uddannelse 2023: 41,2 pct. (grænse: mere end 40). Opfyldt." in text
    assert "2023 § 61 a Almenboligloven § 61 a, stk. 1, nr. 1; R26, K1 41,2 mere end 40 1,2 over Opfyldt" in text
    assert "2023 § 61 b Almenboligloven § 61 b, nr. 1; R29, P1 41,2 mere end 30 11,2 over Opfyldt" in text
    assert "Diskretioneret mindst 2,03 – Ukendt" in text
    assert "57,7 mindre end 55 2,7 over Ikke opfyldt" in text
    assert "2.400 mindst 1.000 1.400 over Opfyldt" in text


def test_a_column_is_filled_or_an_outline_and_what_is_not_known_is_asked(reader: Client) -> None:
    figures = KeyFiguresFactory.create(convicted_pct=None)

    html = reader.get(figures.area.get_absolute_url()).content.decode()

    drawings = dict(re.findall(r'aria-labelledby="(\w+)-title" aria-describedby="[^"]*">(.*?)</svg>', html, re.DOTALL))
    assert "column-met" in drawings["outside_labour_market"]
    assert "column-not_met" in drawings["income"]
    assert "convicted" not in drawings, "nothing is drawn without a single value"
    assert 'class="limit"' in drawings["income"]


def test_years_before_the_limits_were_found_show_their_values(reader: Client) -> None:
    figures = KeyFiguresFactory.create(list_year=2011)

    text = text_of(reader, figures.area)

    assert "2011 § 61 a 41,2 Ikke fundet i kilderne – Ukendt" in text
    assert "2011 Kan ikke afgøres" in text


def test_a_status_that_the_values_do_not_lead_to_is_flagged_and_nothing_is_changed(reader: Client) -> None:
    listing = AreaListingFactory.create(exposed_only=True, area_list__year=2023)
    figures = KeyFiguresFactory.create(area=listing.area)

    text = text_of(reader, listing.area)

    assert "2023 Parallelsamfund Afgørende: Indvandrere og efterkommere fra ikke-vestlige lande" in text
    assert "Udsat boligområde Nej" in text
    figures.delete()
    KeyFiguresFactory.create(area=listing.area, non_western_pct=Decimal(50))
    assert "Udsat boligområde Ja Begrundelser" in text_of(reader, listing.area)


def test_the_source_of_the_figures_answers_where_no_list_does(reader: Client) -> None:
    figures = KeyFiguresFactory.create(category_published="parallelsamfund")

    assert "Parallelsamfund Ja Begrundelser" in text_of(reader, figures.area)


@pytest.mark.parametrize(
    ("residents", "said"),
    [
        (1000, "Beboere 1. januar 2026 efter afdelingernes tal: 1.000. Området har mindst 1.000 beboere."),
        (999, "efter afdelingernes tal: 999. Området har under 1.000 beboere og kan ikke være på en liste."),
    ],
)
def test_the_size_is_checked_on_the_count_date(reader: Client, residents: int, said: str) -> None:
    place = AreaMembershipFactory.create(department__residents__residents=residents)

    assert f"{said} Almenboligloven § 61 a, stk. 3; R30, R32" in text_of(reader, place.area)


def test_a_department_without_a_count_leaves_the_size_unknown(reader: Client) -> None:
    place = AreaMembershipFactory.create(department__residents__residents=999)
    AreaMembershipFactory.create(area=place.area, department__residents__counted_on=datetime.date(2025, 1, 1))

    text = text_of(reader, place.area)

    assert "1 afdeling har intet tal for dagen. Det er ukendt, om området har mindst 1.000 beboere." in text


def test_connected_departments_stand_apart_with_their_reason(reader: Client) -> None:
    connection = ConnectedDepartmentFactory.create(department__name="Nabogården", reason="Fælles skole")
    ConnectedDepartmentFactory.create(area=connection.area, department__name="Forhen", valid_to=datetime.date(2026, 11, 21))

    text = text_of(reader, connection.area)

    assert "Afdelinger i tilknytning til området" in text
    assert "Nabogården Tilknyttet fra 1. januar 2024: Fælles skole" in text
    assert "Forhen" not in text


def test_history_is_kept_under_one_area_and_says_where_it_comes_from(reader: Client) -> None:
    merger = AreaChangeFactory.create(area__name="Trigeparken", predecessor__name="Nordparken")
    AreaListingFactory.create(area=merger.predecessor, area_list__year=2021, sources="https://example.org/2021")

    text = text_of(reader, merger.area)
    assert "2021 Parallelsamfund Udsat boligområde Listen nævner det tidligere område Nordparken" in text
    assert "1. juni 2022: Lagt sammen med Nordparken ." in text
    assert 'href="https://example.org/2021"' in reader.get(merger.area.get_absolute_url()).content.decode()

    assert merger.predecessor is not None
    gone = text_of(reader, merger.predecessor)
    assert "Området blev lagt sammen med et andet 1. juni 2022 og står nu under Trigeparken ." in gone
    assert "1. juni 2022: Gik op i Trigeparken ." in gone


def test_changes_of_name_and_shape_are_told(reader: Client) -> None:
    renamed = AreaChangeFactory.create(renamed=True, former_name="Gellerup")
    AreaChangeFactory.create(area=renamed.area, enlarged=True, changed_on=datetime.date(2023, 1, 1))
    split = AreaChangeFactory.create(split=True, predecessor=renamed.area, area__name="Toveshøj")

    text = text_of(reader, renamed.area)

    assert "Nyt navn. Området hed før Gellerup." in text
    assert "Området blev udvidet. Ministerens godkendelse: Ministerens brev af 1. maj 2022." in text
    assert "En del blev udskilt til Toveshøj ." in text
    assert f"Udskilt fra {renamed.area} ." in text_of(reader, split.area)


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"starts_on": datetime.date(2026, 11, 22)}, "Bindende."),
        ({"starts_on": datetime.date(2026, 11, 23)}, "Gælder endnu ikke."),
        ({"ends_on": datetime.date(2026, 11, 22)}, "Bindende."),
        ({"ends_on": datetime.date(2026, 11, 21)}, "Ophørt."),
    ],
)
def test_a_plan_says_whether_it_binds_today(reader: Client, dates: dict[str, datetime.date], said: str) -> None:
    text = text_of(reader, DevelopmentPlanFactory.create(**dates).area)

    assert said in text
    assert ("koordineres med udviklingsplanen" in text) is (said == "Bindende.")


def test_cases_are_those_that_the_reader_may_know_of(client: Client, rich_case: RichCase, outsider: Actor) -> None:
    application = rich_case.application
    for actor, is_shown in ((rich_case.cast.applicant, True), (rich_case.cast.case_officer, True), (outsider, False)):
        assert actor.user is not None
        client.force_login(actor.user)
        text = text_of(client, application.area)
        assert (f"{application.case_number} {application.title}" in text) is is_shown
        assert ("som du har adgang til. Der er ingen." in text) is not is_shown


def test_the_page_runs_as_many_queries_for_two_departments_as_for_two_hundred(reader: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            reader.get(area.get_absolute_url())
        return len(captured)

    area = AreaListingFactory.create().area
    AreaMembershipFactory.create_batch(2, area=area)
    for year in (2019, 2021):
        AreaListingFactory.create(area=area, area_list__year=year)
    few = queries()
    AreaMembershipFactory.create_batch(198, area=area)
    ConnectedDepartmentFactory.create_batch(20, area=area)
    for year in range(2010, 2018):
        AreaListingFactory.create(area=area, area_list__year=year)
        KeyFiguresFactory.create(area=area, list_year=year)

    assert queries() == few <= 22
