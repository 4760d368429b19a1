"""What each kind of file does to the registers, row by row."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind
from accounts.transitions import merge_organisations
from areas.imports import ReadFile
from areas.models import (
    Absence,
    AreaEvent,
    AreaList,
    AreaListing,
    AreaMembership,
    Department,
    HousingArea,
    ImportBatch,
    ImportRow,
    KeyFigures,
    Municipality,
    ResidentCount,
)
from areas.states import State
from areas.transitions import import_files
from lbf_portal.lib.refusals import NotAllowed
from tests.areas.imports.made import COUNTS, DEPARTMENT, FIGURES, LISTING, MUNICIPALITY, ORGANISATION, read
from tests.factories.accounts import OrganisationFactory
from tests.factories.areas import (
    AreaListFactory,
    AreaListingFactory,
    AreaMembershipFactory,
    DepartmentFactory,
    HousingAreaFactory,
    MunicipalityFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    MunicipalityFactory.create(aarhus=True)
    MunicipalityFactory.create(code="0461", name="Odense")


def outcome(*files: ReadFile, dry_run: bool = False) -> tuple[int, int, int, int, list[tuple[int, str]]]:
    """Rows, new, changed, unchanged, and the refused ones."""
    result = import_files(files, by=SYSTEM, dry_run=dry_run)
    refused = [(refusal.row, refusal.message) for refusal in result.refused]
    return result.rows, result.created, result.updated, result.unchanged, refused


def reason(file: ReadFile) -> str:
    """Why the file's only row is refused."""
    rows, created, updated, unchanged, refused = outcome(file)
    assert (rows, created, updated, unchanged) == (1, 0, 0, 0)
    return refused[0][1]


# Lists


def test_an_import_makes_list_area_and_listing_and_becomes_a_batch(case_officer: Actor) -> None:
    import_files([read(LISTING)], by=case_officer)

    listing = AreaListing.objects.get()
    assert (listing.area.name, listing.area.municipality.name, listing.area_list.year) == ("Bispehaven", "Aarhus", 2023)
    assert (listing.is_conversion_area, listing.is_prevention_area, listing.name_on_list) == (True, None, "Bispehaven")
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.uploaded_by, batch.created, batch.file_name) == (
        State.IMPORTED,
        case_officer.user,
        1,
        "liste.csv",
    )
    assert bytes(batch.file.content) == read(LISTING).content
    events = list(AreaEvent.objects.values_list("event", flat=True))
    assert events == ["import:uploaded", "import:previewed", "import:confirmed", "import:imported"]
    assert {event.data["sha256"] for event in AreaEvent.objects.all()} == {batch.sha256}


def test_the_same_file_again_changes_nothing_and_leaves_nothing() -> None:
    assert outcome(read(LISTING), read(COUNTS)) == (2, 2, 0, 0, [])
    events = AreaEvent.objects.count()

    assert outcome(read(LISTING), read(COUNTS)) == (2, 0, 0, 2, [])
    assert AreaEvent.objects.count() == events
    assert ImportBatch.objects.count() == 2


def test_a_changed_row_updates_what_stands_there() -> None:
    outcome(read(LISTING), read(COUNTS))

    changed = read(LISTING, is_omdannelsesomraade="false")
    more = read(COUNTS, udsatte_boligomraader="2")

    assert outcome(changed, more) == (2, 0, 2, 0, [])
    assert AreaListing.objects.get().is_conversion_area is False
    assert AreaList.objects.get().exposed_count == 2
    row = ImportRow.objects.get(batch=ImportBatch.objects.get(created=0, sha256=changed.sha256))
    assert (row.before, row.after) == (
        {"areas.arealisting.is_conversion_area": True},
        {"areas.arealisting.is_conversion_area": False},
    )


def test_a_dry_run_tells_and_changes_nothing() -> None:
    assert outcome(read(LISTING), dry_run=True) == (1, 1, 0, 0, [])
    assert not AreaListing.objects.exists()
    assert not HousingArea.objects.exists()
    assert not AreaEvent.objects.exists()
    assert not ImportBatch.objects.exists()


