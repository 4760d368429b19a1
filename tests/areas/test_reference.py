"""The committed data, loaded: what stands there, what is complete, and what known areas were on known days."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import call_command

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.models import (
    Answer,
    AreaEvent,
    AreaList,
    AreaListing,
    HousingArea,
    Municipality,
    Status,
    lists_held,
    standing_of,
    standings,
)
from areas.transitions import load_reference
from lbf_portal.lib.refusals import NotAllowed

pytestmark = pytest.mark.django_db

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def test_all_of_the_public_registers_are_loaded(reference: dict[str, int]) -> None:
    assert Municipality.objects.count() == 98
    kinds = {kind: Organisation.objects.filter(kind=kind).count() for kind in OrganisationKind}
    assert kinds == {"FUND": 1, "HOUSING": 80, "ADMINISTRATION": 12, "MUNICIPALITY": 98, "ADVISER": 0, "AUDITOR": 0}
    per_list = {held.year: held.listings.count() for held in AreaList.objects.order_by("year")}
    assert per_list == {2013: 34, 2015: 25, 2016: 25, 2017: 22, 2019: 37, 2021: 19, 2023: 13}
    assert reference == {"organisations": 191, "municipalities": 98, "list_rows": 178}


def test_every_listing_keeps_its_source(reference: dict[str, int]) -> None:
    assert all(listing.source_links for listing in AreaListing.objects.all())


def test_municipalities_act_under_their_own_names(reference: dict[str, int]) -> None:
    names = dict(Municipality.objects.values_list("code", "organisation__name"))

    assert [names[code] for code in ("0101", "0400", "0751", "0820")] == [
        "Københavns Kommune",
        "Bornholms Regionskommune",
        "Aarhus Kommune",
        "Vesthimmerlands Kommune",
    ]
    assert Municipality.objects.last() == Municipality.objects.get(name="Aarhus")  # aa is å, the last letter


def test_loading_again_changes_nothing(reference: dict[str, int]) -> None:
    events = AreaEvent.objects.count()
    Organisation.objects.filter(name="ALBOA").update(cvr_number="12345678")

    call_command("load_reference")

    assert load_reference(by=SYSTEM) == {"organisations": 0, "municipalities": 0, "list_rows": 0}
    assert AreaEvent.objects.count() == events
    assert Organisation.objects.get(name="ALBOA").cvr_number == "12345678"


def test_organisations_that_stood_there_before_are_kept(fund: Organisation, municipality_organisation: Organisation) -> None:
    load_reference(by=SYSTEM)

    assert Organisation.objects.get(kind=OrganisationKind.FUND) == fund
    assert Municipality.objects.get(code="0751").organisation == municipality_organisation


def test_only_the_fund_loads_registers(applicant: Actor) -> None:
    with pytest.raises(NotAllowed):
        load_reference(by=applicant)


def test_lists_are_complete_for_the_statuses_whose_areas_are_all_named(reference: dict[str, int]) -> None:
    complete = {held.year: [status for status in Status if held.is_complete(status)] for held in lists_held()}

    assert complete[2019] == complete[2021] == complete[2023] == [Status.CONVERSION_AREA, Status.PARALLEL_SOCIETY]
    assert complete[2017] == complete[2013] == list(Status)


@pytest.mark.parametrize(
    ("on", "areas"), [("2018-11-30", 22), ("2019-12-01", 32), ("2021-12-01", 15), ("2026-11-22", 12), ("2013-01-01", 0)]
)
def test_areas_on_the_latest_list_have_a_status_there(reference: dict[str, int], on: str, areas: int) -> None:
    assert HousingArea.objects.on_latest_list(on=datetime.date.fromisoformat(on)).count() == areas


def test_an_area_that_the_list_names_as_gone_is_not_on_it(reference: dict[str, int]) -> None:
    listed = HousingArea.objects.on_latest_list(on=datetime.date(2026, 11, 22))

    assert not listed.filter(key="mjoelnerparken").exists()
    assert AreaListing.objects.filter(area__key="mjoelnerparken", area_list__year=2023).exists()


# area, day, list used, conversion area, parallel society, exposed, prevention area, priority
STANDINGS = [
    ("vollsmose", "2020-06-01", 2019, YES, YES, YES, NO, YES),
    ("mjoelnerparken", "2019-11-30", 2017, NO, YES, NO, NO, YES),
    ("mjoelnerparken", "2019-12-01", 2019, YES, YES, YES, NO, YES),
    ("mjoelnerparken", "2023-11-30", 2021, YES, YES, YES, UNKNOWN, YES),
    ("mjoelnerparken", "2026-11-22", 2023, NO, NO, NO, UNKNOWN, NO),
    ("ellekonebakken", "2020-06-01", 2019, NO, NO, YES, NO, YES),
    ("ellekonebakken", "2022-06-01", 2021, NO, NO, UNKNOWN, UNKNOWN, UNKNOWN),
    ("ringparken", "2020-06-01", 2019, YES, YES, YES, NO, YES),
    ("ringparken", "2022-06-01", 2021, NO, NO, UNKNOWN, UNKNOWN, UNKNOWN),
    ("gadehavegaard", "2022-06-01", 2021, NO, NO, UNKNOWN, UNKNOWN, UNKNOWN),
    ("skovgaardsparken", "2026-11-22", 2023, NO, YES, YES, UNKNOWN, YES),
    ("askeroed", "2020-06-01", 2019, NO, NO, UNKNOWN, NO, UNKNOWN),
    ("askeroed", "2012-06-01", None, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
]


def test_known_areas_stand_as_the_lists_say(reference: dict[str, int]) -> None:
    for key, day, *expected in STANDINGS:
        standing = standing_of(HousingArea.objects.get(key=key), on=datetime.date.fromisoformat(day))
        found = [standing.list_year, *(standing.statuses[status] for status in Status), standing.has_priority]
        assert found == expected, (key, day)


def test_a_standing_of_today_says_that_newer_lists_are_missing(reference: dict[str, int]) -> None:
    standing = standing_of(HousingArea.objects.get(key="vollsmose"), on=datetime.date(2026, 11, 22))

    assert "Nyere lister findes ikke i portalen: 2024, 2025." in " ".join(reason.message for reason in standing.reasons)


def test_standings_take_as_many_queries_for_all_areas_as_for_one(
    reference: dict[str, int], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    areas = list(HousingArea.objects.all())

    for some in (areas[:1], areas):
        with django_assert_num_queries(4):  # type: ignore[operator]  # pytest-django's fixture is a function
            assert len(standings(some, on=datetime.date(2026, 11, 22))) == len(some)
