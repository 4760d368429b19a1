"""Makes people and organisations; nothing random, everything counted."""

from __future__ import annotations

import datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role


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
