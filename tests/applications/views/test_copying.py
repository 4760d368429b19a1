"""Copying from an earlier application: chosen sections, amounts only when asked for, what cannot follow by name."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from applications import transitions
from applications.models import Application
from applications.rules.rule_sets import RuleSet
from lbf_portal.lib.refusals import IllegalMove, NotAllowed
from tests.applications.conftest import SignIn
from tests.factories import applications as cases
from tests.factories.accounts import OrganisationFactory
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def earlier(case_cast: CaseCast) -> Application:
    return cases.make_prequalified(case_cast, title="Den forrige", wants_rent_support=True)


def page(application: Application) -> str:
    return reverse("applications:copy_sections", args=[application.case_number])


def everything(source: Application, **more: str) -> dict[str, object]:
    return {"source": source.pk, "sections": list(transitions.COPYABLE), **more}


def test_words_departments_and_figures_follow_and_amounts_do_not(
    sign_in: SignIn, empty_draft: Application, earlier: Application, applicant: Actor
) -> None:
    answer = sign_in(applicant).post(page(empty_draft), everything(earlier), follow=True).content.decode()

    draft = Application.objects.get(pk=empty_draft.pk)
    assert (draft.challenges, draft.problem_types) == (earlier.challenges, earlier.problem_types)
    assert draft.title != earlier.title, "the name is the new effort's own"
    rows = draft.application_departments.all()
    assert {row.department_id for row in rows} == {row.department_id for row in earlier.application_departments.all()}
    assert all(row.master_data_on is None for row in rows), "master data are gone through anew"
    assert draft.problem_figures.count() == 2
    assert draft.department_figures.count() == 2
    assert draft.wants_rent_support
    assert (draft.total_budget, draft.funding_lines.count(), draft.rent_supports.count()) == (None, 0, 0)
    assert f"Kopieret fra ansøgning {earlier.case_number}" in answer
    assert "Beløb følger ikke med" in answer
    copied = draft.events.get(event="application:sections_copied")
    assert copied.data["source"] == earlier.case_number


def test_amounts_follow_when_they_are_asked_for_and_the_funds_own_tick_does_not(
    sign_in: SignIn, empty_draft: Application, earlier: Application, applicant: Actor
) -> None:
    earlier.funding_lines.update(accepted_as_local=True)

    sign_in(applicant).post(page(empty_draft), everything(earlier, with_amounts="on"))

    draft = Application.objects.get(pk=empty_draft.pk)
    assert draft.total_budget == Decimal(12_000_000)
    assert [line.accepted_as_local for line in draft.funding_lines.all()] == [False, False, False]


def test_only_the_chosen_sections_are_replaced(
    sign_in: SignIn, draft: Application, earlier: Application, applicant: Actor
) -> None:
    transitions.save_challenges(draft, problem_types=[], challenges="Mit", coordination="", by=applicant, at=cases.AT)

    sign_in(applicant).post(page(draft), {"source": earlier.pk, "sections": ["rent"]})

    draft.refresh_from_db()
    assert (draft.challenges, draft.wants_rent_support) == ("Mit", True)


def test_what_cannot_follow_across_rule_sets_is_named_before_anything_is_copied(
    sign_in: SignIn, empty_draft: Application, case_cast: CaseCast
) -> None:
    at = datetime.datetime(2017, 5, 2, 10, 0, tzinfo=cases.AT.tzinfo)
    old = cases.make_draft(case_cast, title="Fra 2017", at=at)
    assert old.rule_set == RuleSet.R2015
    other = OrganisationFactory.create(name="Boligforeningen Øst")
    foreign = cases.make_department(case_cast, "77", area=old.area, organisation=other)
    choices = [transitions.DepartmentChoice(row.department) for row in old.application_departments.all()]
    transitions.save_departments(old, [*choices, transitions.DepartmentChoice(foreign)], by=case_cast.applicant, at=at)
    browser = sign_in(case_cast.applicant)

    shown = browser.get(f"{page(empty_draft)}?source={old.case_number}").content.decode()

    assert "Regulativ af 19. marts 2015. Indsatsområderne derfra følger ikke med" in shown
    assert "Afdelingen 77 Bakken 77 følger ikke med: Boligforeningen Øst deltager ikke" in shown
    assert not empty_draft.application_departments.exists()
    browser.post(page(empty_draft), {"source": old.pk, "sections": ["departments"]})
    assert {row.department.number for row in empty_draft.application_departments.all()} == {"11", "12"}
    assert Application.objects.get(pk=empty_draft.pk).rule_set == RuleSet.R2019


def test_another_organisations_case_is_neither_offered_nor_copied(
    sign_in: SignIn, case_cast: CaseCast, earlier: Application, outsider: Actor
) -> None:
    assert outsider.organisation is not None
    own = transitions.create_application(
        title="Vores", area=earlier.area, organisation=outsider.organisation, by=outsider, at=cases.AT
    )
    browser = sign_in(outsider)

    shown = browser.get(f"{page(own)}?source={earlier.case_number}").content.decode()
    answer = browser.post(page(own), everything(earlier))

    assert "I har ingen andre endnu." in shown
    assert answer.status_code == 200
    own.refresh_from_db()
    assert own.challenges == ""


def test_nothing_is_copied_into_a_case_that_was_sent(
    sign_in: SignIn, submitted: Application, earlier: Application, applicant: Actor
) -> None:
    answer = sign_in(applicant).post(page(submitted), everything(earlier))

    assert answer.status_code == 302
    assert not submitted.events.filter(event="application:sections_copied").exists()


def test_many_earlier_applications_take_no_more_queries_than_two(
    sign_in: SignIn,
    empty_draft: Application,
    earlier: Application,
    case_cast: CaseCast,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = sign_in(case_cast.applicant)
    with CaptureQueriesContext(connection) as few:
        browser.get(page(empty_draft))
    for number in range(40):
        cases.make_empty_draft(case_cast, title=f"Nummer {number}")

    with django_assert_num_queries(len(few.captured_queries)):
        browser.get(page(empty_draft))


def test_what_was_chosen_and_left_behind_is_not_told_as_copied(
    sign_in: SignIn, empty_draft: Application, earlier: Application, applicant: Actor
) -> None:
    sign_in(applicant).post(page(empty_draft), {"source": earlier.pk, "sections": ["budget", "rent"]})
    assert empty_draft.events.get(event="application:sections_copied").data["sections"] == ["rent"]

    answer = sign_in(applicant).post(page(empty_draft), {"source": earlier.pk, "sections": ["budget"]}, follow=True)

    assert empty_draft.events.filter(event="application:sections_copied").count() == 1
    assert "Der er ikke kopieret noget. Beløb følger ikke med" in answer.content.decode()


def test_nothing_is_copied_into_what_was_sent_meanwhile(draft: Application, earlier: Application, applicant: Actor) -> None:
    transitions.submit(Application.objects.get(pk=draft.pk), by=applicant, at=cases.AT)

    for names in (["budget"], ["challenges"]):
        with pytest.raises(IllegalMove, match="kun kopieres til en kladde"):
            transitions.copy_sections(draft, earlier, names, with_amounts=False, by=applicant, at=cases.AT)
    assert not draft.events.filter(event="application:sections_copied").exists()


def test_whoever_takes_part_in_the_earlier_case_alone_copies_nothing_into_the_other(
    draft: Application, earlier: Application, outsider: Actor
) -> None:
    assert outsider.organisation is not None
    earlier.participants.add(outsider.organisation)
    earlier = Application.objects.get(pk=earlier.pk)

    for names in (["budget"], ["challenges"]):
        with pytest.raises(NotAllowed):
            transitions.copy_sections(draft, earlier, names, with_amounts=False, by=outsider, at=cases.AT)
    assert not draft.events.filter(event="application:sections_copied").exists()
