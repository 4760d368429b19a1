"""Who is mailed when a case moves, where the mail leads, and that the same act never mails twice."""

from __future__ import annotations

import datetime

import time_machine
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actors import Actor
from accounts.models import Organisation, OutgoingMail
from accounts.roles import Role
from applications import notifications, transitions
from applications.models import Application
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast
from tests.mail import mails_to, path_in


def events_to(actor: Actor) -> list[str]:
    """What the person was mailed about, oldest first."""
    return list(OutgoingMail.objects.filter(to_user=actor.user).order_by("queued_at").values_list("event", flat=True))


def page(application: Application, rest: str = "") -> str:
    return f"/cases/{application.case_number}/{rest}"


def test_applicants_are_told_that_the_application_is_received(case_cast: CaseCast, colleague: Actor, outsider: Actor) -> None:
    cases.make_submitted(case_cast)
    assert events_to(case_cast.applicant) == ["application_received"]
    assert events_to(colleague) == ["application_received"]
    assert events_to(outsider) == []


def test_the_mail_links_to_the_case_and_says_the_number_without_separator(
    case_cast: CaseCast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    draft = cases.make_draft(case_cast)
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        transitions.submit(draft, by=case_cast.applicant, at=AT)
    for callback in callbacks[:1]:
        callback()
    [received] = mails_to(case_cast.applicant)
    assert received.subject == f"Sag {draft.case_number}: Vi har modtaget ansøgningen"
    assert path_in(received) == page(draft)


def test_subjects_tell_nothing_of_the_case_but_its_number(case_cast: CaseCast) -> None:
    committed = cases.make_committed(case_cast)
    subjects = OutgoingMail.objects.values_list("subject", flat=True)
    assert subjects
    for subject in subjects:
        assert subject.startswith(f"Sag {committed.case_number}: ")
        assert committed.area.name not in subject
        assert committed.title not in subject


def test_the_applicant_is_asked_anew_when_information_is_missing_twice(case_cast: CaseCast) -> None:
    case = cases.make_information_requested(case_cast)
    transitions.answer_information(case, by=case_cast.applicant, at=AT, reason="Her er det.")
    transitions.request_information(case, by=case_cast.case_officer, at=AT, reason="Stadig ikke nok.")
    assert events_to(case_cast.applicant).count("information_requested") == 2
    assert events_to(case_cast.case_officer) == ["information_answered"]


def test_the_same_notification_made_twice_is_one_mail(case_cast: CaseCast) -> None:
    case = cases.make_information_requested(case_cast)
    before = OutgoingMail.objects.count()
    notifications.put_on_waiting_list(case)
    notifications.put_on_waiting_list(case)
    assert OutgoingMail.objects.count() == before + 1


def test_every_signatory_of_every_party_gets_a_direct_link_to_the_agreement(
    case_cast: CaseCast,
    housing: Organisation,
    colleague: Actor,
    today: datetime.date,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    second_signatory = member(housing, Role.HOUSING_SIGNATORY, email="formand@example.org", today=today)
    plan_ready = cases.make_plan_ready(case_cast)
    with django_capture_on_commit_callbacks(execute=True):
        transitions.send_for_signature(plan_ready, by=case_cast.applicant, at=AT)
    for signatory in (case_cast.applicant, second_signatory, case_cast.municipality):
        [asked] = mails_to(signatory)
        assert path_in(asked) == page(plan_ready, "agreement/")
    assert mails_to(colleague) == []


def test_nobody_is_mailed_whose_role_has_ended(case_cast: CaseCast, colleague: Actor, today: datetime.date) -> None:
    assert colleague.user is not None
    colleague.user.memberships.update(valid_to=today - datetime.timedelta(days=1))
    with time_machine.travel(AT, tick=False):
        cases.make_submitted(case_cast)
    assert events_to(colleague) == []


def test_the_deadline_of_a_hearing_stands_in_the_mail(
    case_cast: CaseCast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    case = cases.make_under_assessment(case_cast)
    with django_capture_on_commit_callbacks(execute=True):
        transitions.open_hearing(
            case, by=case_cast.case_officer, at=AT, reason="Området er lille.", deadline=datetime.date(2026, 12, 6)
        )
    [hearing] = mails_to(case_cast.applicant)
    assert "6. december 2026" in str(hearing.body)
    assert "Området er lille" not in str(hearing.body)


def test_the_answer_to_a_hearing_goes_to_the_responsible_officer_only(
    case_cast: CaseCast, fund: Organisation, today: datetime.date
) -> None:
    other_officer = member(fund, Role.CASE_OFFICER, email="anden@example.org", today=today)
    case = cases.make_under_assessment(case_cast)
    transitions.open_hearing(
        case, by=case_cast.case_officer, at=AT, reason="Området er lille.", deadline=datetime.date(2026, 12, 6)
    )
    transitions.answer_hearing(case, by=case_cast.applicant, at=AT, reply="Det er vi uenige i.")
    assert events_to(case_cast.case_officer) == ["hearing_answered"]
    assert events_to(other_officer) == []


def test_the_management_is_told_of_a_recommendation(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    cases.make_recommended(case_cast)
    assert events_to(case_cast.director) == ["recommended"]
    assert "recommended" not in events_to(case_cast.applicant)


def test_a_plan_sent_back_reaches_applicants_and_those_who_signed_once(case_cast: CaseCast) -> None:
    case = cases.make_plan_submitted(case_cast)
    transitions.return_plan(case, by=case_cast.case_officer, at=AT, reason="Målene mangler et udgangspunkt.")
    assert events_to(case_cast.applicant).count("plan_returned") == 1
    assert events_to(case_cast.municipality).count("plan_returned") == 1


def test_a_recalled_agreement_and_a_lapsed_case_are_told(case_cast: CaseCast) -> None:
    case = cases.make_out_for_signature(case_cast)
    transitions.recall_agreement(case, by=case_cast.applicant, at=AT, reason="En fejl i budgettet.")
    transitions.lapse(case, by=case_cast.case_officer, at=AT, reason="Ingen fremdrift i et år.")
    assert events_to(case_cast.municipality)[-2:] == ["agreement_recalled", "lapsed"]
    assert events_to(case_cast.applicant)[-2:] == ["agreement_recalled", "lapsed"]


def test_english_readers_get_the_same_facts(
    case_cast: CaseCast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert case_cast.applicant.user is not None
    case_cast.applicant.user.language = "en"
    case_cast.applicant.user.save(update_fields=["language"])
    case = cases.make_draft(case_cast)
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        transitions.submit(case, by=case_cast.applicant, at=AT)
    callbacks[0]()
    [received] = mail.outbox
    assert str(case.case_number) in received.subject
    assert path_in(received) == page(case)
