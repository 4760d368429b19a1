"""Makes municipalities, areas, departments and lists; nothing random, everything counted."""

from __future__ import annotations

import datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.models import (
    Absence,
    AreaChange,
    AreaChangeKind,
    AreaList,
    AreaListing,
    AreaMembership,
    ConnectedDepartment,
    Department,
    DevelopmentPlan,
    Evidence,
    HousingArea,
    KeyFigures,
    Municipality,
    PlanApproval,
    ResidentCount,
)
from tests.factories.accounts import OrganisationFactory


def _organisation(code: str, name: str) -> Organisation:
    """The cast may have made the municipality's organisation already."""
    held = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY, municipality_code=code).first()
    return held or OrganisationFactory.create(municipality=True, municipality_code=code, name=f"{name} Kommune")


class MunicipalityFactory(DjangoModelFactory[Municipality]):
    class Meta:
        model = Municipality
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{2000 + n}")
    name = factory.Sequence(lambda n: f"Kommunen {n}")
    region_code = "1082"
    region_name = "Region Midtjylland"
    organisation = factory.LazyAttribute(lambda municipality: _organisation(municipality.code, municipality.name))

    class Params:
        aarhus = factory.Trait(code="0751", name="Aarhus")


class HousingAreaFactory(DjangoModelFactory[HousingArea]):
    class Meta:
        model = HousingArea

    key = factory.Sequence(lambda n: f"omraade-{n}")
    name = factory.Sequence(lambda n: f"Området {n}")
    municipality = factory.SubFactory(MunicipalityFactory, aarhus=True)


class DepartmentFactory(DjangoModelFactory[Department]):
    class Meta:
        model = Department
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    number = factory.Sequence(lambda n: f"{n:03}")
    name = factory.Sequence(lambda n: f"Afdelingen {n}")
    municipality = factory.SubFactory(MunicipalityFactory, aarhus=True)
    floor_area_m2 = Decimal("12500.00")
    dwellings = 150

    residents = factory.RelatedFactory("tests.factories.areas.ResidentCountFactory", "department")


class ResidentCountFactory(DjangoModelFactory[ResidentCount]):
    class Meta:
        model = ResidentCount

    department = factory.SubFactory(DepartmentFactory, residents=None)
    counted_on = datetime.date(2026, 1, 1)
    residents = 320


class AreaMembershipFactory(DjangoModelFactory[AreaMembership]):
    class Meta:
        model = AreaMembership

    department = factory.SubFactory(DepartmentFactory)
    area = factory.SubFactory(HousingAreaFactory)
    valid_from = datetime.date(2010, 1, 1)


class ConnectedDepartmentFactory(DjangoModelFactory[ConnectedDepartment]):
    class Meta:
        model = ConnectedDepartment

    department = factory.SubFactory(DepartmentFactory)
    area = factory.SubFactory(HousingAreaFactory)
    valid_from = datetime.date(2024, 1, 1)
    reason = "Fælles skole og gårdarealer"


class AreaListFactory(DjangoModelFactory[AreaList]):
    class Meta:
        model = AreaList
        django_get_or_create = ("year",)

    year = 2023
    published_on = factory.LazyAttribute(lambda held: datetime.date(held.year, 12, 1))


class AreaListingFactory(DjangoModelFactory[AreaListing]):
    class Meta:
        model = AreaListing

    area_list = factory.SubFactory(AreaListFactory)
    area = factory.SubFactory(HousingAreaFactory)
    is_exposed = True
    is_parallel_society = True
    is_conversion_area = False
    evidence = Evidence.NAMED
    official_term = "parallelsamfund"
    sources = "https://example.org/liste"

    class Params:
        conversion_area = factory.Trait(is_conversion_area=True, official_term="omdannelsesområde")
        exposed_only = factory.Trait(is_parallel_society=False, official_term="udsat boligområde")
        not_listed = factory.Trait(is_exposed=False, is_parallel_society=False, official_term="")


class DevelopmentPlanFactory(DjangoModelFactory[DevelopmentPlan]):
    class Meta:
        model = DevelopmentPlan

    area = factory.SubFactory(HousingAreaFactory)
    starts_on = datetime.date(2019, 6, 1)
    approval = PlanApproval.APPROVED
    source = "Ministerens brev"


class KeyFiguresFactory(DjangoModelFactory[KeyFigures]):
    class Meta:
        model = KeyFigures

    area = factory.SubFactory(HousingAreaFactory)
    list_year = 2023
    residents = 2400
    outside_labour_market_pct = Decimal("41.2")
    convicted_pct = Decimal("2.07")
    convicted_limit_pct = Decimal("2.03")
    basic_school_only_pct = Decimal("58.0")
    income_pct_of_region = Decimal("57.7")
    non_western_pct = Decimal("57.0")
    sources = "https://example.org/tal"

    # What is not there has a reason.
    residents_absence = factory.LazyAttribute(lambda figures: _absence(figures.residents))
    outside_labour_market_pct_absence = factory.LazyAttribute(lambda figures: _absence(figures.outside_labour_market_pct))
    convicted_pct_absence = factory.LazyAttribute(lambda figures: _absence(figures.convicted_pct))
    basic_school_only_pct_absence = factory.LazyAttribute(lambda figures: _absence(figures.basic_school_only_pct))
    income_pct_of_region_absence = factory.LazyAttribute(lambda figures: _absence(figures.income_pct_of_region))
    non_western_pct_absence = factory.LazyAttribute(lambda figures: _absence(figures.non_western_pct))


def _absence(value: object) -> str:
    return Absence.NOT_FOUND if value is None else ""


class AreaChangeFactory(DjangoModelFactory[AreaChange]):
    """Two areas became one, as long as no trait says otherwise."""

    class Meta:
        model = AreaChange

    area = factory.SubFactory(HousingAreaFactory)
    kind = AreaChangeKind.MERGED
    changed_on = datetime.date(2022, 6, 1)
    predecessor = factory.SubFactory(HousingAreaFactory)

    class Params:
        renamed = factory.Trait(kind=AreaChangeKind.RENAMED, predecessor=None, former_name="Det gamle navn")
        split = factory.Trait(kind=AreaChangeKind.SPLIT, approval="Ministerens brev af 1. maj 2022")
        enlarged = factory.Trait(kind=AreaChangeKind.ENLARGED, predecessor=None, approval="Ministerens brev af 1. maj 2022")
