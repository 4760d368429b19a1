"""Who gives which rights to whom."""

from __future__ import annotations

import datetime

import pytest

from accounts import transitions
from accounts.actors import SYSTEM, Actor
from accounts.models import AccountEvent, Membership, Organisation, OutgoingMail, User, actor_for
from accounts.roles import OrganisationKind, Role
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_fund_gives_a_person_a_role_and_it_leaves_an_event(
    case_officer: Actor, housing: Organisation, today: datetime.date
) -> None:
    user = UserFactory.create()

    transitions.grant_membership(user, housing, Role.APPLICANT, valid_from=today, by=case_officer)

    assert actor_for(user, housing, on=today).roles == {Role.APPLICANT}
    event = AccountEvent.objects.get(event="account:membership_granted")
    assert (event.user, event.role, event.organisation) == (case_officer.user, Role.CASE_OFFICER, case_officer.organisation)
    assert event.subject == user
    assert event.data["organisation"] == housing.pk


@pytest.mark.parametrize("giver", ["applicant", "municipality", "adviser", "auditor", "outsider"])
def test_nobody_outside_the_fund_gives_rights_or_makes_people(
    request: pytest.FixtureRequest, giver: str, housing: Organisation, today: datetime.date
) -> None:
    by: Actor = request.getfixturevalue(giver)
    user = UserFactory.create()
    membership = MembershipFactory.create()

    with pytest.raises(NotAllowed):
        transitions.grant_membership(user, housing, Role.APPLICANT, valid_from=today, by=by)
    with pytest.raises(NotAllowed):
        transitions.end_membership(membership, valid_to=today, by=by)
    with pytest.raises(NotAllowed):
        transitions.register_user("ny@example.org", "Ny", by=by)
    with pytest.raises(NotAllowed):
        transitions.register_organisation(OrganisationKind.HOUSING, "Ny", by=by)


@pytest.mark.parametrize("giver", ["case_officer", "finance_officer"])
def test_only_the_management_gives_roles_in_the_fund(
    request: pytest.FixtureRequest, giver: str, director: Actor, fund: Organisation, today: datetime.date
) -> None:
    user = UserFactory.create()

    with pytest.raises(NotAllowed, match="Kun direktionen"):
        transitions.grant_membership(user, fund, Role.DIRECTOR, valid_from=today, by=request.getfixturevalue(giver))
    transitions.grant_membership(user, fund, Role.CASE_OFFICER, valid_from=today, by=director)

    assert actor_for(user, fund, on=today).roles == {Role.CASE_OFFICER}


def test_nobody_gives_rights_to_themselves(director: Actor, fund: Organisation, today: datetime.date) -> None:
    assert director.user is not None
    with pytest.raises(NotAllowed, match="dine egne rettigheder"):
        transitions.grant_membership(director.user, fund, Role.CASE_OFFICER, valid_from=today, by=director)


def test_a_role_is_given_only_where_it_exists(housing: Organisation, today: datetime.date) -> None:
    with pytest.raises(RuleBroken, match="findes ikke"):
        transitions.grant_membership(UserFactory.create(), housing, Role.MUNICIPAL_OFFICER, valid_from=today, by=SYSTEM)


def test_a_role_is_held_once_at_a_time(applicant: Actor, housing: Organisation, today: datetime.date) -> None:
    assert applicant.user is not None
    with pytest.raises(RuleBroken, match="allerede"):
        transitions.grant_membership(applicant.user, housing, Role.APPLICANT, valid_from=today, by=SYSTEM)


def test_a_role_ends_with_a_day_and_can_be_given_again(
    case_officer: Actor, applicant: Actor, housing: Organisation, today: datetime.date
) -> None:
    assert applicant.user is not None
    membership = Membership.objects.get(user=applicant.user, role=Role.APPLICANT)

    transitions.end_membership(membership, valid_to=today, by=case_officer)
    tomorrow = today + datetime.timedelta(days=1)
    assert Role.APPLICANT not in actor_for(applicant.user, housing, on=tomorrow).roles

    transitions.grant_membership(applicant.user, housing, Role.APPLICANT, valid_from=tomorrow, by=case_officer)
    assert Role.APPLICANT in actor_for(applicant.user, housing, on=tomorrow).roles
    assert AccountEvent.objects.filter(event="account:membership_ended", subject=applicant.user).count() == 1


def test_a_role_ends_once_and_not_before_it_begins(case_officer: Actor, today: datetime.date) -> None:
    membership = MembershipFactory.create(valid_from=today)

    with pytest.raises(RuleBroken, match="før startdatoen"):
        transitions.end_membership(membership, valid_to=today - datetime.timedelta(days=1), by=case_officer)
    transitions.end_membership(membership, valid_to=today, by=case_officer)
    with pytest.raises(RuleBroken, match="allerede afsluttet"):
        transitions.end_membership(membership, valid_to=today, by=case_officer)


def test_an_address_belongs_to_one_person(case_officer: Actor, applicant: Actor) -> None:
    with pytest.raises(RuleBroken, match="allerede en bruger"):
        transitions.register_user("Ansoeger@Example.org", "En anden", by=case_officer)

    assert User.objects.filter(email="ansoeger@example.org").count() == 1
    assert not OutgoingMail.objects.exists()
