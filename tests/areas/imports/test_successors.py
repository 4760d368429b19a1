"""Rows about areas that were merged away, and about areas that the fund gave another name (R31)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.actors import SYSTEM
from areas.imports import ReadFile
from areas.models import AreaListing, AreaMembership, HousingArea, KeyFigures
from areas.transitions import import_files, merge_areas, rename_area
from tests.areas.imports.made import DEPARTMENT, FIGURES, LISTING, read
from tests.factories.accounts import OrganisationFactory
from tests.factories.areas import HousingAreaFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db

LATER: dict[str, Any] = {"list_date": "2024-12-01", "list_year": "2024"}


@pytest.fixture(autouse=True)
def merged(db: None) -> None:
    """Bispehaven stood until the end of May 2024."""
    MunicipalityFactory.create(aarhus=True)
    gone = HousingAreaFactory.create(key="bispehaven", name="Bispehaven")
    stands = HousingAreaFactory.create(key="hasle", name="Hasle")
    merge_areas(gone, stands, changed_on=datetime.date(2024, 6, 1), by=SYSTEM)


def refusals(*files: ReadFile) -> list[str]:
    return [refusal.message for refusal in import_files(files, by=SYSTEM).refused]


def test_a_row_of_a_later_list_stands_under_the_successor_and_renames_nothing() -> None:
    file = read({**LISTING, **LATER}, LISTING)

    assert refusals(file) == []
    listings = AreaListing.objects.order_by("area_list__year").values_list("area_list__year", "area__key", "name_on_list")
    assert list(listings) == [(2023, "bispehaven", "Bispehaven"), (2024, "hasle", "Bispehaven")]
    assert set(HousingArea.objects.values_list("name", flat=True)) == {"Bispehaven", "Hasle"}
    assert import_files([file], by=SYSTEM).unchanged == 2


def test_key_figures_of_a_later_list_stand_under_the_successor() -> None:
    assert refusals(read({**FIGURES, "list_year": "2024"}, FIGURES)) == []
    assert sorted(KeyFigures.objects.values_list("list_year", "area__key")) == [(2023, "bispehaven"), (2024, "hasle")]


def test_a_file_that_names_both_is_told() -> None:
    both: dict[str, Any] = {"area_id": "hasle", "area_name": "Hasle"}
    sentence = "Området er lagt sammen med »hasle«, som filen også nævner for 2024."

    assert refusals(read({**LISTING, **LATER}, {**LISTING, **LATER, **both})) == [sentence]
    assert refusals(read({**FIGURES, "list_year": "2024"}, {**FIGURES, "list_year": "2024", **both})) == [sentence]
    assert AreaListing.objects.get().area.key == "hasle"


def test_no_department_is_placed_in_an_area_that_is_gone() -> None:
    OrganisationFactory.create(name="Boligforeningen Ågården")
    placed = {"area_id": "bispehaven", "in_area_from": "2020-01-01"}

    assert refusals(read(DEPARTMENT, **placed)) == ["Boligområdet »bispehaven« er lagt sammen med »hasle«. Skriv det i stedet."]
    assert not AreaMembership.objects.exists()


def test_a_name_that_the_fund_entered_later_than_the_list_stays() -> None:
    area = HousingArea.objects.get(key="hasle")
    rename_area(area, name="Nye Hasle", changed_on=datetime.date(2025, 1, 1), by=SYSTEM)
    row = {**LISTING, "area_id": "hasle", "area_name": "Hasle"}

    import_files([read(row)], by=SYSTEM)
    area.refresh_from_db()
    assert area.name == "Nye Hasle"

    import_files([read({**row, "list_date": "2025-12-01", "list_year": "2025", "area_name": "Hasle Vest"})], by=SYSTEM)
    area.refresh_from_db()
    assert area.name == "Hasle Vest"
