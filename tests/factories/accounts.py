"""Makes people and organisations; nothing random, everything counted."""

from __future__ import annotations

import datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import Mandate, Membership, Organisation, User
from accounts.roles import OrganisationKind, Right, Role


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password("et langt kodeord")


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    kind = OrganisationKind.HOUSING
    name = factory.Sequence(lambda n: f"Boligforeningen {n}")

    class Params:
        fund = factory.Trait(kind=OrganisationKind.FUND, name="Landsbyggefonden")
        municipality = factory.Trait(
            kind=OrganisationKind.MUNICIPALITY,
            name=factory.Sequence(lambda n: f"Kommune {n}"),
            municipality_code=factory.Sequence(lambda n: f"{1000 + n}"),
        )
        adviser = factory.Trait(kind=OrganisationKind.ADVISER, name=factory.Sequence(lambda n: f"Rådgiverne {n}"))
        auditor = factory.Trait(kind=OrganisationKind.AUDITOR, name=factory.Sequence(lambda n: f"Revision {n}"))


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.APPLICANT
    valid_from = datetime.date(2018, 1, 1)


class MandateFactory(DjangoModelFactory[Mandate]):
    class Meta:
        model = Mandate

    principal = factory.SubFactory(OrganisationFactory)
    holder = factory.SubFactory(OrganisationFactory, adviser=True)
    right = Right.EDIT
    valid_from = datetime.date(2026, 1, 1)
    valid_to = datetime.date(2027, 12, 31)
    evidence = "Fuldmagt af 2. januar 2026, journalnr. 26/118"
    given_by = factory.SubFactory(UserFactory)
    given_at = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)
