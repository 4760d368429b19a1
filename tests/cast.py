"""The cast: one actor per role. Alma applies, Omar is outside; names are roles, not people."""

from __future__ import annotations

import datetime

import pytest

from accounts.actors import Actor
from accounts.models import Organisation, actor_for
from accounts.roles import OrganisationKind, Role
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.applications import CaseCast


def member(organisation: Organisation, *roles: Role, email: str, today: datetime.date) -> Actor:
    """A person holding the roles in the organisation."""
    user = UserFactory.create(email=email, name=email.partition("@")[0].capitalize())
    for role in roles:
        MembershipFactory.create(user=user, organisation=organisation, role=role)
    return actor_for(user, organisation, on=today)


@pytest.fixture
def fund(db: None) -> Organisation:
    """There is one fund; whatever made it first."""
    return Organisation.objects.filter(kind=OrganisationKind.FUND).first() or OrganisationFactory.create(fund=True)


@pytest.fixture
def housing(db: None) -> Organisation:
    return OrganisationFactory.create(name="Boligforeningen Ågården")


@pytest.fixture
def other_housing(db: None) -> Organisation:
    return OrganisationFactory.create(name="Boligforeningen Udenfor")


@pytest.fixture
def municipality_organisation(db: None) -> Organisation:
    return OrganisationFactory.create(municipality=True, name="Aarhus Kommune", municipality_code="0751")


@pytest.fixture
def applicant(housing: Organisation, today: datetime.date) -> Actor:
    """Edits, submits and signs for the housing organisation."""
    return member(housing, Role.APPLICANT, Role.HOUSING_SIGNATORY, email="ansoeger@example.org", today=today)


@pytest.fixture
def colleague(housing: Organisation, today: datetime.date) -> Actor:
    """Edits and submits, does not sign."""
    return member(housing, Role.APPLICANT, email="kollega@example.org", today=today)


@pytest.fixture
def outsider(other_housing: Organisation, today: datetime.date) -> Actor:
    return member(other_housing, Role.APPLICANT, Role.HOUSING_SIGNATORY, email="udenfor@example.org", today=today)


@pytest.fixture
def municipality(municipality_organisation: Organisation, today: datetime.date) -> Actor:
    """Signs for the municipality."""
    return member(
        municipality_organisation,
        Role.MUNICIPAL_OFFICER,
        Role.MUNICIPAL_SIGNATORY,
        email="kommune@example.org",
        today=today,
    )


@pytest.fixture
def case_officer(fund: Organisation, today: datetime.date) -> Actor:
    return member(fund, Role.CASE_OFFICER, email="sagsbehandler@example.org", today=today)


@pytest.fixture
def director(fund: Organisation, today: datetime.date) -> Actor:
    return member(fund, Role.DIRECTOR, email="direktion@example.org", today=today)


@pytest.fixture
def finance_officer(fund: Organisation, today: datetime.date) -> Actor:
    return member(fund, Role.FINANCE_OFFICER, email="oekonomi@example.org", today=today)


@pytest.fixture
def adviser(today: datetime.date, db: None) -> Actor:
    return member(OrganisationFactory.create(adviser=True), Role.ADVISER, email="raadgiver@example.org", today=today)


@pytest.fixture
def auditor(today: datetime.date, db: None) -> Actor:
    return member(OrganisationFactory.create(auditor=True), Role.AUDITOR, email="revisor@example.org", today=today)


@pytest.fixture
def case_cast(applicant: Actor, municipality: Actor, case_officer: Actor, director: Actor, finance_officer: Actor) -> CaseCast:
    """The parts of a case, for the factories of cases and efforts."""
    return CaseCast(applicant, municipality, case_officer, director, finance_officer)
