"""The move of cases to the regulation of 11 December 2019: who moves, what becomes of each, once and for all."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from accounts.actors import SYSTEM, Actor
from accounts.models import OutgoingMail
from accounts.roles import Role
from applications import clock, documents, file_states, history, tasks, transitions
from applications.models import (
    Application,
    ApplicationEvent,
    Document,
    DocumentKind,
    PlanGoal,
    TransferBatch,
    TransferOutcome,
    TransferredCase,
)
from applications.models.transfers import TRANSFER_TAKEN_BACK, TRANSFERRED
from applications.rules.transfer import transition_to
from applications.states import State
from applications.transitions import transfer_back, transfer_runs, transfers
from applications.transitions.transfer_facts import Judged
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from tests.factories import applications as cases
from tests.factories import transfers as old
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db

TO_2019 = transition_to("R2019")


@pytest.fixture(autouse=True)
def no_letters_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are looked at where they are the matter."""
    monkeypatch.setattr("applications.tasks.queue_letter", lambda _event_pk: None)


def run(by: Actor = SYSTEM) -> transfer_runs.Report:
    return transfer_runs.run(TO_2019, as_of=TO_2019.day, today=timezone.localdate(), by=by)


def row_of(application: Application) -> TransferredCase:
    return TransferredCase.objects.filter(application=application).latest("pk")


