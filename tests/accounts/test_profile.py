"""One's own page."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.models import AccountEvent, Organisation
from accounts.roles import Role
from tests.factories.accounts import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

QUERIES = 6


@pytest.fixture
def page(client: Client, applicant: Actor) -> Client:
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def test_roles_stand_with_their_dates_past_ones_too(page: Client, applicant: Actor, other_housing: Organisation) -> None:
    MembershipFactory.create(user=applicant.user, organisation=other_housing, valid_to=datetime.date(2020, 6, 30))

    content = page.get(reverse("accounts:profile")).content.decode()

    assert "Tegningsberettiget for boligorganisation" in content
    assert "Boligforeningen Udenfor" in content
    assert "1. januar 2018" in content
    assert "30. juni 2020" in content


def test_nobody_sees_the_roles_of_others(page: Client, outsider: Actor) -> None:
    assert "Boligforeningen Udenfor" not in page.get(reverse("accounts:profile")).content.decode()


def test_a_person_changes_name_and_language(page: Client, applicant: Actor) -> None:
    page.post(reverse("accounts:profile"), {"name": "Nyt Navn", "language": "en"})

    assert applicant.user is not None
    applicant.user.refresh_from_db()
    assert (applicant.user.name, applicant.user.language) == ("Nyt Navn", "en")
    assert page.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    event = AccountEvent.objects.get(event="account:profile_changed")
    assert (event.user, event.organisation, event.data) == (
        applicant.user,
        applicant.organisation,
        {"fields": ["language", "name"]},
    )


def test_saving_without_a_change_leaves_no_event(page: Client, applicant: Actor) -> None:
    assert applicant.user is not None
    page.post(reverse("accounts:profile"), {"name": applicant.user.name, "language": "da"})

    assert not AccountEvent.objects.filter(event="account:profile_changed").exists()


def test_an_empty_name_is_refused_and_what_was_typed_stays(page: Client, applicant: Actor) -> None:
    content = page.post(reverse("accounts:profile"), {"name": " ", "language": "en"}).content.decode()

    assert "Udfyld feltet: Navn" in content
    assert applicant.user is not None
    assert applicant.user.name in content, "the header shows who the person is, not what was typed"


def test_the_address_and_the_rights_are_not_for_the_person_to_change(page: Client, applicant: Actor) -> None:
    page.post(reverse("accounts:profile"), {"name": "A", "language": "da", "email": "x@example.org", "is_active": ""})

    assert applicant.user is not None
    applicant.user.refresh_from_db()
    assert (applicant.user.email, applicant.user.is_active) == ("ansoeger@example.org", True)


@pytest.mark.parametrize("count", [2, 40])
def test_the_page_asks_the_same_number_of_queries_for_few_roles_as_for_many(
    page: Client, applicant: Actor, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        MembershipFactory.create(user=applicant.user, organisation=OrganisationFactory.create(), role=Role.APPLICANT)

    page.get(reverse("accounts:profile"))
    with django_assert_num_queries(QUERIES):
        page.get(reverse("accounts:profile"))
