"""Who is let into one case, what that lets them do there and nowhere else, and how it ends."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Mandate, Organisation, OutgoingMail, actor_for
from accounts.roles import Right, Role
from applications import attachments, due, permissions, submission, transitions
from applications.models import Application, Collaborator, GuestKind
from applications.models.collaborators import OPENS_FOR, RIGHTS, GuestStanding
from applications.transitions import collaboration, commenting
from applications.transitions.collaboration import LinkDead
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from tests.applications.working_together.people import invited, let_in, token_of
from tests.factories import applications as cases
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = datetime.timedelta(days=1)


def sees(actor: Actor, application: Application, *, on: datetime.date = TODAY) -> bool:
    return Application.objects.visible_to(actor, on=on).filter(pk=application.pk).exists()


def may(actor: Actor, act: str, application: Application, *, on: datetime.date = TODAY) -> bool:
    return permissions.may(actor, act, Application.objects.get(pk=application.pk), on=on)


@pytest.mark.parametrize(
    ("kind", "right", "can", "cannot"),
    [
        (GuestKind.COLLEAGUE, Right.READ, {"view", "view_comments"}, {"edit", "comment", "attach"}),
        (GuestKind.COLLEAGUE, Right.EDIT, {"edit", "comment", "attach"}, {"ask_for_recommendation", "change_contact"}),
        (GuestKind.COLLEAGUE, Right.SUBMIT, {"edit", "ask_for_recommendation", "answer_hearing"}, {"sign"}),
        (GuestKind.ADVISER, Right.READ, {"view"}, {"edit", "comment"}),
        (GuestKind.ADVISER, Right.EDIT, {"edit", "edit_plan", "attach"}, {"ask_for_recommendation", "sign"}),
        (GuestKind.MUNICIPALITY, Right.READ, {"view"}, {"answer_recommendation", "edit"}),
        (GuestKind.MUNICIPALITY, Right.EDIT, {"answer_recommendation", "comment", "attach"}, {"edit", "sign"}),
    ],
)
def test_each_right_lets_do_what_it_says_in_this_case_and_in_no_other(
    case_cast: CaseCast, kind: GuestKind, right: Right, can: set[str], cannot: set[str]
) -> None:
    draft, other = cases.make_draft(case_cast), cases.make_draft(case_cast, title="En anden")
    guest = let_in(draft, case_cast.applicant, kind=kind, right=right)

    assert sees(guest, draft)
    assert {act for act in can | cannot if may(guest, act, draft)} == can
    assert not sees(guest, other)
    assert permissions.roles_in(guest, other, on=TODAY) == frozenset()


def test_every_kind_has_rights_and_only_a_colleague_submits(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)

    assert {kind for kind, rights in RIGHTS.items() if Right.SUBMIT in rights} == {GuestKind.COLLEAGUE}
    for kind in (GuestKind.ADVISER, GuestKind.MUNICIPALITY):
        with pytest.raises(RuleBroken):
            invited(draft, case_cast.applicant, kind=kind, right=Right.SUBMIT)
    guest = invited(draft, case_cast.applicant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Collaborator.objects.filter(pk=guest.pk).update(right=Right.SUBMIT)


def test_an_adviser_writes_and_does_not_submit_withdraw_or_let_others_in(case_cast: CaseCast, adviser: Actor) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant, person=adviser)

    transitions.save_basics(draft, title="Skrevet af rådgiveren", participants=[], expected_start_on=None, by=guest, at=AT)
    assert draft.title == "Skrevet af rådgiveren"
    saved = draft.events.latest("pk")
    assert (saved.event, saved.user, saved.organisation, saved.role) == (
        "application:section_saved",
        adviser.user,
        adviser.organisation,
        Role.ADVISER,
    )
    for act in (
        lambda: transitions.submit(draft, by=guest, at=AT),
        lambda: transitions.withdraw(draft, by=guest, at=AT, reason="Nej"),
        lambda: invited(draft, guest, email="ven@example.org"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_colleague_with_the_right_to_submit_submits_but_lets_nobody_in(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant, kind=GuestKind.COLLEAGUE, right=Right.SUBMIT)

    with pytest.raises(NotAllowed):
        invited(draft, guest, email="ven@example.org")
    transitions.submit(draft, by=guest, at=AT)

    assert draft.submitted_at == AT
    assert draft.events.get(event="application:submitted").role == Role.APPLICANT


def test_an_access_holds_from_its_first_day_to_its_last(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant, valid_to=TODAY)

    assert sees(guest, draft)
    assert may(guest, "edit", draft)
    for day in (TODAY - DAY, TODAY + DAY):
        assert not sees(guest, draft, on=day)
        assert not may(guest, "edit", draft, on=day)


def test_an_access_that_begins_tomorrow_gives_nothing_today(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    assert case_cast.applicant.user is not None
    row = Collaborator.objects.create(
        application=draft,
        kind=GuestKind.ADVISER,
        right=Right.EDIT,
        email="senere@example.org",
        organisation=draft.organisation,
        invited_by=case_cast.applicant.user,
        invited_at=AT,
        token_hash="0" * 64,
        link_expires_at=AT + OPENS_FOR,
        user=UserFactory.create(email="senere@example.org"),
        accepted_at=AT,
        valid_from=TODAY + DAY,
    )
    later = Actor(row.user, None, frozenset())

    assert not sees(later, draft)
    assert not may(later, "edit", draft)
    assert sees(later, draft, on=TODAY + DAY)
    assert row.standing(on=TODAY, at=AT) == GuestStanding.TO_BEGIN


def test_ended_it_gives_nothing_from_that_moment_and_both_are_told_in_the_events(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant)
    row = draft.collaborators.get()
    # What the guest has open was read before.
    held = Application.objects.get(pk=draft.pk)
    assert permissions.may(guest, "edit", held, on=TODAY)

    collaboration.end_access(row, by=case_cast.applicant, at=AT)

    assert not sees(guest, draft)
    with pytest.raises(NotAllowed):
        transitions.save_basics(held, title="For sent", participants=[], expected_start_on=None, by=guest, at=AT)
    told = list(draft.events.order_by("pk").values_list("event", flat=True))[-3:]
    assert told == ["application:person_invited", "application:invitation_accepted", "application:access_ended"]
    assert "gaest@example.org" not in str(list(draft.events.values_list("data", flat=True)))
    with pytest.raises(IllegalMove):
        collaboration.end_access(row, by=case_cast.applicant, at=AT)


def test_whose_access_ended_can_be_invited_anew(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    let_in(draft, case_cast.applicant, valid_to=TODAY)

    with pytest.raises(RuleBroken):
        invited(draft, case_cast.applicant)
    again = invited(draft, case_cast.applicant, at=AT + 2 * DAY)

    assert again.ended_at is None
    assert draft.events.filter(event="application:access_ended").count() == 1
    assert draft.collaborators.exclude(pk=again.pk).get().ended_at == AT + 2 * DAY


def test_another_right_holds_at_once_and_the_event_says_what_it_was(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant)
    row = draft.collaborators.get()

    collaboration.change_access(row, right=Right.READ, valid_to=None, by=case_cast.applicant, at=AT)

    assert not may(guest, "edit", draft)
    event = draft.events.latest("pk")
    assert event.event == "application:access_changed"
    assert event.data["right"] == "READ"
    assert event.data["was"]["right"] == "EDIT"
    collaboration.change_access(row, right=Right.READ, valid_to=None, by=case_cast.applicant, at=AT)
    assert draft.events.latest("pk") == event


# The link


def test_a_link_opens_once_and_only_for_whom_it_was_sent_to(case_cast: CaseCast, outsider: Actor) -> None:
    draft = cases.make_draft(case_cast)
    token = token_of(invited(draft, case_cast.applicant))
    person = Actor(UserFactory.create(email="gaest@example.org"), None, frozenset())

    with pytest.raises(NotAllowed):
        collaboration.accept(token, by=outsider, at=AT)
    assert not sees(outsider, draft)
    collaboration.accept(token, by=person, at=AT)
    with pytest.raises(LinkDead):
        collaboration.accept(token, by=person, at=AT)


def test_the_secret_is_kept_as_a_hash_only_and_a_new_link_kills_the_old_one(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    row = invited(draft, case_cast.applicant)
    first = token_of(row)
    assert first not in str(Collaborator.objects.values().get(pk=row.pk))

    collaboration.send_again(row, by=case_cast.applicant, at=AT + DAY)

    second = token_of(row)
    assert first != second
    with pytest.raises(LinkDead):
        collaboration.invitation_of(first, at=AT + DAY)
    assert collaboration.invitation_of(second, at=AT + DAY) == row
    assert OutgoingMail.objects.filter(event="case_invitation").count() == 2


def test_a_link_is_dead_when_it_is_too_old_withdrawn_or_the_case_is_over(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    row = invited(draft, case_cast.applicant)
    token = token_of(row)
    assert collaboration.invitation_of(token, at=AT + OPENS_FOR - datetime.timedelta(seconds=1)) == row
    with pytest.raises(LinkDead):
        collaboration.invitation_of(token, at=AT + OPENS_FOR)
    with pytest.raises(LinkDead):
        collaboration.invitation_of("noget-andet", at=AT)

    collaboration.end_access(row, by=case_cast.applicant, at=AT)
    with pytest.raises(LinkDead):
        collaboration.invitation_of(token, at=AT)

    other = token_of(invited(draft, case_cast.applicant, email="anden@example.org"))
    transitions.withdraw(draft, by=case_cast.applicant, at=AT, reason="Vi venter.")
    with pytest.raises(LinkDead):
        collaboration.invitation_of(other, at=AT)
    with pytest.raises(IllegalMove):
        invited(draft, case_cast.applicant, email="tredje@example.org")


def test_no_new_link_to_what_is_over(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    short = invited(draft, case_cast.applicant, valid_to=TODAY)
    row = invited(draft, case_cast.applicant, email="anden@example.org")

    with pytest.raises(RuleBroken, match="Dagen er gået"):
        collaboration.send_again(short, by=case_cast.applicant, at=AT + DAY)
    transitions.withdraw(draft, by=case_cast.applicant, at=AT, reason="Vi venter.")
    with pytest.raises(IllegalMove):
        collaboration.send_again(row, by=case_cast.applicant, at=AT)
    assert OutgoingMail.objects.filter(event="case_invitation").count() == 2


def test_nobodys_inbox_is_filled_with_links(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    row = invited(draft, case_cast.applicant)
    for _ in range(collaboration.LINKS_A_DAY - 1):
        collaboration.send_again(row, by=case_cast.applicant, at=AT)

    with pytest.raises(RuleBroken, match="Prøv igen i morgen"):
        collaboration.send_again(row, by=case_cast.applicant, at=AT)
    collaboration.end_access(row, by=case_cast.applicant, at=AT)
    with pytest.raises(RuleBroken, match="Prøv igen i morgen"):
        invited(draft, case_cast.applicant)
    OutgoingMail.objects.update(queued_at=AT - DAY)
    invited(draft, case_cast.applicant)


def test_whose_link_nobody_used_in_time_can_be_invited_anew(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    first = invited(draft, case_cast.applicant)

    again = invited(draft, case_cast.applicant, at=AT + OPENS_FOR)

    first.refresh_from_db()
    assert first.ended_at == AT + OPENS_FOR
    assert draft.events.filter(event="application:access_ended", data__collaborator=first.pk).exists()
    assert again.standing(on=TODAY, at=AT + OPENS_FOR) == GuestStanding.INVITED


def test_nobody_is_invited_twice_and_none_who_has_access_anyway(case_cast: CaseCast, colleague: Actor) -> None:
    draft = cases.make_draft(case_cast)
    invited(draft, case_cast.applicant)
    assert colleague.user is not None

    with pytest.raises(RuleBroken, match="allerede inviteret"):
        invited(draft, case_cast.applicant, email="GAEST@example.org ")
    for kind in (GuestKind.COLLEAGUE, GuestKind.MUNICIPALITY):
        with pytest.raises(RuleBroken, match="gennem sin organisation"):
            invited(draft, case_cast.applicant, email=colleague.user.email, kind=kind)
    with pytest.raises(RuleBroken, match="Dagen er gået"):
        invited(draft, case_cast.applicant, email="ny@example.org", valid_to=TODAY - DAY)


def test_the_database_keeps_an_access_with_whom_it_was_given_to(case_cast: CaseCast, outsider: Actor) -> None:
    draft = cases.make_draft(case_cast)
    let_in(draft, case_cast.applicant)
    row = draft.collaborators.get()

    for change in ({"user": outsider.user}, {"email": "anden@example.org"}, {"kind": GuestKind.COLLEAGUE}):
        with pytest.raises(DatabaseError, match="stays the access"), transaction.atomic():
            Collaborator.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    collaboration.end_access(row, by=case_cast.applicant, at=AT)
    with pytest.raises(DatabaseError, match="stays the access"), transaction.atomic():
        Collaborator.objects.filter(pk=row.pk).update(ended_at=None, ended_by=None)


# Whose


def test_a_municipality_lets_in_its_own_and_ends_only_those(case_cast: CaseCast) -> None:
    case = cases.make_submitted(case_cast)
    ours = invited(case, case_cast.applicant)
    delegate = let_in(case, case_cast.municipality, email="kollega@kommune.example", kind=GuestKind.MUNICIPALITY)

    assert may(delegate, "answer_recommendation", case)
    with pytest.raises(NotAllowed):
        invited(case, case_cast.municipality, email="x@example.org", kind=GuestKind.ADVISER)
    with pytest.raises(NotAllowed):
        collaboration.end_access(ours, by=case_cast.municipality, at=AT)
    collaboration.end_access(case.collaborators.get(kind=GuestKind.MUNICIPALITY), by=case_cast.municipality, at=AT)
    assert not sees(delegate, case)


@pytest.mark.parametrize("who", ["outsider", "case_officer", "director", "adviser"])
def test_nobody_else_lets_anybody_in(case_cast: CaseCast, who: str, request: pytest.FixtureRequest) -> None:
    case = cases.make_submitted(case_cast)
    actor: Actor = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        invited(case, actor)
    assert not case.collaborators.exists()


def test_people_of_the_fund_are_no_guests(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)

    with pytest.raises(NotAllowed, match="Landsbyggefonden"):
        let_in(draft, case_cast.applicant, person=case_cast.case_officer)
    assert draft.collaborators.get().user is None


def test_who_goes_over_to_the_fund_is_a_guest_no_longer_and_gets_no_mails(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant)
    assert guest.user is not None
    fund = case_cast.case_officer.organisation
    assert fund is not None
    MembershipFactory.create(user=guest.user, organisation=fund, role=Role.CASE_OFFICER)
    officer = actor_for(guest.user, fund, on=TODAY)

    assert not sees(officer, draft)
    assert permissions.roles_in(officer, Application.objects.get(pk=draft.pk), on=TODAY) == frozenset()
    commenting.comment(draft, "budget", "Kun for os", by=case_cast.applicant, at=AT)
    assert not OutgoingMail.objects.filter(event="comments_written", to_user=guest.user).exists()


def test_who_was_let_in_by_a_party_leaves_the_case_with_it(case_cast: CaseCast, outsider: Actor) -> None:
    draft = cases.make_draft(case_cast)
    assert outsider.organisation is not None

    def take_part(*organisations: Organisation) -> None:
        transitions.save_basics(
            draft, title=draft.title, participants=organisations, expected_start_on=None, by=case_cast.applicant, at=AT
        )

    take_part(outsider.organisation)
    theirs = let_in(draft, outsider, kind=GuestKind.COLLEAGUE, right=Right.SUBMIT)
    ours = let_in(draft, case_cast.applicant, email="vores@example.org")
    take_part(outsider.organisation)
    assert may(theirs, "ask_for_recommendation", draft)

    take_part()

    assert not sees(theirs, draft)
    assert not may(theirs, "view", draft)
    assert may(ours, "edit", draft)
    assert draft.events.filter(event="application:access_ended").count() == 1


def test_the_applicant_ends_every_access_but_gives_more_only_to_their_own(case_cast: CaseCast) -> None:
    case = cases.make_submitted(case_cast)
    reader = let_in(case, case_cast.municipality, kind=GuestKind.MUNICIPALITY, right=Right.READ)
    row = case.collaborators.get()

    with pytest.raises(NotAllowed):
        collaboration.change_access(row, right=Right.EDIT, valid_to=None, by=case_cast.applicant, at=AT)
    with pytest.raises(NotAllowed):
        collaboration.send_again(row, by=case_cast.applicant, at=AT)
    assert not may(reader, "answer_recommendation", case)
    collaboration.change_access(row, right=Right.EDIT, valid_to=None, by=case_cast.municipality, at=AT)
    collaboration.end_access(row, by=case_cast.applicant, at=AT)
    assert not sees(reader, case)


# What a guest brings and is due


def test_what_an_adviser_brings_is_the_applicants(case_cast: CaseCast, adviser: Actor) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant, person=adviser)

    assert attachments.types_open_to(guest, draft, on=TODAY) == attachments.types_open_to(case_cast.applicant, draft, on=TODAY)
    assert draft.organisation_of(guest, on=TODAY) == case_cast.housing
    assert attachments.reader_of(guest, draft, on=TODAY).is_applicant


def test_what_a_guest_does_says_for_which_party(case_cast: CaseCast, outsider: Actor) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant, person=outsider, kind=GuestKind.COLLEAGUE, right=Right.SUBMIT)

    transitions.submit(draft, by=guest, at=AT)

    event = draft.events.get(event="application:submitted")
    assert (event.organisation, event.data["for"]) == (outsider.organisation, case_cast.housing.pk)
    sent = submission.content_of(draft.submissions.get())
    assert sent["declaration"]["organisation"] == str(case_cast.housing)
    assert "for" not in draft.events.get(event="application:created").data


def test_an_organisation_acted_for_without_a_right_in_the_case_is_nobodys_side(case_cast: CaseCast) -> None:
    case = cases.make_submitted(case_cast)
    administrator = Actor(UserFactory.create(), case_cast.housing, frozenset({Role.ORG_ADMINISTRATOR}))
    let_in(case, case_cast.municipality, person=administrator, kind=GuestKind.MUNICIPALITY)

    assert case.organisation_of(administrator, on=TODAY) == case_cast.municipality_organisation


def test_a_deadline_is_a_colleagues_too(case_cast: CaseCast) -> None:
    case = cases.make_information_requested(case_cast)
    submits = let_in(case, case_cast.applicant, kind=GuestKind.COLLEAGUE, right=Right.SUBMIT)
    reads = let_in(case, case_cast.applicant, email="laeser@example.org", kind=GuestKind.COLLEAGUE, right=Right.READ)
    [line] = due.of_cases(Application.objects.filter(pk=case.pk), on=TODAY)

    assert line.is_for(submits)
    assert not line.is_for(reads)


def test_many_cases_with_guests_ask_as_often_as_few(case_cast: CaseCast) -> None:
    few, many = [cases.make_information_requested(case_cast, title=f"Sag {number}") for number in range(2)], []
    guest = let_in(few[0], case_cast.applicant)
    for number in range(12):
        case = cases.make_information_requested(case_cast, title=f"Flere {number}")
        invited(case, case_cast.applicant, email=f"g{number}@example.org")
        many.append(case)

    def asked(rows: list[Application]) -> int:
        with CaptureQueriesContext(connection) as queries:
            lines = due.of_cases(Application.objects.filter(pk__in=[row.pk for row in rows]), on=TODAY)
            assert [line.is_for(guest) for line in lines]
        return len(queries)

    assert asked(few) == asked([*few, *many])


# The contact person


def test_the_contact_person_is_changed_without_the_fund(case_cast: CaseCast, colleague: Actor, outsider: Actor) -> None:
    case = cases.make_submitted(case_cast)
    assert colleague.user is not None
    assert outsider.user is not None
    assert case.contact_person == case_cast.applicant.user

    collaboration.change_contact(case, colleague.user, by=case_cast.applicant, at=AT)

    assert case.contact_person == colleague.user
    event = case.events.latest("pk")
    assert event.event == "application:contact_changed"
    assert OutgoingMail.objects.filter(event="contact_chosen", to_user=colleague.user).count() == 1
    with pytest.raises(RuleBroken):
        collaboration.change_contact(case, outsider.user, by=case_cast.applicant, at=AT)
    with pytest.raises(NotAllowed):
        collaboration.change_contact(case, colleague.user, by=case_cast.case_officer, at=AT)


def test_a_contact_person_who_is_no_longer_one_is_known_as_such(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    guest = let_in(draft, case_cast.applicant, kind=GuestKind.COLLEAGUE, right=Right.SUBMIT)
    assert guest.user is not None
    collaboration.change_contact(draft, guest.user, by=case_cast.applicant, at=AT)
    assert not collaboration.is_contact_gone(draft, on=TODAY)

    collaboration.end_access(draft.collaborators.get(), by=case_cast.applicant, at=AT)
    assert collaboration.is_contact_gone(draft, on=TODAY)


def test_who_began_the_case_by_a_mandate_is_its_contact_while_it_holds(case_cast: CaseCast, outsider: Actor) -> None:
    draft = cases.make_draft(case_cast)
    Application.objects.filter(pk=draft.pk).update(created_by=outsider.user)
    draft.refresh_from_db()
    assert collaboration.is_contact_gone(draft, on=TODAY)
    assert outsider.organisation is not None
    assert case_cast.applicant.user is not None
    Mandate.objects.create(
        principal=case_cast.housing,
        holder=outsider.organisation,
        right=Right.SUBMIT,
        valid_from=TODAY,
        valid_to=TODAY,
        evidence="Brev",
        given_by=case_cast.applicant.user,
        given_at=AT,
    )

    assert not collaboration.is_contact_gone(draft, on=TODAY)
    assert collaboration.is_contact_gone(draft, on=TODAY + DAY)