def now(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


# Who moves


def test_what_is_prequalified_moves_and_all_else_stays_and_says_why(case_cast: CaseCast) -> None:
    at = old.IN_2018
    moving = [old.make_old_prequalified(case_cast), old.make_old_plan(case_cast, title="Planen er begyndt")]
    draft = cases.make_draft(case_cast, title="Kladde, ansøgerens egen sag", at=at)
    submitted = cases.make_submitted(case_cast, title="Indsendt", at=at)
    withdrawn = old.make_old_prequalified(case_cast, title="Trukket")
    transitions.withdraw(withdrawn, by=case_cast.applicant, at=at, reason="Vi stopper.")
    lapsed = old.make_old_prequalified(case_cast, title="Bortfaldet")
    transitions.lapse(lapsed, by=case_cast.case_officer, at=at, reason="Intet er sket.")
    todays = cases.make_prequalified(case_cast, title="Ny")

    report = run()

    assert report.moved == sorted(case.case_number for case in moving)
    assert {now(case).rule_set for case in moving} == {"R2019"}
    assert {row["case"]: row["reason"] for row in report.left} == {
        submitted.case_number: "Sagen er ikke prækvalificeret. Overgangen gælder sager, der er prækvalificeret.",
        withdrawn.case_number: "Ansøgeren har trukket sagen tilbage, og den er afsluttet.",
        lapsed.case_number: "Sagen er bortfaldet og afsluttet.",
    }
    assert {now(case).rule_set for case in (draft, submitted, withdrawn, lapsed)} == {"R2015"}
    assert (report.already, report.failed) == ([], [])
    assert todays.case_number not in {*report.moved, *(row["case"] for row in report.left)}


def test_the_second_run_moves_nothing(case_cast: CaseCast) -> None:
    old.make_old_prequalified(case_cast)
    first = run()
    events = ApplicationEvent.objects.count()

    second = run()

    assert (second.moved, second.already) == ([], first.moved)
    assert ApplicationEvent.objects.count() == events
    assert TransferBatch.objects.count() == 1


def test_each_case_gets_one_event_that_says_from_where_to_where(case_cast: CaseCast, director: Actor) -> None:
    application = old.make_old_plan(case_cast)

    run(by=director)

    event = application.events.get(event=TRANSFERRED)
    assert (event.user, event.role, event.organisation) == (director.user, "DIRECTOR", director.organisation)
    assert (event.data["from"], event.data["to"], event.data["as_of"]) == ("R2015", "R2019", "2020-01-01")
    assert row_of(application).event == event


def test_only_management_finance_and_the_portal_move_cases(case_cast: CaseCast) -> None:
    old.make_old_prequalified(case_cast)
    for actor in (case_cast.applicant, case_cast.municipality, case_cast.case_officer):
        with pytest.raises(NotAllowed):
            transfers.begin(TO_2019, by=actor, at=timezone.now())
    assert not TransferBatch.objects.exists()


def test_nothing_is_moved_as_of_a_day_before_the_regulation(case_cast: CaseCast) -> None:
    old.make_old_prequalified(case_cast)

    with pytest.raises(RuleBroken, match=r"gælder fra 1\. januar 2020"):
        transfer_runs.run(TO_2019, as_of=datetime.date(2019, 12, 31), today=timezone.localdate(), by=SYSTEM)
    assert not TransferBatch.objects.exists()


def test_nothing_is_moved_as_of_a_day_to_come(case_cast: CaseCast) -> None:
    old.make_old_prequalified(case_cast)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    with pytest.raises(RuleBroken, match="er ikke kommet"):
        transfers.begin(TO_2019, by=SYSTEM, at=timezone.now(), as_of=tomorrow)
    assert not TransferBatch.objects.exists()


def test_a_second_run_waits_for_the_first(case_cast: CaseCast) -> None:
    old.make_old_prequalified(case_cast)
    transfers.begin(TO_2019, by=SYSTEM, at=timezone.now())

    with pytest.raises(IllegalMove, match="i gang"):
        transfers.begin(TO_2019, by=SYSTEM, at=timezone.now())


def test_a_run_without_cases_is_none() -> None:
    with pytest.raises(RuleBroken, match="Ingen sager"):
        transfers.begin(TO_2019, by=SYSTEM, at=timezone.now())
    assert not TransferBatch.objects.exists()


def test_a_case_withdrawn_since_the_run_began_stays(case_cast: CaseCast) -> None:
    application = old.make_old_prequalified(case_cast)
    batch = transfers.begin(TO_2019, by=SYSTEM, at=timezone.now())
    transitions.withdraw(application, by=case_cast.applicant, at=timezone.now(), reason="Vi stopper.")

    transfers.work(batch, at=timezone.now())

    row = row_of(application)
    assert row.outcome == TransferOutcome.LEFT
    assert row.violation is not None
    assert row.violation.code == "transfer_withdrawn"
    assert now(application).rule_set == "R2015"


def test_one_case_that_cannot_be_moved_stops_no_other(case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = old.make_old_prequalified(case_cast), old.make_old_prequalified(case_cast, title="Knækker")
    write = transfers._write

    def broken(batch: TransferBatch, moving: list[tuple[TransferredCase, Judged]], *, at: datetime.datetime) -> None:
        if any(row.application_id == bad.pk for row, _judged in moving):
            raise DatabaseError("the database is out of order\nDETAIL: secret")
        write(batch, moving, at=at)

    monkeypatch.setattr(transfers, "_write", broken)
    report = run()

    assert report.moved == [good.case_number]
    assert report.failed == [{"case": bad.case_number, "reason": "Sagen kunne ikke flyttes: the database is out of order"}]
    assert now(bad).rule_set == "R2015"
    monkeypatch.undo()
    assert run().moved == [bad.case_number]


# What becomes of a case


def test_chosen_areas_and_goals_are_put_aside_and_kept(case_cast: CaseCast) -> None:
    application = old.make_old_plan(case_cast)
    goals = list(PlanGoal.objects.order_by("pk").values_list("sub_goal", flat=True))

    run()

    moved = now(application)
    row = row_of(application)
    assert (moved.state, moved.plan.effort_areas, list(moved.plan.goals.all())) == (State.PLAN_IN_PROGRESS, [], [])
    assert (moved.plan.starts_on, moved.plan.ends_on, moved.total_budget) == (old.STARTS_ON, old.ENDS_ON, cases.BUDGET)
    assert row.before["effort_areas"] == old.OLD_AREAS
    assert [goal["sub_goal"] for goal in row.before["goals"]] == goals
    assert row.after["anew"] == ["EFFORT_AREAS", "GOALS"]


def test_an_agreement_under_the_old_rules_is_signed_no_more(case_cast: CaseCast) -> None:
    application = old.make_old_out_for_signature(case_cast)
    run()

    with pytest.raises(RuleBroken, match=r"Aftalen er lavet efter Regulativ af 19\. marts 2015"):
        cases.sign_as(now(application), case_cast.applicant)

    assert row_of(application).after["anew"] == ["EFFORT_AREAS", "GOALS", "AGREEMENT"]
    transitions.recall_agreement(now(application), by=case_cast.applicant, at=timezone.now(), reason="Nye regler.")
    assert now(application).state == State.PLAN_IN_PROGRESS


def test_a_plan_signed_under_the_old_rules_is_not_decided_upon(case_cast: CaseCast) -> None:
    application = old.make_old_plan_submitted(case_cast)
    run()

    moved = now(application)
    found = transitions.check_commitment(moved, by=case_cast.director, reason="Fordi.", on=timezone.localdate())
    assert "agreement_under_other_rules" in {violation.code for violation in found}
    transitions.return_plan(moved, by=case_cast.case_officer, at=timezone.now(), reason="Nye regler.")
    assert now(application).state == State.INFO_REQUESTED_PLAN


# Letters


def test_the_clock_makes_one_letter_and_one_mail_a_party_for_each_case_that_moved(
    case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = [old.make_old_prequalified(case_cast, title=f"Sag {number}") for number in range(3)]
    run()
    make_letters_at_once(monkeypatch)
    with time_machine.travel(timezone.now() + clock.PATIENCE + datetime.timedelta(seconds=1)):
        clock.render_missing_letters()
        clock.render_missing_letters()

    letters = Document.objects.filter(kind=DocumentKind.TRANSFER_LETTER)
    assert sorted(letters.values_list("application_id", flat=True)) == sorted(case.pk for case in moved)
    mails = OutgoingMail.objects.filter(event="transferred")
    assert sorted(set(mails.values_list("to_address", flat=True))) == ["ansoeger@example.org", "kommune@example.org"]
    assert mails.count() == 6


def test_the_letter_says_what_follows_along_and_what_is_asked_anew(case_cast: CaseCast) -> None:
    application = old.make_old_plan(case_cast)
    run()

    _template, context_of = documents.LETTERS[DocumentKind.TRANSFER_LETTER]
    said = context_of(application.events.get(event=TRANSFERRED))
    assert (said["old"].regulation, said["new"].regulation) == ("Regulativ af 19. marts 2015", "Regulativ af 11. december 2019")
    assert said["areas_put_aside"] == ["Tryghed og trivsel", "Uddannelse og beskæftigelse"]
    assert said["anew"] == ["Vælg indsatsområder efter de nye regler", "Skriv målene på ny under de nye indsatsområder"]


def test_both_letters_are_made_as_documents(case_cast: CaseCast, director: Actor) -> None:
    application = old.make_old_plan(case_cast)
    run()
    transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Sagen havde tilsagn.")
    for event in application.events.filter(event__in=[TRANSFERRED, TRANSFER_TAKEN_BACK]):
        tasks.make_letter(event.pk)

    assert "Jeres sag følger nu Regulativ af 11. december 2019" in first_page(application, DocumentKind.TRANSFER_LETTER)
    assert "Jeres sag følger igen Regulativ af 19. marts 2015" in first_page(application, DocumentKind.TRANSFER_BACK_LETTER)


@pytest.mark.parametrize("by_the_clock", [True, False], ids=["both made by the clock", "the second one asked for at once"])
def test_the_letter_on_the_move_comes_before_the_one_on_taking_it_back(
    case_cast: CaseCast, director: Actor, monkeypatch: pytest.MonkeyPatch, *, by_the_clock: bool
) -> None:
    application = old.make_old_prequalified(case_cast)
    run()  # of a large run, so that its letters are left to the clock
    make_letters_at_once(monkeypatch)
    # The time goes on here, so that mails have an order.
    with monkeypatch.context() as broker_down, time_machine.travel(timezone.now()):
        if by_the_clock:
            broker_down.setattr("applications.tasks.queue_letter", lambda _event_pk: None)
        transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Sagen havde tilsagn.")
    with time_machine.travel(timezone.now() + clock.PATIENCE + datetime.timedelta(seconds=1)):
        clock.render_missing_letters()

    letters = application.documents.filter(event__event__in=[TRANSFERRED, TRANSFER_TAKEN_BACK]).order_by("pk")
    assert [letter.kind for letter in letters] == [DocumentKind.TRANSFER_LETTER, DocumentKind.TRANSFER_BACK_LETTER]
    mails = OutgoingMail.objects.filter(to_address="ansoeger@example.org", event__startswith="transfer").order_by("queued_at")
    assert [mail.event for mail in mails] == ["transferred", "transfer_taken_back"]


def test_while_another_worker_makes_the_first_letter_the_second_waits(
    case_cast: CaseCast, director: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = old.make_old_prequalified(case_cast)
    run()
    transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Sagen havde tilsagn.")
    first, second = application.events.filter(event__in=[TRANSFERRED, TRANSFER_TAKEN_BACK]).order_by("pk")
    make_letters_at_once(monkeypatch)
    with monkeypatch.context() as held:
        held.setattr("applications.tasks._is_mine", lambda event_pk: event_pk != first.pk)
        tasks.make_letter(second.pk)
    assert not Document.objects.filter(event__in=[first, second]).exists()

    tasks.make_letter(second.pk)
    assert Document.objects.filter(event__in=[first, second]).count() == 2


def make_letters_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is queued is made, with a page that takes no time."""
    monkeypatch.setattr("lbf_portal.lib.pdf.render", lambda *_args: b"%PDF-1.7 letter")
    monkeypatch.setattr("applications.tasks.queue_letter", tasks.make_letter)


def first_page(application: Application, kind: DocumentKind) -> str:
    with application.documents.get(kind=kind).file.open() as letter:
        return " ".join(PdfReader(letter).pages[0].extract_text().split())


# The database


def by_hand(application: Application, rule_set: str) -> None:
    """As in psql, and then what the database looks at when a transaction ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        Application.objects.filter(pk=application.pk).update(rule_set=rule_set)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_rules_of_a_case_change_by_a_move_alone(case_cast: CaseCast) -> None:
    application = old.make_old_prequalified(case_cast)

    with pytest.raises(IntegrityError, match="no move leads to the rules R2019"):
        by_hand(application, "R2019")


def test_what_was_moved_is_not_put_back_by_hand(case_cast: CaseCast) -> None:
    application = old.make_old_prequalified(case_cast)
    run()

    with pytest.raises(IntegrityError, match="no move leads to the rules R2015"):
        by_hand(application, "R2015")


# Taking back


def test_taken_back_the_case_is_as_it_was(case_cast: CaseCast, director: Actor) -> None:
    application = old.make_old_plan_submitted(case_cast)
    goals = list(PlanGoal.objects.order_by("pk").values())
    run()

    transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Sagen havde tilsagn i det gamle system.")

    back = now(application)
    assert (back.rule_set, back.state, back.plan.effort_areas) == ("R2015", State.PLAN_SUBMITTED, old.OLD_AREAS)
    assert list(PlanGoal.objects.order_by("pk").values()) == goals
    assert row_of(application).outcome == TransferOutcome.TAKEN_BACK
    with pytest.raises(IllegalMove):
        transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Igen.")


def test_once_something_new_is_written_it_is_not_taken_back(case_cast: CaseCast, director: Actor) -> None:
    application = old.make_old_plan(case_cast)
    run()
    transitions.save_plan(
        now(application),
        starts_on=old.STARTS_ON,
        ends_on=old.ENDS_ON,
        summary="Nu efter de nye regler.",
        effort_areas=["EDUCATION"],
        by=case_cast.applicant,
        at=timezone.now(),
    )

    with pytest.raises(RuleBroken, match="skrevet nyt i sagen"):
        transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Fejl.")
    assert now(application).rule_set == "R2019"


@pytest.mark.parametrize("event", sorted(history.WRITES_NOTHING))
def test_what_writes_nothing_in_the_case_leaves_the_move_to_be_taken_back(
    event: str, case_cast: CaseCast, director: Actor
) -> None:
    application = old.make_old_prequalified(case_cast)
    run()
    now(application).record(event, by=SYSTEM, at=timezone.now())

    transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Fejl.")

    assert now(application).rule_set == "R2015"


def test_whatever_is_read_and_whatever_the_portal_finds_in_a_file_writes_nothing() -> None:
    reading = {event for event in history.SENTENCES if event.endswith("_read")}
    verdicts = {move.event for move in file_states.MOVES if move.by == {Role.SYSTEM}}

    assert len(reading) >= 3
    assert len(verdicts) >= 3
    assert reading | verdicts <= history.WRITES_NOTHING
    # The fund sees no comments and must not be told of any by a refusal.
    assert history.COMMENTS | history.ACCESS <= history.WRITES_NOTHING


def test_taking_back_needs_a_right_and_a_reason(case_cast: CaseCast, director: Actor, case_officer: Actor) -> None:
    application = old.make_old_prequalified(case_cast)
    run()

    with pytest.raises(NotAllowed):
        transfer_back.take_back(row_of(application), by=case_officer, at=timezone.now(), reason="Fejl.")
    with pytest.raises(RuleBroken, match="begrundelse"):
        transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="  ")


def test_what_was_taken_back_moves_again_when_it_is_asked_for(case_cast: CaseCast, director: Actor) -> None:
    application = old.make_old_prequalified(case_cast)
    run()
    transfer_back.take_back(row_of(application), by=director, at=timezone.now(), reason="Fejl.")

    assert run().moved == [application.case_number]
    assert application.events.filter(event=TRANSFERRED).count() == 2