def test_an_area_bears_the_name_of_its_latest_list_in_whatever_order_they_come() -> None:
    later = {"list_year": "2024", "list_date": "2024-12-01"}

    assert outcome(read(LISTING)) == (1, 1, 0, 0, [])
    assert outcome(read(LISTING, area_name="Nye Bispehaven", **later)) == (1, 1, 0, 0, [])
    assert HousingArea.objects.get().name == "Nye Bispehaven"
    assert outcome(read(LISTING)) == (1, 0, 0, 1, [])
    assert HousingArea.objects.get().name == "Nye Bispehaven"
    assert outcome(read(LISTING, area_name="Bispehaven Ny", **later)) == (1, 0, 1, 0, [])
    assert sorted(AreaListing.objects.values_list("name_on_list", flat=True)) == ["Bispehaven", "Bispehaven Ny"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"municipality_code": "9999"}, "Kommunekode 9999 er ukendt."),
        ({"municipality_name": "Århus"}, "Kommunekode 0751 er Aarhus, men rækken siger Århus."),
        (
            {"list_date": "2023-11-30"},
            "Listen for 2023 er offentliggjort den 2023-12-01, men rækken siger 2023-11-30.",
        ),
        (
            {"municipality_code": "0461", "municipality_name": "Odense", "list_year": "2021", "list_date": "2021-12-01"},
            "Området ligger i Aarhus efter registeret, men rækken siger Odense.",
        ),
    ],
)
def test_a_row_that_contradicts_the_register_is_refused_and_leaves_nothing(changes: dict[str, Any], why: str) -> None:
    outcome(read(LISTING))

    file = read({**LISTING, **changes}, {**LISTING, "area_id": "gellerup", "area_name": "Gellerup"})

    assert outcome(file) == (2, 1, 0, 0, [(2, why)])
    assert sorted(AreaList.objects.values_list("year", flat=True)) == [2023]
    assert sorted(HousingArea.objects.values_list("key", flat=True)) == ["bispehaven", "gellerup"]


def test_a_row_said_twice_is_refused_the_second_time() -> None:
    assert outcome(read(LISTING, {**LISTING, "note": "igen"})) == (2, 1, 0, 0, [(3, "Rækken gentager række 2.")])
    assert AreaListing.objects.get().note == ""


def test_refused_rows_are_told_in_the_order_of_the_file_whatever_refused_them() -> None:
    file = read({**LISTING, "municipality_code": "9999"}, {**LISTING, "area_id": ""}, LISTING)

    assert outcome(file) == (3, 1, 0, 0, [(2, "Kommunekode 9999 er ukendt."), (3, "area_id mangler.")])


def test_three_hundred_rows_take_as_many_queries_as_one(django_assert_max_num_queries: Any) -> None:
    for number in (1, 300):
        rows = [{**LISTING, "area_id": f"omraade-{number}-{n}", "area_name": f"Området {n}"} for n in range(number)]

        with django_assert_max_num_queries(45):
            assert outcome(read(*rows)) == (number, number, 0, 0, [])


def test_outside_the_fund_nobody_imports(applicant: Actor, adviser: Actor) -> None:
    for actor in (applicant, adviser):
        with pytest.raises(NotAllowed):
            import_files([read(LISTING)], by=actor)
    assert not AreaListing.objects.exists()


# Key figures


def test_key_figures_are_entered_with_what_is_missing_and_why() -> None:
    file = read(
        FIGURES, residents="", convicted_pct="diskretioneret", income_pct_of_region="ikke offentliggjort", met_income="true"
    )

    assert outcome(file) == (1, 1, 0, 0, [])
    held = KeyFigures.objects.get()
    assert (held.area.key, held.list_year, held.outside_labour_market_pct) == ("bispehaven", 2023, Decimal("45.2"))
    assert (held.residents, held.residents_absence) == (None, Absence.NOT_FOUND)
    assert (held.convicted_pct_absence, held.income_pct_of_region_absence) == (Absence.SUPPRESSED, Absence.NOT_PUBLISHED)
    assert (held.met_income, held.met_convicted, held.convicted_limit_pct) == (True, None, Decimal("2.03"))
    assert outcome(file) == (1, 0, 0, 1, [])


