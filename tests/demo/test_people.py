"""The demo's people: made once, real where their organisations are real."""

from __future__ import annotations

import datetime
import io
import json

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import AccountEvent, Membership, Organisation, OutgoingMail, User, organisations_of
from accounts.roles import EVERYBODY, OrganisationKind, Role
from lbf_portal.demo.people import PEOPLE, ensure_people
from tests.factories.accounts import OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def test_made_again_nothing_is_made_twice(today: datetime.date) -> None:
    first = ensure_people(today)
    counts = [model.objects.count() for model in (User, Organisation, Membership, AccountEvent)]

    assert ensure_people(today) == first
    assert [model.objects.count() for model in (User, Organisation, Membership, AccountEvent)] == counts


def test_every_role_held_in_an_organisation_has_somebody_who_plays_it(today: datetime.date) -> None:
    ensure_people(today)

    held = set(Membership.objects.current(today).values_list("role", flat=True))
    assert held == EVERYBODY - {Role.BOARD_MEMBER, Role.SECRETARIAT, Role.READER}
    assert "bestyrelse@lbf.example" in {person.email for person in PEOPLE}


def test_the_organisations_of_the_reference_data_are_used(today: datetime.date) -> None:
    real = [
        OrganisationFactory.create(fund=True),
        OrganisationFactory.create(municipality=True, name="Aarhus", municipality_code="0751"),
        OrganisationFactory.create(name="Brabrand Boligforening"),
        OrganisationFactory.create(name="Østjysk Bolig"),
    ]

    people = ensure_people(today)

    assert organisations_of(people["kommune@lbf.example"], on=today) == [real[1]]
    assert organisations_of(people["to-organisationer@lbf.example"], on=today) == [real[2], real[3]]
    invented = Organisation.objects.exclude(pk__in=[organisation.pk for organisation in real])
    assert {organisation.kind for organisation in invented} == {OrganisationKind.ADVISER, OrganisationKind.AUDITOR}
    assert all(organisation.is_demo for organisation in invented)


def test_people_are_named_by_role_have_no_password_and_get_no_mail(today: datetime.date) -> None:
    for user in ensure_people(today).values():
        assert user.name.endswith(" Demo")
        assert user.email.endswith("@lbf.example")
        assert not user.has_usable_password()
    assert not OutgoingMail.objects.exists()


def test_a_role_that_was_taken_away_is_given_again(today: datetime.date) -> None:
    people = ensure_people(today)
    Membership.objects.filter(user=people["sagsbehandler@lbf.example"]).update(valid_to=datetime.date(2020, 1, 1))

    ensure_people(today)

    assert Membership.objects.current(today).filter(user=people["sagsbehandler@lbf.example"]).count() == 1


def test_the_command_lists_everybody(demo: Settings) -> None:
    printed = io.StringIO()

    call_command("demo_people", "--json", stdout=printed)

    people = json.loads(printed.getvalue())
    assert [person["email"] for person in people] == [person.email for person in PEOPLE]
    assert people[0] == {"email": "ansoeger@lbf.example", "label": "Ansøger", "start": "/"}
