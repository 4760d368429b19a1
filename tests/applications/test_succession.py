"""Organisations change their names and merge; what was decided keeps the name it was decided under."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts import transitions as accounts
from accounts.actors import Actor
from accounts.models import AccountEvent, FormerName, Mandate, Membership, Organisation, Succession, User, actor_for
from accounts.roles import Role
from applications import permissions, transitions
from applications.models import Application
from applications.states import State
from areas.models import Department
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from monitoring.models import Effort
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import MandateFactory, OrganisationFactory
from tests.factories.applications import CaseCast
from tests.factories.areas import DepartmentFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
Later = Callable[[], datetime.date]
OLD, NEW = "Boligforeningen Ågården", "Ny Bolig"


def user_of(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(user_of(actor))
    return client


def rename(organisation: Organisation, by: Actor, today: datetime.date, name: str = NEW) -> None:
    organisation.refresh_from_db()
    accounts.rename_organisation(organisation, name=name, renamed_on=today, by=by, at=timezone.now())


def merge(before: Organisation, after: Organisation, by: Actor, today: datetime.date, **changes: Any) -> Succession:
    asked: dict[str, Any] = {"effective_on": today, "reason": "Repræsentantskabernes beslutning", "people_follow": True} | changes
    return accounts.merge_organisations(before, successor=after, **asked, by=by, at=timezone.now())


@pytest.fixture
def some_days_later(today: datetime.date, time_machine: TimeMachineFixture) -> Later:
    """Called when the past is made: the clock moves on, and says which day it is."""
    later = today + 3 * DAY

    def travel() -> datetime.date:
        time_machine.move_to(datetime.datetime.combine(later, datetime.time(10), tzinfo=datetime.UTC))
        return later

    return travel


# Names


def test_a_name_holds_from_its_day_and_the_one_before_it_stays(
    housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    rename(housing, case_officer, today - 10 * DAY, "Mellembolig")
    rename(housing, case_officer, today)

    days = [today - 11 * DAY, today - 10 * DAY, today - DAY, today]
    assert [housing.name_on(day) for day in days] == [OLD, "Mellembolig", "Mellembolig", NEW]
    event = AccountEvent.objects.filter(event="account:organisation_renamed").latest("pk")
    assert (event.data["before"], event.data["name"], event.role) == ("Mellembolig", NEW, Role.CASE_OFFICER)


def test_names_that_cannot_be(
    housing: Organisation, other_housing: Organisation, case_officer: Actor, applicant: Actor, today: datetime.date
) -> None:
    with pytest.raises(NotAllowed):
        rename(housing, applicant, today)
    with pytest.raises(RuleBroken, match="når det gælder"):
        rename(housing, case_officer, today + DAY)
    with pytest.raises(RuleBroken, match="allerede sådan"):
        rename(housing, case_officer, today, OLD)
    with pytest.raises(RuleBroken):
        rename(housing, case_officer, today, other_housing.name)
    rename(housing, case_officer, today)
    with pytest.raises(RuleBroken, match="senere dag"):
        rename(housing, case_officer, today, "En tredje")
    assert FormerName.objects.count() == 1


def test_what_was_decided_keeps_the_name_and_what_is_open_has_the_new(
    case_cast: CaseCast, housing: Organisation, case_officer: Actor, applicant: Actor, some_days_later: Later
) -> None:
    decided, draft = cases.make_committed(case_cast), cases.make_draft(case_cast, title="Åben")
    today = some_days_later()
    rename(housing, case_officer, today)
    client = signed_in(applicant)

    listed = {case.title: case.organisation_name for case in client.get(reverse("applications:list")).context["cases"]}
    assert listed == {decided.title: OLD, "Åben": NEW}
    page = client.get(decided.get_absolute_url()).content.decode()
    assert f"{OLD} (nu {NEW})" in " ".join(page.split())
    assert f"Ansoeger, {OLD}" in page, "the journal names who it was then"
    assert f"for {OLD}." in client.get(reverse("applications:receipt", args=[decided.case_number])).content.decode()
    assert NEW in client.get(draft.get_absolute_url()).content.decode()
    for address in ("applications:list", "monitoring:list"):
        exported = b"".join(client.get(reverse(address), {"_export": "csv"})).decode()
        assert OLD in exported


def test_renamed_organisations_cost_a_list_one_query(
    case_cast: CaseCast, housing: Organisation, case_officer: Actor, some_days_later: Later
) -> None:
    for _number in range(3):
        cases.make_committed(case_cast)

    def queries() -> int:
        client = signed_in(case_officer)
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("applications:list"))
        return len(asked)

    before = queries()
    rename(housing, case_officer, some_days_later())
    assert queries() == before + 1


# Mergers


def test_open_cases_and_departments_go_over_and_decided_ones_stay(
    *,
    case_cast: CaseCast,
    housing: Organisation,
    other_housing: Organisation,
    case_officer: Actor,
    outsider: Actor,
    some_days_later: Later,
) -> None:
    decided, draft = cases.make_committed(case_cast), cases.make_draft(case_cast, title="Åben")
    waiting = cases.make_submitted(case_cast, title="Indsendt")
    today = some_days_later()
    departments = Department.objects.filter(organisation=housing).count()
    assert departments

    merge(housing, other_housing, case_officer, today)

    for application, party in ((decided, housing), (draft, other_housing), (waiting, other_housing)):
        application.refresh_from_db()
        assert application.organisation == party, application.title
    assert Department.objects.filter(organisation=other_housing).count() == departments
    event = draft.events.get(event="application:party_succeeded")
    assert (event.user, event.data["from"], event.data["to"]) == (case_officer.user, housing.pk, other_housing.pk)
    client = signed_in(outsider)
    assert {case.title for case in client.get(reverse("applications:list")).context["cases"]} == {
        decided.title,
        "Åben",
        "Indsendt",
    }
    page = " ".join(client.get(decided.get_absolute_url()).content.decode().split())
    assert f"{OLD} (nu {other_housing.name})" in page
    receipt = client.get(reverse("applications:receipt", args=[waiting.case_number])).content.decode()
    assert f"for {OLD}." in receipt
    successor = actor_for(user_of(outsider), other_housing, on=today)
    assert Effort.objects.visible_to(successor, on=today).get().application == decided
    assert client.get(reverse("monitoring:dashboard", args=[decided.case_number])).status_code == 200


def test_people_follow_and_nobody_becomes_a_second_administrator(
    housing: Organisation, other_housing: Organisation, applicant: Actor, case_officer: Actor, today: datetime.date
) -> None:
    theirs = member(housing, Role.ORG_ADMINISTRATOR, email="gammel@example.org", today=today)
    member(other_housing, Role.ORG_ADMINISTRATOR, email="ny-admin@example.org", today=today)
    mandate = MandateFactory.create(principal=housing)
    held = MandateFactory.create(principal=other_housing, holder=housing)

    merge(housing, other_housing, case_officer, today)

    assert actor_for(user_of(applicant), other_housing, on=today).roles == {Role.APPLICANT, Role.HOUSING_SIGNATORY}
    assert actor_for(user_of(applicant), housing, on=today).roles == frozenset()
    assert actor_for(user_of(theirs), other_housing, on=today).roles == frozenset()
    assert not Mandate.objects.filter(pk__in=[mandate.pk, held.pk]).holding_on(today).exists()
    with pytest.raises(NotAllowed):
        accounts.grant_membership(user_of(theirs), housing, Role.APPLICANT, valid_from=today, by=case_officer)


def test_people_stay_behind_where_the_fund_says_so(
    housing: Organisation, other_housing: Organisation, applicant: Actor, case_officer: Actor, today: datetime.date
) -> None:
    merge(housing, other_housing, case_officer, today, people_follow=False)

    assert not Membership.objects.filter(user=applicant.user, organisation=other_housing).exists()
    user_of(applicant).refresh_from_db()
    assert signed_in(applicant).get(reverse("applications:new")).status_code == 403


def test_the_successor_signs_for_its_predecessor(
    *,
    case_cast: CaseCast,
    housing: Organisation,
    other_housing: Organisation,
    case_officer: Actor,
    outsider: Actor,
    today: datetime.date,
) -> None:
    application = cases.make_out_for_signature(case_cast)
    merge(housing, other_housing, case_officer, today)
    application.refresh_from_db()
    assert application.organisation == housing, "the agreement names it"
    successor = actor_for(user_of(outsider), Organisation.objects.get(pk=other_housing.pk), on=today)
    assert permissions.may(successor, "sign", application, on=today)
    assert application in Application.objects.awaiting_signature_of(*successor.organisation_ids)
    page = signed_in(outsider).get(reverse("applications:agreement", args=[application.case_number])).content.decode()
    assert f"Underskriv for {OLD}" in page

    version = application.agreements.get()
    for actor in (successor, case_cast.municipality):
        transitions.sign(application, content_hash=version.content_hash, title="Direktør", by=actor, at=timezone.now())

    application.refresh_from_db()
    assert application.state == State.PLAN_SUBMITTED
    assert version.signatures.filter(organisation=housing, user=outsider.user).exists()


def test_who_came_after_whom_goes_on_through_mergers(
    case_cast: CaseCast, housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    decided, third = cases.make_committed(case_cast), OrganisationFactory.create(name="Den Tredje")
    administered = OrganisationFactory.create(administered_by=housing)
    heir = member(third, Role.APPLICANT, email="arving@example.org", today=today)
    merge(housing, other_housing, case_officer, today)
    merge(other_housing, third, case_officer, today)

    assert list(Succession.objects.order_by("pk").values_list("predecessor__name", "successor__name")) == [
        (OLD, other_housing.name),
        (other_housing.name, third.name),
    ]
    assert signed_in(heir).get(decided.get_absolute_url()).status_code == 200
    administered.refresh_from_db()
    assert administered.administered_by == third


def test_mergers_that_cannot_be(
    housing: Organisation, other_housing: Organisation, case_officer: Actor, applicant: Actor, today: datetime.date
) -> None:
    office = OrganisationFactory.create(kind="ADMINISTRATION")
    with pytest.raises(NotAllowed):
        merge(housing, other_housing, applicant, today)
    for successor, day, sentence in (
        (housing, today, "en anden organisation"),
        (office, today, "samme art"),
        (other_housing, today + DAY, "når den gælder"),
    ):
        with pytest.raises(RuleBroken, match=sentence):
            merge(housing, successor, case_officer, day)
    for owner in (housing, other_housing):
        DepartmentFactory.create(organisation=owner, number="7")
    with pytest.raises(RuleBroken, match="nummer 7"):
        merge(housing, other_housing, case_officer, today)
    assert not Succession.objects.exists()
    Department.objects.filter(organisation=housing).update(number="8")
    merge(housing, other_housing, case_officer, today)
    with pytest.raises(RuleBroken, match="allerede lagt sammen"):
        merge(housing, other_housing, case_officer, today)


def test_the_pages_of_the_register(
    housing: Organisation, other_housing: Organisation, case_officer: Actor, applicant: Actor, today: datetime.date
) -> None:
    client, page = signed_in(case_officer), reverse("areas:organisation", args=[housing.pk])
    day = {f"{{}}_{part}": getattr(today, part) for part in ("day", "month", "year")}
    rename_page = reverse("areas:rename_organisation", args=[housing.pk])
    seen = client.get(rename_page).context["seen"]
    typed = {"name": NEW, "seen": seen, **{key.format("renamed_on"): value for key, value in day.items()}}
    assert client.post(rename_page, typed).status_code == 302
    assert "Gemt af en anden" in client.post(rename_page, typed | {"name": "En anden"}).content.decode()
    assert f"{OLD} til og med" in client.get(page).content.decode()
    assert "Tidligere navne" in signed_in(applicant).get(page).content.decode(), "the register is everybody's"
    found = client.get(reverse("areas:organisations"), {"q": "ågården"}).context["page_obj"]
    assert [one.name for one in found] == [NEW], "found by the name it had"

    merge_page = reverse("areas:merge_organisation", args=[housing.pk])
    typed = {"successor": other_housing.pk, "reason": "Beslutning"} | {
        key.format("effective_on"): value for key, value in day.items()
    }
    assert client.post(merge_page, typed).status_code == 200, "nobody said that they are sure"
    assert client.post(merge_page, typed | {"is_sure": "on"}).status_code == 302
    content = client.get(page).content.decode()
    assert "lagt sammen med en anden" in content
    assert merge_page not in content
    assert NEW in client.get(reverse("areas:organisation", args=[other_housing.pk])).content.decode(), "merged into it"
