"""Comments on a section: who reads and writes them, when they are resolved, and that people are mailed once until they look."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, transaction

from accounts.actors import Actor
from accounts.models import OutgoingMail
from accounts.roles import Right
from applications import history, permissions
from applications.models import Comment, GuestKind
from applications.transitions import commenting, recommending
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from tests.applications.working_together.people import let_in
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def mailed(actor: Actor) -> int:
    return OutgoingMail.objects.filter(event="comments_written", to_user=actor.user).count()


def test_a_thread_is_answered_resolved_and_opened_again_by_an_answer(case_cast: CaseCast, colleague: Actor) -> None:
    draft = cases.make_draft(case_cast)
    thread = commenting.comment(draft, "budget", "Er kommunens bidrag sikkert?", by=case_cast.applicant, at=AT)
    commenting.reply(thread, "Ja, se brevet.", by=colleague, at=AT + HOUR)
    commenting.resolve(thread, is_resolved=True, by=case_cast.applicant, at=AT + HOUR)
    commenting.resolve(thread, is_resolved=True, by=colleague, at=AT + 2 * HOUR)

    assert [comment.text for comment in thread.comments.all()] == ["Er kommunens bidrag sikkert?", "Ja, se brevet."]
    assert thread.resolved_by == case_cast.applicant.user
    commenting.reply(thread, "Og dog.", by=colleague, at=AT + 3 * HOUR)
    thread.refresh_from_db()
    assert not thread.is_resolved
    assert draft.events.filter(event="application:comments_resolved").count() == 1


@pytest.mark.parametrize(("section", "text"), [("budget", "  "), ("budget", "x" * 4001), ("ukendt", "Hej"), ("", "Hej")])
def test_a_comment_says_something_about_a_section(case_cast: CaseCast, section: str, text: str) -> None:
    with pytest.raises(RuleBroken):
        commenting.comment(cases.make_draft(case_cast), section, text, by=case_cast.applicant, at=AT)


def test_people_are_mailed_once_until_they_look(case_cast: CaseCast, colleague: Actor) -> None:
    draft = cases.make_draft(case_cast)
    adviser = let_in(draft, case_cast.applicant)
    thread = commenting.comment(draft, "budget", "Første", by=case_cast.applicant, at=AT)
    commenting.reply(thread, "Anden", by=case_cast.applicant, at=AT + HOUR)
    assert (mailed(colleague), mailed(adviser), mailed(case_cast.applicant)) == (1, 1, 0)

    commenting.comments_read(draft, by=colleague, at=AT + 2 * HOUR)
    commenting.reply(thread, "Tredje", by=case_cast.applicant, at=AT + 3 * HOUR)
    commenting.reply(thread, "Fjerde", by=case_cast.applicant, at=AT + 4 * HOUR)
    assert (mailed(colleague), mailed(adviser)) == (2, 1)
    body = OutgoingMail.objects.filter(event="comments_written").values_list("body", flat=True)
    assert "Tredje" not in "".join(body)


def test_the_municipality_reads_along_once_it_knows_of_the_case_and_the_fund_never(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    commenting.comment(draft, "budget", "Før", by=case_cast.applicant, at=AT)
    assert mailed(case_cast.municipality) == 0
    recommending.ask_for_recommendation(draft, message="", wanted_on=None, by=case_cast.applicant, at=AT)
    draft.refresh_from_db()
    commenting.comment(draft, "budget", "Efter", by=case_cast.applicant, at=AT)
    assert mailed(case_cast.municipality) == 1

    case = cases.make_submitted(case_cast, title="Indsendt")
    thread = commenting.comment(case, "budget", "Kun for os", by=case_cast.municipality, at=AT)
    for officer in (case_cast.case_officer, case_cast.director, case_cast.finance_officer):
        assert not permissions.may(officer, "view_comments", case, on=AT.date())
        with pytest.raises(NotAllowed):
            commenting.reply(thread, "Hej", by=officer, at=AT)
    events = case.events.select_related("user", "organisation").order_by("pk")
    assert any("kommentar" in line.what for line in history.lines(events, case_cast.applicant))
    assert not any("kommentar" in line.what for line in history.lines(events, case_cast.case_officer))


def test_a_reader_reads_and_an_outsider_does_not_even_that(case_cast: CaseCast, outsider: Actor) -> None:
    draft = cases.make_draft(case_cast)
    reader = let_in(draft, case_cast.applicant, kind=GuestKind.COLLEAGUE, right=Right.READ)
    thread = commenting.comment(draft, "budget", "Hej", by=case_cast.applicant, at=AT)

    assert permissions.may(reader, "view_comments", draft, on=AT.date())
    for actor in (reader, outsider):
        with pytest.raises(NotAllowed):
            commenting.reply(thread, "Hej", by=actor, at=AT)
    assert not permissions.may(outsider, "view_comments", draft, on=AT.date())


def test_what_was_written_is_never_changed(case_cast: CaseCast) -> None:
    thread = commenting.comment(cases.make_draft(case_cast), "budget", "Hej", by=case_cast.applicant, at=AT)

    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(thread=thread).update(text="Noget andet")
    with pytest.raises(DatabaseError), transaction.atomic():
        thread.comments.get().delete()
