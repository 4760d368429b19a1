"""Who acts as what."""

import datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.actors import SYSTEM, Actor
from accounts.models import AccountEvent, User, actor_for, organisations_of
from accounts.roles import OrganisationKind, Role
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_role_that_the_organisation_does_not_hold_has_no_effect(today: datetime.date) -> None:
    membership = MembershipFactory.create(role=Role.CASE_OFFICER)

    assert actor_for(membership.user, membership.organisation, on=today).roles == frozenset()


def test_a_membership_ends_with_its_last_day(today: datetime.date) -> None:
    membership = MembershipFactory.create(valid_to=today)

    assert organisations_of(membership.user, on=today) == [membership.organisation]
    assert organisations_of(membership.user, on=today + datetime.timedelta(days=1)) == []


def test_organisations_stand_in_danish_order() -> None:
    user = UserFactory.create()
    names = ["Ålborg", "Ærø", "Aabenraa", "Zebra", "Østbo", "Alfabo"]
    for name in names:
        MembershipFactory.create(user=user, organisation=OrganisationFactory.create(name=name))

    found = [organisation.name for organisation in organisations_of(user, on=datetime.date(2026, 1, 1))]
    assert found == ["Alfabo", "Zebra", "Ærø", "Østbo", "Aabenraa", "Ålborg"]


def test_the_portal_acts_without_a_person() -> None:
    assert SYSTEM.is_system
    assert not SYSTEM.is_fund


def test_an_address_in_capitals_finds_the_same_person() -> None:
    user = UserFactory.create(email="anna@example.org")

    assert User.objects.get_by_natural_key("Anna@Example.org") == user


def test_the_database_refuses_a_second_fund() -> None:
    OrganisationFactory.create(fund=True)

    with pytest.raises(IntegrityError, match="organisation_fund_once"), transaction.atomic():
        OrganisationFactory.create(kind=OrganisationKind.FUND, name="En anden fond")


def test_events_can_be_neither_changed_nor_deleted(case_officer: Actor) -> None:
    event = AccountEvent.objects.create(event="account:signed_in", user=case_officer.user, role=Role.CASE_OFFICER)

    for sql in ("UPDATE accounts_accountevent SET reason = 'x'", "DELETE FROM accounts_accountevent"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert AccountEvent.objects.get() == event
