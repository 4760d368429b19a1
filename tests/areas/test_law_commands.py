"""`classify_areas` and `conversion_areas`: the contract that scripts rely on, and what public data comes to."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from areas.models import AreaChange, AreaChangeKind, AreaList, AreaListing, HousingArea
from areas.models.conversions import conversion_areas
from areas.reference_files import DATA
from areas.rules.conversion import window
from tests.areas.imports.test_criterion_values import LINE, a_file
from tests.factories.areas import AreaListFactory, AreaListingFactory, HousingAreaFactory

VALUES = DATA / "area_criteria_values.csv"
BEFORE_2018 = DATA / "criteria_values_before_2018.csv"


def printed(command: str, *arguments: str | Path) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def classified(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(printed("classify_areas", path, "--json"))
    return rows


# classify_areas


def test_every_row_of_the_public_values_that_can_be_decided_agrees() -> None:
    rows = classified(VALUES)

    decided = {(row["list_year"], row["area_id"]): row["status"] for row in rows if row["agrees"] is not None}
    assert len(rows) == 23
    assert decided == {
        (2019, "ringparken"): "parallelsamfund",
        (2019, "roennebaerparken-aeblehaven"): "not_listed",
        (2019, "korskaerparken"): "parallelsamfund",
        (2019, "mjoelnerparken"): "parallelsamfund",
        (2019, "noejsomhed-sydvej"): "parallelsamfund",
        (2023, "taastrupgaard"): "parallelsamfund",
        (2023, "mjoelnerparken"): "not_listed",
        (2023, "skovgaardsparken"): "parallelsamfund",
    }
    assert {row["agrees"] for row in rows} == {True, None}
    assert {row["status"] for row in rows if row["agrees"] is None} == {"undetermined"}


def test_the_public_values_from_before_2018_are_judged_by_three_of_five() -> None:
    rows = classified(BEFORE_2018)

    assert len(rows) == 13
    assert [(row["list_year"], row["area_id"]) for row in rows if row["agrees"]] == [
        (2013, "agervang"),
        (2014, "agervang"),
        (2014, "gellerupparken-toveshoej"),
        (2015, "gellerupparken-toveshoej"),
    ]
    assert {row["agrees"] for row in rows} == {True, None}


def test_an_object_has_the_names_of_the_contract(tmp_path: Path) -> None:
    assert classified(a_file(tmp_path, LINE)) == [
        {
            "list_year": 2023,
            "area_id": "taastrupgaard",
            "criteria": {
                "outside_labour_market": "not_met",
                "convicted": "not_met",
                "basic_school_only": "met",
                "income": "met",
                "non_western": "met",
                "residents": "met",
            },
            "status": "parallelsamfund",
            "published": "omdannelsesområde",
            "agrees": True,
        }
    ]


def test_a_published_status_that_the_values_do_not_lead_to_is_told(tmp_path: Path) -> None:
    path = a_file(tmp_path, LINE, LINE.replace("omdannelsesområde", "not_listed"))

    assert [row["agrees"] for row in classified(path)] == [True, False]
    assert "Stemmer: 1. Stemmer ikke: 1." in printed("classify_areas", path)


def test_without_json_people_read_a_table_and_what_it_comes_to(tmp_path: Path) -> None:
    lines = printed(
        "classify_areas", a_file(tmp_path, LINE.replace("1587", "").replace("false,false", "false,true"))
    ).splitlines()

    header, row = (" ".join(line.split()) for line in lines[:2])
    assert header == (
        "Række Liste Område Arbejde Dømte Skole Indkomst Ikke-vestl. Beboere Efter værdierne Offentliggjort Stemmer"
    )
    assert row == "2 2023 taastrupgaard nej nej ja ja ja ? parallelsamfund omdannelsesområde ja"
    assert lines[3:] == [
        "Rækker: 1. Afgjort og sammenlignet: 1. Stemmer: 1. Stemmer ikke: 0.",
        "Række 2: Kilden siger det modsatte af værdien for »Dømte«. Værdien er brugt.",
        "Beboertallet mangler i række 2. Svaret forudsætter mindst 1.000 beboere.",
    ]


def test_a_file_without_rows_is_no_error(tmp_path: Path) -> None:
    assert classified(a_file(tmp_path)) == []
    assert "Rækker: 0." in printed("classify_areas", a_file(tmp_path))


def test_a_bad_file_is_refused_with_one_sentence_and_nothing_is_printed(tmp_path: Path) -> None:
    out = io.StringIO()

    with pytest.raises(CommandError, match=r"^Filen ingen\.csv kan ikke åbnes: .*\.$"):
        call_command("classify_areas", str(tmp_path / "ingen.csv"), "--json", stdout=out)
    assert out.getvalue() == ""


# conversion_areas


def counted(year: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed("conversion_areas", "--year", str(year), "--json"))
    return found


def parallel_in(key: str, *years: int) -> HousingArea:
    """An area that the lists of the years name as a parallel society."""
    area = HousingAreaFactory.create(key=key)
    for year in years:
        AreaListingFactory.create(area=area, area_list=AreaListFactory.create(year=year))
    return area


def merged(former: HousingArea, standing: HousingArea, *, on: datetime.date) -> None:
    AreaChange.objects.create(area=standing, kind=AreaChangeKind.MERGED, changed_on=on, predecessor=former)


def complete(*years: int) -> None:
    """The published numbers are what is held, so that an area not named is not on the list."""
    for year in years:
        held = AreaListFactory.create(year=year)
        number = held.listings.filter(is_parallel_society=True).count()
        AreaList.objects.filter(pk=held.pk).update(parallel_society_count=number, count_sources="https://example.org/antal")


pytestmark = pytest.mark.django_db


def test_five_lists_in_a_row_make_a_conversion_area_and_a_gap_does_not() -> None:
    parallel_in("fem", *range(2022, 2027))
    parallel_in("afbrudt", 2021, 2022, 2024, 2025, 2026)
    parallel_in("forladt", *range(2021, 2026))
    complete(*range(2021, 2027))

    assert counted(2026) == {"year": 2026, "areas": ["fem"], "undetermined": []}
    assert counted(2025) == {"year": 2025, "areas": ["forladt"], "undetermined": []}


def test_an_area_whose_earlier_lists_are_not_held_is_undetermined() -> None:
    parallel_in("med-hul", 2022, 2023, 2025, 2026)
    parallel_in("ny", 2026)
    parallel_in("forladt", 2022, 2023, 2025)
    complete(2022, 2023, 2025, 2026)

    assert counted(2026) == {"year": 2026, "areas": [], "undetermined": ["med-hul"]}


def test_an_area_that_an_incomplete_list_does_not_name_is_undetermined() -> None:
    parallel_in("alle", *range(2022, 2027))
    parallel_in("ikke-i-2024", 2022, 2023, 2025, 2026)
    complete(2022, 2023, 2025, 2026)
    AreaList.objects.filter(year=2024).update(parallel_society_count=2, count_sources="https://example.org/antal")

    assert counted(2026) == {"year": 2026, "areas": ["alle"], "undetermined": ["ikke-i-2024"]}


def test_when_the_list_itself_is_not_held_everything_not_excluded_is_undetermined() -> None:
    parallel_in("fire", *range(2022, 2026))
    parallel_in("ude-i-2025", *range(2022, 2025))
    complete(*range(2022, 2026))

    assert counted(2026) == {"year": 2026, "areas": [], "undetermined": ["fire"]}


def test_a_list_from_before_2018_counts_as_complete() -> None:
    parallel_in("b-fem", *range(2014, 2019))
    parallel_in("a-fem", *range(2014, 2019))
    parallel_in("fire", *range(2015, 2019))
    complete(2018)

    assert counted(2018) == {"year": 2018, "areas": ["a-fem", "b-fem"], "undetermined": []}
    assert counted(2017) == {"year": 2017, "areas": [], "undetermined": []}


def test_the_history_of_a_merged_area_counts_for_the_one_that_stands() -> None:
    merged(parallel_in("foer", 2022, 2023, 2024), parallel_in("nu", 2025, 2026), on=datetime.date(2025, 3, 1))
    complete(*range(2022, 2027))

    assert counted(2026) == {"year": 2026, "areas": ["nu"], "undetermined": []}


def test_a_key_that_was_merged_away_is_not_asked_about_afterwards() -> None:
    former, standing = parallel_in("foer", 2022, 2023), parallel_in("nu")
    AreaChange.objects.create(
        area=standing, kind=AreaChangeKind.MERGED, changed_on=datetime.date(2024, 12, 1), predecessor=former
    )

    assert counted(2023)["undetermined"] == ["foer", "nu"]
    assert counted(2024)["undetermined"] == ["nu"]


@pytest.mark.parametrize(
    ("year", "missing", "unpublished"),
    [
        (2019, [2018], ["korskaerparken"]),
        (2021, [2018, 2020], ["agervang"]),
        (2023, [2020, 2022], []),
    ],
)
def test_public_lists_leave_the_published_conversion_areas_undetermined_and_hardly_any_other(
    reference: dict[str, int], year: int, missing: list[int], unpublished: list[str]
) -> None:
    """Some of the five lists are not held, so nothing is guessed; the lists that are held exclude nearly every other area."""
    published = AreaListing.objects.filter(area_list__year=year, is_conversion_area=True).values_list("area__key", flat=True)
    held = AreaList.objects.held().values_list("year", flat=True)

    assert [one for one in window(year) if one not in held] == missing
    assert counted(year) == {"year": year, "areas": [], "undetermined": sorted([*published, *unpublished])}


def test_with_the_missing_lists_the_published_conversion_areas_come_out(reference: dict[str, int]) -> None:
    """The lists of 2018, 2020 and 2022 as they must have been: who was counted five times afterwards stood on them."""
    for year, counted_later in [(2018, {2019, 2021}), (2020, {2021, 2023}), (2022, {2023})]:
        held = AreaListFactory.create(year=year)
        listings = AreaListing.objects.filter(area_list__year__in=counted_later, is_conversion_area=True)
        for area in HousingArea.objects.filter(listings__in=listings).distinct():
            AreaListingFactory.create(area=area, area_list=held)
    complete(2018, 2020, 2022)

    for year in (2019, 2021, 2023):
        published = AreaListing.objects.filter(area_list__year=year, is_conversion_area=True).values_list("area__key", flat=True)
        assert counted(year) == {"year": year, "areas": sorted(published), "undetermined": []}


def test_without_json_people_read_which_lists_are_missing() -> None:
    parallel_in("med-hul", 2022, 2023, 2025, 2026)

    assert printed("conversion_areas", "--year", "2026").splitlines() == [
        "Omdannelsesområder på listen fra 2026: 0",
        "Kan ikke afgøres: 1",
        "  med-hul",
        "De fem lister: Portalen har 2022, 2023, 2025, 2026. Portalen mangler 2024.",
    ]


@pytest.mark.parametrize("year", [0, 2009, 10_000])
def test_a_year_without_lists_is_refused(year: int) -> None:
    with pytest.raises(CommandError, match="Skriv et år fra 2010 og frem"):
        call_command("conversion_areas", "--year", str(year))


def test_many_areas_ask_no_more_questions_than_two() -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            conversion_areas(2026)
        return len(queries)

    parallel_in("en", *range(2022, 2027))
    parallel_in("to", *range(2022, 2027))
    few = asked()
    for number in range(200):
        parallel_in(f"nr-{number}", 2026)

    assert asked() == few == 5