def test_what_was_suppressed_stays_suppressed_when_a_file_merely_lacks_it() -> None:
    outcome(read(FIGURES, convicted_pct="diskretioneret"))

    assert outcome(read(FIGURES, convicted_pct="")) == (1, 0, 0, 1, [])
    assert KeyFigures.objects.get().convicted_pct_absence == Absence.SUPPRESSED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"non_western_pct": "101"}, "non_western_pct »101« ligger ikke mellem 0 og 100."),
        ({"non_western_pct": "mange"}, "non_western_pct »mange« er ikke et tal."),
        ({"non_western_pct": "50,1234"}, "non_western_pct »50,1234« har flere end 3 decimaler."),
        ({"residents": "12,5"}, "residents »12,5« er ikke et antal."),
        ({"category_published": "slum"}, "category_published »slum« er ukendt."),
        ({"source_urls": ""}, "source_urls mangler."),
        ({"municipality_code": "9999"}, "Kommunekode 9999 er ukendt."),
    ],
)
def test_key_figures_that_cannot_be_are_refused(changes: dict[str, str], why: str) -> None:
    assert reason(read(FIGURES, **changes)) == why


def verdict() -> tuple[str, str, bool | None]:
    row = ImportRow.objects.latest("pk")
    return row.computed, row.published, row.agrees


def test_what_is_computed_stands_beside_what_the_file_says_was_published() -> None:
    outcome(read(FIGURES, category_published="udsat"))

    assert verdict() == ("parallelsamfund", "udsat", False)
    assert ImportBatch.objects.get().disagreements == 1
    assert KeyFigures.objects.get().category_published == "udsat"


def test_the_list_itself_counts_before_what_the_file_says_and_is_never_overwritten() -> None:
    area = HousingAreaFactory.create(key="bispehaven", name="Bispehaven")
    listing = AreaListingFactory.create(area=area, conversion_area=True)

    outcome(read(FIGURES, category_published="udsat"))

    assert verdict() == ("parallelsamfund", "omdannelsesområde", True)
    listing.refresh_from_db()
    assert listing.is_conversion_area is True


def test_a_row_that_cannot_be_decided_says_nothing() -> None:
    outcome(read(FIGURES, convicted_pct="", basic_school_only_pct="", income_pct_of_region="", category_published="udsat"))

    assert verdict() == ("", "udsat", None)


def test_a_listing_of_which_part_is_unknown_publishes_nothing() -> None:
    area = HousingAreaFactory.create(key="bispehaven", name="Bispehaven")
    AreaListingFactory.create(
        area=area, area_list=AreaListFactory.create(), is_conversion_area=False, is_parallel_society=None, is_exposed=None
    )

    outcome(read(FIGURES))

    assert verdict() == ("parallelsamfund", "", None)


# Municipalities and organisations


def test_a_municipality_comes_with_the_organisation_it_acts_through() -> None:
    assert outcome(read(MUNICIPALITY, municipality_code="101", municipality_name="København")) == (1, 1, 0, 0, [])
    held = Municipality.objects.get(code="0101")
    assert (held.organisation.name, held.organisation.kind, held.sort_key) == (
        "Københavns Kommune",
        OrganisationKind.MUNICIPALITY,
        "k|benhavn",
    )


def test_a_municipality_that_is_held_changes_in_place() -> None:
    assert outcome(read(MUNICIPALITY)) == (1, 0, 0, 1, [])
    assert outcome(read(MUNICIPALITY, municipality_name="Århus")) == (1, 0, 1, 0, [])
    assert Municipality.objects.get(code="0751").sort_key == "}rhus"
    assert reason(read(MUNICIPALITY, region_code="82")) == "region_code »82« skal have 4 cifre."


def test_an_organisation_is_found_by_its_numbers_and_then_by_its_name() -> None:
    outcome(read(ORGANISATION, lbf_number="681"))
    held = Organisation.objects.get(lbf_number="681")

    assert outcome(read(ORGANISATION, cvr_number="12345678")) == (1, 0, 1, 0, [])
    assert outcome(read(ORGANISATION, organisation_name="boligforeningen Aagaarden", cvr_number="12345678")) == (1, 0, 1, 0, [])
    held.refresh_from_db()
    assert (held.name, held.lbf_number, held.cvr_number) == ("boligforeningen Aagaarden", "681", "12345678"), "another spelling"


