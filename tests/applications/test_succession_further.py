"""Mergers in the middle of things: agreements out for signature, boards, roles with an end, mandates of the successor."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts import transitions as accounts
from accounts.actors import Actor
from accounts.models import AccountEvent, Invitation, Mandate, Membership, Organisation, OutgoingMail, Succession, actor_for
from accounts.roles import Role
from applications import transitions
from applications.models import Application
from applications.states import State
from applications.transitions import collaboration
from applications.transitions.agreements import check_plan
from areas.transitions import register_department
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from tests.applications.test_succession import NEW, OLD, merge, rename, signed_in, user_of
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import MandateFactory, MembershipFactory, OrganisationFactory
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


# Cases that were bound, and cases that were open


def test_a_recalled_agreement_lets_the_case_go_over(
    *,
    case_cast: CaseCast,
    housing: Organisation,
    other_housing: Organisation,
    case_officer: Actor,
    outsider: Actor,
    today: datetime.date,
) -> None:
    case = cases.make_out_for_signature(case_cast)
    merge(housing, other_housing, case_officer, today)
    case.refresh_from_db()
    assert case.organisation == housing
    assert user_of(outsider) in collaboration.contacts_of(case, on=today)
    successor = actor_for(user_of(outsider), Organisation.objects.get(pk=other_housing.pk), on=today)

    transitions.recall_agreement(case, by=successor, at=timezone.now(), reason="En fejl i budgettet.")

    case.refresh_from_db()
    assert (case.organisation, case.state) == (other_housing, State.PLAN_IN_PROGRESS)
    assert case.events.get(event="application:party_succeeded").data["to"] == other_housing.pk
    assert not check_plan(case, on=today)
    transitions.send_for_signature(case, by=successor, at=timezone.now())
    assert other_housing.name in str(case.agreements.standing().get().content)
    assert OLD not in str(case.agreements.standing().get().content)


def test_a_case_that_ends_keeps_its_party(
    case_cast: CaseCast, housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    case = cases.make_out_for_signature(case_cast)
    merge(housing, other_housing, case_officer, today)

    transitions.lapse(case, by=case_officer, at=timezone.now(), reason="Ingen fremdrift.")

    case.refresh_from_db()
    assert case.organisation == housing


def test_the_board_goes_over_with_its_case(
    case_cast: CaseCast, housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    case = cases.make_plan_ready(case_cast)
    seat = case.board_seats.get(organisation=housing)

    merge(housing, other_housing, case_officer, today)

    case = Application.objects.get(pk=case.pk)
    assert case.board_seats.get(pk=seat.pk).organisation == other_housing
    assert not check_plan(case, on=today)
    assert case.events.get(event="application:party_succeeded").data["seats"] == [seat.pk]


def test_the_successor_is_asked_for_its_second_signature(
    *,
    case_cast: CaseCast,
    housing: Organisation,
    other_housing: Organisation,
    case_officer: Actor,
    outsider: Actor,
    today: datetime.date,
) -> None:
    case = cases.make_plan_ready(case_cast)
    case.participants.add(other_housing)
    case.board_seats.create(kind="BOARD", name="Fra den anden", organisation=other_housing, valid_from=datetime.date(2026, 11, 1))
    case.refresh_from_db()
    transitions.send_for_signature(case, by=case_cast.applicant, at=AT)
    merge(housing, other_housing, case_officer, today)
    successor = actor_for(user_of(outsider), Organisation.objects.get(pk=other_housing.pk), on=today)
    waiting = Application.objects.awaiting_signature_of

    for left in (True, False):
        assert case in waiting(*successor.organisation_ids)
        cases.sign_as(Application.objects.get(pk=case.pk), successor)
        assert waiting(*successor.organisation_ids).filter(pk=case.pk).exists() is left
    assert case in waiting(case_cast.municipality_organisation.pk)
    assert not waiting(OrganisationFactory.create().pk).exists()


def test_no_case_begins_for_an_organisation_that_is_merged_away(
    case_cast: CaseCast, housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    """Its people had the page open: what they act as is of before."""
    merge(housing, other_housing, case_officer, today)
    with pytest.raises(NotAllowed):
        cases.make_empty_draft(case_cast)


def test_an_organisation_that_is_merged_away_takes_part_in_nothing_new(
    case_cast: CaseCast, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    draft, third = cases.make_draft(case_cast), OrganisationFactory.create(name="Den Tredje")
    merge(other_housing, third, case_officer, today)
    page = reverse("applications:section", args=[draft.case_number, "basics"])

    assert other_housing.name not in signed_in(case_cast.applicant).get(page).content.decode()
    with pytest.raises(RuleBroken, match="lagt sammen"):
        transitions.save_basics(
            draft, title="x", participants=[other_housing], expected_start_on=None, by=case_cast.applicant, at=AT
        )
    with pytest.raises(RuleBroken, match="lagt sammen"):
        accounts.change_organisation(
            third, cvr_number="", lbf_number="", administered_by=Organisation.objects.get(pk=other_housing.pk), by=case_officer
        )
    with pytest.raises(RuleBroken, match="lagt sammen"):
        register_department(other_housing, number="7", name="x", municipality=draft.municipality, by=case_officer)


# Names of the time


def test_old_cases_show_who_it_was_on_every_page(
    *,
    case_cast: CaseCast,
    housing: Organisation,
    other_housing: Organisation,
    case_officer: Actor,
    today: datetime.date,
    time_machine: TimeMachineFixture,
) -> None:
    decided, sent = cases.make_committed(case_cast), cases.make_submitted(case_cast)
    time_machine.move_to(datetime.datetime.combine(today + 3 * DAY, datetime.time(10), tzinfo=datetime.UTC))
    rename(housing, case_officer, today + 3 * DAY)
    merge(housing, other_housing, case_officer, today + 3 * DAY)
    client = signed_in(case_officer)

    for case in (decided, sent):
        page = " ".join(client.get(reverse("applications:application", args=[case.case_number])).content.decode().split())
        assert f"af {OLD}." in page
    with CaptureQueriesContext(connection) as asked:
        area = client.get(decided.area.get_absolute_url()).content.decode()
    assert f'Boligorganisation">{OLD}<' in area
    former = [query["sql"] for query in asked if "formername" in query["sql"]]
    assert len(former) == 1, former


def test_the_receipt_names_the_applicant_through_two_mergers(
    *,
    case_cast: CaseCast,
    housing: Organisation,
    other_housing: Organisation,
    case_officer: Actor,
    outsider: Actor,
    today: datetime.date,
) -> None:
    """Merged while open, closed under the second, which is merged in turn: and all on the day it was sent."""
    case, third = cases.make_submitted(case_cast), OrganisationFactory.create(name="Den Tredje")
    merge(housing, other_housing, case_officer, today)
    successor = actor_for(user_of(outsider), Organisation.objects.get(pk=other_housing.pk), on=today)
    transitions.withdraw(case, by=successor, at=timezone.now(), reason="Vi søger ikke alligevel.")
    merge(other_housing, third, case_officer, today)

    case = Application.objects.get(pk=case.pk)
    assert case.organisation == other_housing
    assert case.applicant_when_submitted == OLD


def test_a_successor_can_take_its_predecessors_name(
    housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    with pytest.raises(RuleBroken, match="hedder allerede"):
        rename(other_housing, case_officer, today, OLD)
    merge(housing, other_housing, case_officer, today)
    rename(other_housing, case_officer, today, OLD)


def test_a_case_is_found_by_the_name_it_was_decided_under(
    case_cast: CaseCast, housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    decided = cases.make_committed(case_cast)
    rename(housing, case_officer, today)
    assert list(Application.objects.matching("ågården")) == list(Application.objects.matching(NEW)) == [decided]


# People


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], [(0, None)]),
        ([(-100, None)], [(-100, None)]),
        ([(10, None)], [(0, 9), (10, None)]),
        ([(-100, 5)], [(-100, 5), (6, None)]),
        ([(2, 4), (10, None)], [(0, 1), (2, 4), (5, 9), (10, None)]),
    ],
)
def test_a_role_that_follows_fills_what_is_not_held_there(
    *,
    there: list[tuple[int, int | None]],
    expected: list[tuple[int, int | None]],
    housing: Organisation,
    other_housing: Organisation,
    case_officer: Actor,
    today: datetime.date,
) -> None:
    person = MembershipFactory.create(organisation=housing).user

    def day(number: int | None) -> datetime.date | None:
        return None if number is None else today + number * DAY

    for begins, ends in there:
        MembershipFactory.create(user=person, organisation=other_housing, valid_from=day(begins), valid_to=day(ends))

    merge(housing, other_housing, case_officer, today)

    held = Membership.objects.filter(user=person, organisation=other_housing).order_by("valid_from")
    assert list(held.values_list("valid_from", "valid_to")) == [(day(begins), day(ends)) for begins, ends in expected]


@pytest.mark.parametrize("there", ["inactive", "ends", "coming"])
def test_an_administrator_follows_where_nobody_stays_one(
    there: str, housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    theirs = member(housing, Role.ORG_ADMINISTRATOR, email="gammel@example.org", today=today)
    other = MembershipFactory.create(organisation=other_housing, role=Role.ORG_ADMINISTRATOR)
    if there == "inactive":
        other.user.is_active = False
        other.user.save()
    other.valid_to = today + DAY if there == "ends" else None
    other.valid_from = today + DAY if there == "coming" else other.valid_from
    other.save()

    merge(housing, other_housing, case_officer, today)

    assert Role.ORG_ADMINISTRATOR in actor_for(user_of(theirs), other_housing, on=today).roles


def test_whoever_stays_behind_is_signed_out(
    case_cast: CaseCast, housing: Organisation, other_housing: Organisation, applicant: Actor, case_officer: Actor
) -> None:
    today, browser = timezone.localdate(), signed_in(applicant)
    merge(housing, other_housing, case_officer, today, people_follow=False)
    assert browser.get(reverse("applications:new")).status_code == 302


# Mandates and invitations


def test_what_the_successor_gave_for_all_cases_does_not_widen(
    housing: Organisation, other_housing: Organisation, case_officer: Actor, adviser: Actor, today: datetime.date
) -> None:
    member(other_housing, Role.ORG_ADMINISTRATOR, email="ny-admin@example.org", today=today)
    wide = MandateFactory.create(principal=other_housing, holder=adviser.organisation)
    narrow = MandateFactory.create(principal=other_housing, is_limited=True, case_count=1)

    merge(housing, other_housing, case_officer, today)

    assert list(Mandate.objects.holding_on(today)) == [narrow]
    told = OutgoingMail.objects.filter(event="mandate_revoked", key__contains=f"mandate:{wide.pk}")
    assert set(told.values_list("to_address", flat=True)) == {"raadgiver@example.org", "ny-admin@example.org"}


def test_a_merger_leaves_an_event_for_all_it_changes(
    housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    administered = OrganisationFactory.create(administered_by=housing)
    invitation = accounts.invite(
        housing, email="ny@example.org", name="Ny", roles={Role.APPLICANT}, valid_from=today, by=case_officer, at=timezone.now()
    )

    merge(housing, other_housing, case_officer, today)

    told = AccountEvent.objects.exclude(event="account:organisations_merged").order_by("pk")
    found = {(event.event, event.data.get("invitation"), event.data.get("organisation")) for event in told}
    assert ("account:invitation_withdrawn", invitation.pk, housing.pk) in found
    assert ("account:organisation_changed", None, administered.pk) in found
    assert not Invitation.objects.open().exists()


# What is held by the database


def test_the_database_holds_who_came_after_whom(
    housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    third = OrganisationFactory.create()
    merge(housing, other_housing, case_officer, today)

    def succession(predecessor: Organisation, successor: Organisation) -> Callable[[], object]:
        facts = {"effective_on": today, "reason": "x", "recorded_at": timezone.now()}
        return lambda: Succession.objects.create(predecessor=predecessor, successor=successor, **facts)

    def is_succeeded(organisation: Organisation, by: Organisation | None) -> Callable[[], object]:
        return lambda: Organisation.objects.filter(pk=organisation.pk).update(succeeded_by=by)

    for change in (
        is_succeeded(housing, None),
        is_succeeded(housing, third),
        is_succeeded(third, other_housing),
        succession(other_housing, housing),
        succession(third, housing),
        lambda: OrganisationFactory.create(succeeded_by=third),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_page_of_a_merged_organisations_people_asks_for_no_administrator(
    fund: Organisation, housing: Organisation, other_housing: Organisation, case_officer: Actor, today: datetime.date
) -> None:
    client: Client = signed_in(case_officer)
    for organisation, warns in ((housing, True), (fund, False)):
        page = client.get(reverse("accounts:people", args=[organisation.pk]))
        assert page.context["is_without_administrator"] is warns
    merge(housing, other_housing, case_officer, today)
    assert not client.get(reverse("accounts:people", args=[housing.pk])).context["is_without_administrator"]
