"""What a mandate must not become: a right of one's own, a right given to oneself, or a look at drafts."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Mandate, Organisation, OutgoingMail, actor_for
from accounts.roles import OrganisationKind, Right, Role
from applications import permissions, transitions
from applications.models import Application, MandatedCase
from applications.transitions import mandates
from areas.models import Department
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from tests.applications.test_mandates import form
from tests.applications.working_together.people import let_in
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import MandateFactory, MembershipFactory, OrganisationFactory
from tests.factories.applications import AT, CaseCast
from tests.factories.areas import DepartmentFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def neighbour(outsider: Actor, housing: Organisation, today: datetime.date) -> Actor:
    """Somebody of another housing organisation, who acts by a mandate to write."""
    assert outsider.user is not None
    mandate = MandateFactory.create(principal=housing, holder=outsider.organisation, right=Right.EDIT)
    return actor_for(outsider.user, housing, on=today, mandate=mandate)


@pytest.fixture
def administrator(housing: Organisation, today: datetime.date) -> Actor:
    return member(housing, Role.ORG_ADMINISTRATOR, email="administrator@example.org", today=today)


def basics(application: Application, by: Actor, *participants: Organisation, title: str = "Nyt navn") -> None:
    transitions.save_basics(application, title=title, participants=participants, expected_start_on=None, by=by, at=timezone.now())


def seat(actor: Actor, **changes: Any) -> transitions.SeatChoice:
    assert actor.user is not None
    seat = transitions.SeatChoice(
        kind="SECRETARIAT",
        name="Sekretær",
        email=actor.user.email,
        title="",
        organisation=None,
        other_organisation="Naboen",
        is_chair=False,
        valid_from=datetime.date(2026, 11, 1),
    )
    return dataclasses.replace(seat, **changes)


def terms(holder: Organisation, today: datetime.date, **changes: Any) -> dict[str, Any]:
    days = {"valid_from": today, "valid_to": today + 30 * DAY}
    return {"holder": holder, "right": Right.SUBMIT, "evidence": "x", "is_limited": False, "cases": [], **days} | changes


def page_of(actor: Actor, mandate: Mandate) -> str:
    assert actor.user is not None
    assert actor.organisation is not None
    client = Client()
    client.force_login(actor.user)
    of = mandate.principal if actor.is_fund else actor.organisation
    return client.get(reverse("applications:mandate", args=[of.pk, mandate.pk])).content.decode()


# No right that outlives it


def test_by_mandate_nobody_makes_their_own_organisation_a_party(
    case_cast: CaseCast, neighbour: Actor, outsider: Actor, other_housing: Organisation, today: datetime.date
) -> None:
    draft = cases.make_draft(case_cast)

    with pytest.raises(NotAllowed):
        basics(draft, neighbour, other_housing)
    basics(draft, neighbour)

    draft.refresh_from_db()
    assert (draft.title, list(draft.participants.all())) == ("Nyt navn", [])
    assert permissions.roles_in(outsider, draft, on=today) == frozenset()
    basics(draft, case_cast.applicant, other_housing)
    basics(draft, neighbour, other_housing, title="Rettet")
    with pytest.raises(NotAllowed):
        basics(draft, neighbour)


def test_who_was_let_in_to_write_makes_nobody_a_party(case_cast: CaseCast, outsider: Actor, other_housing: Organisation) -> None:
    draft = cases.make_draft(case_cast)
    let_in(draft, case_cast.applicant, person=outsider)

    with pytest.raises(NotAllowed):
        basics(draft, outsider, other_housing)
    basics(draft, outsider)


def test_the_page_asks_a_writer_by_mandate_for_no_participants(
    case_cast: CaseCast, neighbour: Actor, outsider: Actor, other_housing: Organisation
) -> None:
    draft = cases.make_draft(case_cast)
    basics(draft, case_cast.applicant, other_housing)
    page, client = reverse("applications:section", args=[draft.case_number, "basics"]), Client()
    assert outsider.user is not None
    assert neighbour.mandate is not None
    client.force_login(outsider.user)
    client.post(reverse("accounts:act_as"), {"organisation": f"m{neighbour.mandate.pk}"})

    shown = client.get(page)
    assert "participants-0-organisation" not in shown.content.decode()
    answer = client.post(page, {"title": "Skrevet af naboen", "seen": shown.context["seen"]})

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.title, list(draft.participants.all())) == ("Skrevet af naboen", [other_housing])


def test_by_mandate_nobody_gives_a_seat_that_opens_the_case(
    case_cast: CaseCast, neighbour: Actor, outsider: Actor, today: datetime.date
) -> None:
    case = cases.make_plan_ready(case_cast)
    kept = [seat(outsider)]

    transitions.save_board(case, kept, by=neighbour, at=AT)
    case.refresh_from_db()
    assert permissions.roles_in(outsider, case, on=today) == frozenset()

    transitions.save_board(case, kept, by=case_cast.applicant, at=AT)
    assert permissions.roles_in(outsider, Application.objects.get(pk=case.pk), on=today) == {Role.SECRETARIAT}
    transitions.save_board(case, [*kept, seat(outsider, name="To")], by=neighbour, at=AT)
    assert permissions.roles_in(outsider, Application.objects.get(pk=case.pk), on=today) == {Role.SECRETARIAT}, "as before"

    transitions.save_board(case, [seat(outsider, valid_to=today)], by=case_cast.applicant, at=AT)
    transitions.save_board(case, [seat(outsider, valid_to=None)], by=neighbour, at=AT)
    assert permissions.roles_in(outsider, Application.objects.get(pk=case.pk), on=today) == frozenset(), "not made longer"


def test_a_mandate_of_an_administered_organisation_ends_at_its_principal(
    neighbour: Actor, housing: Organisation, applicant: Actor
) -> None:
    """The register says who administers whom; whoever acts for the administrator by mandate does not act for those, too."""
    administered = OrganisationFactory.create(administered_by=housing)
    department = DepartmentFactory.create(organisation=administered)

    assert department in Department.objects.acted_for_by(applicant)
    assert department not in Department.objects.acted_for_by(neighbour)


# Nobody gives one to themselves


def test_nobody_gives_a_mandate_to_an_organisation_of_their_own(
    administrator: Actor, other_housing: Organisation, housing: Organisation, today: datetime.date
) -> None:
    own = MembershipFactory.create(user=administrator.user, organisation=other_housing, valid_from=today + 10 * DAY)

    with pytest.raises(RuleBroken, match="dig selv"):
        mandates.give(housing, **terms(other_housing, today), by=administrator, at=timezone.now())

    own.valid_to = today + 9 * DAY
    own.save()
    mandates.give(housing, **terms(other_housing, today), by=administrator, at=timezone.now())


# Drafts on the page of a mandate


def test_the_page_of_a_mandate_tells_no_titles_of_drafts(
    *,
    case_cast: CaseCast,
    housing: Organisation,
    adviser: Actor,
    case_officer: Actor,
    administrator: Actor,
    today: datetime.date,
) -> None:
    draft, sent = cases.make_draft(case_cast, title="Hemmelig kladde"), cases.make_submitted(case_cast, title="Indsendt")
    holder = adviser.organisation
    assert holder is not None
    given = terms(holder, today, right=Right.EDIT, is_limited=True, cases=[draft, sent])
    mandate = mandates.give(housing, **given, by=administrator, at=timezone.now())
    desk = member(holder, Role.ORG_ADMINISTRATOR, email="raad-admin@example.org", today=today)

    for_fund = page_of(case_officer, mandate)
    assert "Indsendt" in for_fund
    assert str(draft.case_number) not in for_fund
    assert "Hemmelig" not in for_fund
    for_desk = page_of(desk, mandate)
    assert str(draft.case_number) in for_desk
    assert "Hemmelig" not in for_desk
    for actor in (adviser, administrator):
        assert "Hemmelig" in page_of(actor, mandate)

    Mandate.objects.filter(pk=mandate.pk).update(revoked_on=today, revoke_reason="Slut")
    assert "Hemmelig" not in page_of(adviser, mandate)


# What is held by the database


def test_the_database_holds_what_may_be_given(case_cast: CaseCast, housing: Organisation, today: datetime.date) -> None:
    draft = cases.make_draft(case_cast)
    office = OrganisationFactory.create(kind=OrganisationKind.ADMINISTRATION)
    for change in (
        {"right": Right.SUBMIT},
        {"holder": OrganisationFactory.create(auditor=True)},
        {"principal": OrganisationFactory.create(municipality=True)},
        {"valid_to": datetime.date(2031, 1, 2)},
        {"is_limited": True},
        {"case_count": 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MandateFactory.create(**change)
    MandateFactory.create(right=Right.SUBMIT, holder=office, valid_to=datetime.date(2030, 12, 31))

    limited = MandateFactory.create(principal=housing, is_limited=True, case_count=1)
    MandatedCase.objects.create(mandate=limited, application=draft)
    for mandate in (limited, MandateFactory.create(principal=housing)):
        with pytest.raises(IntegrityError), transaction.atomic():
            MandatedCase.objects.create(mandate=mandate, application=cases.make_empty_draft(case_cast))


# Told what to do


@pytest.mark.parametrize("reach", ["all", "this case", "another case", "reads only", "over"])
def test_whoever_writes_by_mandate_is_told(
    reach: str, case_cast: CaseCast, housing: Organisation, adviser: Actor, today: datetime.date
) -> None:
    case, other = cases.make_under_assessment(case_cast), cases.make_empty_draft(case_cast)
    limited = reach in {"this case", "another case"}
    mandate = MandateFactory.create(
        principal=housing,
        holder=adviser.organisation,
        right=Right.READ if reach == "reads only" else Right.EDIT,
        is_limited=limited,
        case_count=int(limited),
        valid_to=today - DAY if reach == "over" else today + DAY,
    )
    if limited:
        MandatedCase.objects.create(mandate=mandate, application=case if reach == "this case" else other)

    transitions.request_information(case, by=case_cast.case_officer, at=AT, reason="Uddyb.")

    told = OutgoingMail.objects.filter(event="information_requested", to_user=adviser.user)
    assert told.exists() is (reach in {"all", "this case"})


# The page for giving one


def test_the_page_for_giving_lists_no_more_than_people_read(
    administrator: Actor, case_cast: CaseCast, housing: Organisation, adviser: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("forms", "views"):
        monkeypatch.setattr(f"applications.{module}.mandates.MOST_CASES", 2)
    oldest, *_others = [cases.make_empty_draft(case_cast, title=f"Sag {number}") for number in range(4)]
    client, give = Client(), reverse("applications:give_mandate", args=[housing.pk])
    assert administrator.user is not None
    client.force_login(administrator.user)

    shown = client.get(give).content.decode()
    assert "Sag 3" in shown
    assert "Sag 0" not in shown
    assert "Højst 2 åbne sager" in shown
    for found in ({"case": str(oldest.pk)}, {"q": "Sag 0"}):
        assert "Sag 0" in client.get(give, found).content.decode(), found
    assert client.get(give, {"case": "x"}).status_code == 200
    holder = adviser.organisation
    assert holder is not None
    answer = client.post(give, form(holder, timezone.localdate(), is_limited="yes", cases=[str(oldest.pk)]))
    assert answer.status_code == 302, "what the page did not show can be chosen all the same"
    assert Mandate.objects.get().case_ids == {oldest.pk}