def test_an_organisation_changes_its_name_on_a_day_and_not_by_a_file() -> None:
    outcome(read(ORGANISATION, lbf_number="681"))

    why = reason(read(ORGANISATION, organisation_name="Ågårdens Boligforening", lbf_number="681"))

    assert why.startswith("Organisationen hedder »Boligforeningen Ågården« i registeret.")


def test_an_organisation_that_was_merged_away_is_not_meant_any_more() -> None:
    before, after = OrganisationFactory.create(name="Før", lbf_number="681"), OrganisationFactory.create(name="Efter")
    merge_organisations(
        before,
        successor=after,
        effective_on=datetime.date(2026, 1, 1),
        reason="Beslutning",
        people_follow=False,
        by=SYSTEM,
        at=timezone.now(),
    )
    why = "Før er lagt sammen med Efter. Ret rækken"
    assert reason(read(ORGANISATION, organisation_name="Før", lbf_number="681")).startswith(why)
    assert reason(read(DEPARTMENT, organisation_name="Før")).startswith(why)

    after.lbf_number = "681"
    after.save()
    assert outcome(read(ORGANISATION, organisation_name="Efter", lbf_number="681")) == (1, 0, 1, 0, []), "the one that stands"


def test_an_empty_cell_takes_no_number_away() -> None:
    outcome(read(ORGANISATION, lbf_number="681", cvr_number="12345678"))

    assert outcome(read(ORGANISATION)) == (1, 0, 0, 1, [])
    assert Organisation.objects.get(lbf_number="681").cvr_number == "12345678"


