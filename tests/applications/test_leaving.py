"""Whoever is removed from an organisation keeps nothing of what it let them into."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from accounts import transitions as accounts
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Right, Role
from applications import permissions, transitions
from applications.models import Application, Collaborator, GuestKind
from applications.transitions import collaboration
from tests.applications.working_together.people import invited, let_in
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import MembershipFactory
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(housing: Organisation, today: datetime.date) -> Actor:
    return member(housing, Role.ORG_ADMINISTRATOR, email="administrator@example.org", today=today)


def test_access_by_invitation_goes_with_the_membership(
    case_cast: CaseCast, administrator: Actor, housing: Organisation, today: datetime.date
) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant, kind=GuestKind.COLLEAGUE, right=Right.SUBMIT)
    other = let_in(draft, case_cast.applicant, email="anden@example.org")
    assert guest.user is not None
    MembershipFactory.create(user=guest.user, organisation=housing)

    accounts.remove(housing, guest.user, by=administrator, at=timezone.now())

    draft = Application.objects.get(pk=draft.pk)
    assert permissions.roles_in(guest, draft, on=today) == frozenset()
    assert permissions.roles_in(other, draft, on=today) == {Role.ADVISER}
    ended = Collaborator.objects.get(user=guest.user)
    assert ended.ended_by == administrator.user
    assert draft.events.filter(event="application:access_ended", data__collaborator=ended.pk).exists()


def test_an_open_invitation_into_a_case_goes_too(case_cast: CaseCast, administrator: Actor, housing: Organisation) -> None:
    person = MembershipFactory.create(organisation=housing, role=Role.HOUSING_SIGNATORY).user
    guest = invited(cases.make_draft(case_cast), case_cast.applicant, email=person.email)

    accounts.remove(housing, person, by=administrator, at=timezone.now())

    guest.refresh_from_db()
    assert guest.ended_at is not None


def test_whoever_leaves_is_no_contact_any_more(
    case_cast: CaseCast, administrator: Actor, housing: Organisation, colleague: Actor, applicant: Actor
) -> None:
    chosen, began, closed = (cases.make_draft(case_cast), cases.make_draft(case_cast), cases.make_draft(case_cast))
    assert applicant.user is not None
    assert colleague.user is not None
    collaboration.change_contact(chosen, colleague.user, by=applicant, at=AT)
    collaboration.change_contact(closed, colleague.user, by=applicant, at=AT)
    transitions.withdraw(closed, by=applicant, at=AT, reason="Vi søger ikke alligevel.")

    accounts.remove(housing, colleague.user, by=administrator, at=timezone.now())
    chosen.refresh_from_db()
    assert chosen.contact_person == applicant.user
    assert chosen.events.filter(event="application:contact_changed").count() == 2
    closed.refresh_from_db()
    assert closed.contact == colleague.user, "a closed case stays as it was"

    heir = MembershipFactory.create(organisation=housing).user
    accounts.change_roles(
        housing,
        applicant.user,
        roles={Role.HOUSING_SIGNATORY},
        seen=accounts.roles_key({Role.APPLICANT, Role.HOUSING_SIGNATORY}),
        by=administrator,
        at=timezone.now(),
    )
    began.refresh_from_db()
    assert began.contact_person == heir


def test_another_role_taken_changes_nothing_in_cases(
    case_cast: CaseCast, administrator: Actor, housing: Organisation, applicant: Actor
) -> None:
    draft = cases.make_draft(case_cast)
    assert applicant.user is not None
    seen = accounts.roles_key({Role.APPLICANT, Role.HOUSING_SIGNATORY})
    accounts.change_roles(housing, applicant.user, roles={Role.APPLICANT}, seen=seen, by=administrator, at=timezone.now())
    draft.refresh_from_db()
    assert draft.contact_person == applicant.user
    assert not draft.events.filter(event="application:contact_changed").exists()