@pytest.mark.parametrize("said", ["Boligkontoret Danmark", "87654321", "999"])
def test_an_administrator_is_named_or_numbered(said: str) -> None:
    administrator = OrganisationFactory.create(
        kind=OrganisationKind.ADMINISTRATION, name="Boligkontoret Danmark", cvr_number="87654321", lbf_number="999"
    )

    outcome(read(ORGANISATION, administered_by=said))

    assert Organisation.objects.get(name=ORGANISATION["organisation_name"]).administered_by == administrator


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"organisation_type": "andelsforening"}, "organisation_type »andelsforening« er ukendt."),
        ({"cvr_number": "1234"}, "cvr_number »1234« skal have 8 cifre."),
        ({"lbf_number": "nr. 1"}, "lbf_number »nr. 1« skal være et tal."),
        ({"municipality_code": "9999"}, "Kommunekode 9999 er ukendt."),
        ({"administered_by": "Ingen"}, "Administrationsorganisationen »Ingen« er ukendt."),
        ({"organisation_name": "=HYPERLINK()"}, "Navnet »=HYPERLINK()« ligner en formel i et regneark."),
        ({"lbf_number": "77", "cvr_number": "11111111"}, "Navn og numre peger på forskellige organisationer: A, B."),
        ({"lbf_number": "77", "organisation_type": "administrationsorganisation"}, "A er i registeret, men som en anden slags"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused(changes: dict[str, str], why: str) -> None:
    OrganisationFactory.create(name="A", lbf_number="77")
    OrganisationFactory.create(name="B", cvr_number="11111111")

    assert reason(read(ORGANISATION, **changes)).startswith(why)


# Departments


@pytest.fixture
def owner(housing: Organisation) -> Organisation:
    housing.lbf_number = "681"
    housing.save()
    return housing


def test_a_department_is_entered_with_its_residents_and_its_area(owner: Organisation) -> None:
    area = HousingAreaFactory.create(key="bispehaven")

    assert outcome(read(DEPARTMENT, area_id="bispehaven", in_area_from="01-01-2015")) == (1, 1, 0, 0, [])
    held = Department.objects.get()
    assert (held.organisation, held.number, held.family_dwellings, held.youth_dwellings) == (owner, "12", 100, None)
    assert (held.floor_area_m2, held.owner_kind, held.sort_key) == (Decimal("9800.50"), "DEPARTMENT", "skovkanten")
    count = ResidentCount.objects.get()
    assert (count.residents, count.counted_on) == (1250, datetime.date(2026, 1, 1))
    membership = AreaMembership.objects.get()
    assert (membership.area, membership.valid_from, membership.valid_to) == (area, datetime.date(2015, 1, 1), None)


def test_a_department_that_is_held_changes_only_where_the_file_says_something(owner: Organisation) -> None:
    outcome(read(DEPARTMENT))

    assert outcome(read(DEPARTMENT)) == (1, 0, 0, 1, [])
    emptied = dict.fromkeys(["addresses", "postcode", "family_dwellings", "dwellings", "floor_area_m2"], "")
    assert outcome(read(DEPARTMENT, **emptied)) == (1, 0, 0, 1, [])
    assert outcome(read(DEPARTMENT, residents="1260", department_name="Skovkanten Øst")) == (1, 0, 1, 0, [])
    assert (Department.objects.get().name, ResidentCount.objects.get().residents) == ("Skovkanten Øst", 1260)
    assert outcome(read(DEPARTMENT, residents="1240", residents_on="2025-01-01", department_name="Skovkanten Øst"))[2] == 1
    assert ResidentCount.objects.count() == 2


def test_where_a_department_lies_already_is_left_alone_and_a_contradiction_is_refused(owner: Organisation) -> None:
    here, there = HousingAreaFactory.create(key="her", name="Her"), HousingAreaFactory.create(key="der")
    department = DepartmentFactory.create(organisation=owner, number="12", residents=None)
    AreaMembershipFactory.create(department=department, area=here, valid_from=datetime.date(2010, 1, 1))

    same = read(DEPARTMENT, area_id="her", in_area_from="2020-01-01")
    outcome(same)
    assert outcome(same) == (1, 0, 0, 1, [])
    assert reason(read(DEPARTMENT, area_id=there.key, in_area_from="2020-01-01")) == (
        "Afdelingen ligger i Her fra den 2010-01-01. Ret det først på afdelingens side."
    )
    assert AreaMembership.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"organisation_name": "Ukendt"}, "Boligorganisationen »Ukendt« er ukendt."),
        (
            {"organisation_name": ""},
            "Rækken nævner ingen boligorganisation: skriv lbf_number, cvr_number",
        ),
        ({"organisation_name": "Aarhus Kommune"}, "Boligorganisationen »Aarhus Kommune« er ukendt."),
        ({"municipality_code": "9999"}, "Kommunekode 9999 er ukendt."),
        ({"dwellings": "110"}, "Der er flere boliger af de enkelte slags end boliger i alt."),
        ({"owner_kind": "PRIVATE"}, "owner_kind »PRIVATE« er ukendt."),
        ({"postcode": "80"}, "postcode »80« skal have 4 cifre."),
        ({"floor_area_m2": "0"}, "floor_area_m2 skal være større end 0."),
        ({"residents_on": ""}, "residents_on mangler, når residents er udfyldt."),
        ({"area_id": "bispehaven"}, "in_area_from mangler, når area_id er udfyldt."),
        ({"area_id": "ukendt", "in_area_from": "2020-01-01"}, "Boligområdet »ukendt« er ukendt."),
        ({"residents_on": "30-02-2026"}, "residents_on »30-02-2026« er ikke en dato. Skriv den som 2023-12-01."),
    ],
)
def test_a_department_that_cannot_be_is_refused(owner: Organisation, changes: dict[str, str], why: str) -> None:
    assert reason(read(DEPARTMENT, **changes)).startswith(why)
    assert not Department.objects.exists()


def test_a_department_named_twice_in_different_ways_is_refused_the_second_time(owner: Organisation) -> None:
    rows = [
        {"lbf_number": "", **DEPARTMENT},
        {"lbf_number": "681", **DEPARTMENT, "organisation_name": "", "department_name": "x"},
    ]

    assert outcome(read(*rows)) == (2, 1, 0, 0, [(3, "Afdelingen står allerede tidligere i filen.")])
