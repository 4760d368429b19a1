"""The pages of working together: what people post, where it leads, and what strangers get."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Membership, OutgoingMail, User
from accounts.roles import Right
from applications.models import (
    Application,
    Collaborator,
    Comment,
    CommentsRead,
    CommentThread,
    GuestKind,
    MunicipalRecommendation,
)
from applications.states import State
from applications.transitions import collaboration, commenting, recommending, save_basics, submit
from tests.applications.conftest import SignIn
from tests.applications.working_together.people import invited, let_in, token_of
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

PASSWORD = "en lang adgangskode til prøven"
ANSWER = {"recommends": "yes", "text": "Kommunen bakker op.", "name": "Kommunaldirektøren", "title": "Direktør"}
GONE = "kan ikke længere søge for en af sagens boligorganisationer"
DAY = datetime.timedelta(days=1)


def seen_on(page: str) -> str:
    """What the form carries along of the application as the page was opened."""
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def at(name: str, application: Application, *more: object) -> str:
    return reverse(f"applications:{name}", args=[application.case_number, *more])


def test_a_new_person_signs_up_by_the_link_and_lands_on_the_case(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    token = token_of(invited(draft, case_cast.applicant, email="ny@example.org"))
    browser = Client()

    opened = browser.get(reverse("applications:invitation"), {"key": token}, follow=True)
    assert token not in opened.request["PATH_INFO"]
    assert "Opret dig i portalen" in opened.content.decode()
    here = reverse("applications:invitation")
    refused = browser.post(here, {"name": "Ny Person", "password": "kort"})
    assert "Ny Person" in refused.content.decode()
    assert not User.objects.filter(email="ny@example.org").exists()
    landed = browser.post(here, {"name": "Ny Person", "password": PASSWORD}, follow=True)

    assert landed.request["PATH_INFO"] == draft.get_absolute_url()
    assert landed.status_code == 200
    assert draft.collaborators.get().user == User.objects.get(email="ny@example.org")
    again = Client().get(reverse("applications:invitation"), {"key": token})
    assert "Linket virker ikke længere" in again.content.decode()


def test_somebody_known_signs_in_and_takes_it_and_nobody_else_can(
    case_cast: CaseCast, adviser: Actor, outsider: Actor, sign_in: SignIn
) -> None:
    draft = cases.make_draft(case_cast)
    assert adviser.user is not None
    token = token_of(invited(draft, case_cast.applicant, email=adviser.user.email))
    link = reverse("applications:invitation") + f"?key={token}"
    here = reverse("applications:invitation")

    anonymous = Client()
    page = anonymous.get(link, follow=True).content.decode()
    assert f"{reverse('accounts:sign_in')}?next=" in page
    anonymous.post(here, {"name": "Tyv", "password": PASSWORD})
    assert draft.collaborators.get().user is None

    stranger = sign_in(outsider)
    assert "en anden adresse" in stranger.get(link, follow=True).content.decode()
    stranger.post(here)
    assert stranger.get(draft.get_absolute_url()).status_code == 404

    browser = sign_in(adviser)
    browser.get(link)
    landed = browser.post(here, follow=True)
    assert landed.request["PATH_INFO"] == draft.get_absolute_url()
    assert browser.get(at("section", draft, "budget")).status_code == 200
    assert browser.get(at("submit", draft)).status_code == 403


def test_who_lost_access_meets_404_on_the_page_that_is_still_open(case_cast: CaseCast, adviser: Actor, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    let_in(draft, case_cast.applicant, person=adviser)
    browser = sign_in(adviser)
    assert browser.get(at("comments", draft)).status_code == 200

    owner = sign_in(case_cast.applicant)
    ended = owner.post(at("end_access", draft, draft.collaborators.get().pk), follow=True)
    assert "har ikke længere adgang" in ended.content.decode()

    assert browser.post(at("comments", draft), {"section": "budget", "text": "Hej"}).status_code == 404
    assert not Comment.objects.exists()


def test_the_applicant_invites_changes_and_sends_again(case_cast: CaseCast, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    browser = sign_in(case_cast.applicant)
    answers = {"kind": "ADVISER", "name": "Rådgiveren", "email": "r@example.org", "right": "SUBMIT"}

    refused = browser.post(at("invite", draft), answers).content.decode()
    assert "Kun en kollega kan få ret til at indsende." in refused
    assert "r@example.org" in refused
    sent = browser.post(at("invite", draft), {**answers, "right": "EDIT"}, follow=True)
    assert "Invitationen er sendt til r@example.org" in sent.content.decode()
    guest = draft.collaborators.get()
    browser.post(at("access", draft, guest.pk), {"right": "READ"})
    guest.refresh_from_db()
    assert guest.right == Right.READ
    first = guest.token_hash
    browser.post(at("send_again", draft, guest.pk))
    guest.refresh_from_db()
    assert guest.token_hash != first
    twice = browser.post(at("invite", draft), {**answers, "right": "EDIT"}).content.decode()
    assert "allerede inviteret" in twice


def test_a_guest_of_another_case_is_not_changed_through_this_one(case_cast: CaseCast, sign_in: SignIn, outsider: Actor) -> None:
    draft, other = cases.make_draft(case_cast), cases.make_draft(case_cast, title="En anden")
    guest = invited(other, case_cast.applicant)

    assert sign_in(case_cast.applicant).get(at("access", draft, guest.pk)).status_code == 404
    for name in ("access", "end_access", "send_again"):
        assert sign_in(outsider).post(at(name, other, guest.pk)).status_code == 404
    guest.refresh_from_db()
    assert guest.ended_at is None


@pytest.mark.parametrize("query", ["", "sort=-name", "sort=nonsense", "standing=HOLDS", "kind=x", "_export=csv", "_export=xlsx"])
def test_the_list_of_people_sorts_filters_and_is_a_file(case_cast: CaseCast, sign_in: SignIn, query: str) -> None:
    draft = cases.make_draft(case_cast)
    let_in(draft, case_cast.applicant)

    assert sign_in(case_cast.applicant).get(f"{at('people', draft)}?{query}").status_code == 200
    assert sign_in(case_cast.applicant).get(f"{at('people', draft)}?page=9").status_code == 404


def test_the_municipality_answers_from_its_mail_and_its_queue(case_cast: CaseCast, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    applicant, municipality = sign_in(case_cast.applicant), sign_in(case_cast.municipality)
    assert municipality.get(draft.get_absolute_url()).status_code == 404
    asked = applicant.post(at("ask_for_recommendation", draft), {"message": "Vil I være med?"}, follow=True)
    assert "Afventer kommunen" in asked.content.decode()

    queue = municipality.get(reverse("applications:recommendations")).content.decode()
    assert draft.title in queue
    assert "venter på dig" in queue
    page = municipality.get(at("answer_recommendation", draft)).content.decode()
    assert "Vil I være med?" in page
    missing = municipality.post(at("answer_recommendation", draft), {"recommends": "yes", "text": "Ja", "name": "", "title": ""})
    assert "Der er problemer" in missing.content.decode()
    said = {**ANSWER, "seen": seen_on(page)}
    given = municipality.post(at("answer_recommendation", draft), said, follow=True).content.decode()
    assert "Kommunen bakker op." in given
    assert "Træk anbefalingen tilbage" in given
    second = municipality.post(at("answer_recommendation", draft), said, follow=True).content.decode()
    assert "ikke længere i en tilstand" in second
    assert second.count("Kommunen bakker op.") == 1  # what was typed is still in the field
    taken = municipality.post(at("take_recommendation_back", draft), {"reason": "Ombestemt"}, follow=True).content.decode()
    assert "Trukket tilbage" in taken
    assert applicant.post(at("call_recommendation_off", draft)).status_code == 302


def test_an_answer_to_a_text_that_changed_is_asked_for_again_with_what_was_typed(case_cast: CaseCast, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    recommending.ask_for_recommendation(draft, message="", wanted_on=None, by=case_cast.applicant, at=AT)
    browser = sign_in(case_cast.municipality)
    page = browser.get(at("answer_recommendation", draft)).content.decode()
    assert "Et nej kan ikke trækkes tilbage" in page
    save_basics(draft, title="Et andet navn", participants=[], expected_start_on=None, by=case_cast.applicant, at=AT)

    again = browser.post(at("answer_recommendation", draft), {**ANSWER, "seen": seen_on(page)}).content.decode()
    assert "ændret, mens du skrev: Om indsatsen" in again
    assert "Kommunen bakker op." in again
    for broken in ("", "basics", "nonsense:x y"):
        tried = browser.post(at("answer_recommendation", draft), {**ANSWER, "seen": broken})
        assert "ændret, mens du skrev" in tried.content.decode()
    assert MunicipalRecommendation.objects.get().state == "ASKED"
    browser.post(at("answer_recommendation", draft), {**ANSWER, "seen": seen_on(again)})
    assert MunicipalRecommendation.objects.get().state == "GIVEN"


def test_what_the_municipality_wrote_is_not_lost_when_it_can_no_longer_be_sent(case_cast: CaseCast, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    asked = recommending.ask_for_recommendation(draft, message="", wanted_on=None, by=case_cast.applicant, at=AT)
    browser = sign_in(case_cast.municipality)
    recommending.answer(asked, recommends=True, text="Ja", name="X", title="Y", by=case_cast.municipality, at=AT)
    submit(draft, by=case_cast.applicant, at=AT)
    late = browser.post(at("take_recommendation_back", draft), {"reason": "Byrådet har ombestemt sig."})
    assert "Byrådet har ombestemt sig." in late.content.decode()
    assert "er indsendt med ansøgningen" in late.content.decode()

    other = cases.make_draft(case_cast, title="En anden")
    called = recommending.ask_for_recommendation(other, message="", wanted_on=None, by=case_cast.applicant, at=AT)
    recommending.call_off(called, by=case_cast.applicant, at=AT)
    gone = browser.post(at("answer_recommendation", other), {**ANSWER, "text": "Vi <b>bakker</b> op."})
    assert gone.status_code == 404
    assert "Vi &lt;b&gt;bakker&lt;/b&gt; op." in gone.content.decode()
    assert browser.get(at("answer_recommendation", other)).status_code == 404


def test_who_answered_in_the_portal_stands_beside_the_name_that_was_typed(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_submitted(case_cast)
    asked = recommending.ask_for_recommendation(case, message="", wanted_on=None, by=case_cast.applicant, at=AT)
    recommending.answer(asked, recommends=True, text="Ja", name="Borgmesteren", title="Y", by=case_cast.municipality, at=AT)

    page = sign_in(case_cast.case_officer).get(at("recommendation", case)).content.decode()
    assert f"Svaret er givet i portalen af {case_cast.municipality.user}" in page


def test_a_municipality_whose_only_link_is_dead_is_invited_again(case_cast: CaseCast, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    Membership.objects.filter(organisation=case_cast.municipality_organisation).update(valid_to=AT.date() - DAY)
    browser = sign_in(case_cast.applicant)
    guest = invited(draft, case_cast.applicant, email="chef@example.org", kind=GuestKind.MUNICIPALITY, at=AT)
    assert "har endnu ingen brugere" not in browser.get(at("ask_for_recommendation", draft)).content.decode()
    Collaborator.objects.filter(pk=guest.pk).update(link_expires_at=AT)

    assert "har endnu ingen brugere" in browser.get(at("ask_for_recommendation", draft)).content.decode()
    browser.post(at("ask_for_recommendation", draft), {"name": "Chefen", "email": "chef@example.org"})
    assert draft.municipal_recommendations.count() == 1
    assert OutgoingMail.objects.filter(event="case_invitation", to_address="chef@example.org").count() == 2


def test_the_queue_is_the_municipalitys_and_asks_as_often_for_many_as_for_few(
    case_cast: CaseCast, sign_in: SignIn, outsider: Actor
) -> None:
    assert sign_in(outsider).get(reverse("applications:recommendations")).status_code == 403
    browser = sign_in(case_cast.municipality)
    assert "Her står de ansøgninger" in browser.get(reverse("applications:recommendations")).content.decode()
    first = cases.make_draft(case_cast)
    recommending.ask_for_recommendation(first, message="", wanted_on=None, by=case_cast.applicant, at=AT)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("applications:recommendations")).status_code == 200
        return len(queries)

    few = asked()
    assert case_cast.applicant.user is not None
    template = Application.objects.get(pk=first.pk)
    made = Application.objects.bulk_create(
        Application(
            title=f"Sag {number}",
            organisation=template.organisation,
            municipality=template.municipality,
            area=template.area,
            created_by=case_cast.applicant.user,
        )
        for number in range(199)
    )
    for case in made:
        case.record("application:created", by=case_cast.applicant, at=AT, state_to=State.DRAFT)
    MunicipalRecommendation.objects.bulk_create(
        MunicipalRecommendation(application=case, asked_at=AT, state_since=AT, asked_by=case_cast.applicant.user) for case in made
    )
    assert asked() == few
    for query in ("state=waiting", "state=GIVEN", "q=Sag+1", "sort=-wanted", "page=2", "_export=csv"):
        assert browser.get(f"{reverse('applications:recommendations')}?{query}").status_code == 200
    assert browser.get(f"{reverse('applications:recommendations')}?page=99").status_code == 404


def test_comments_are_written_answered_and_resolved_on_the_page(case_cast: CaseCast, colleague: Actor, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    browser = sign_in(case_cast.applicant)
    assert "Der er ingen endnu" in browser.get(at("comments", draft)).content.decode()
    empty = browser.post(at("comments", draft), {"section": "budget", "text": " "}).content.decode()
    assert "Skriv en kommentar, før du sender" in empty

    browser.post(at("comments", draft), {"section": "budget", "text": "Er <b>tallet</b> rigtigt?"})
    thread = CommentThread.objects.get()
    shown = sign_in(colleague).get(at("comments", draft)).content.decode()
    assert "Er &lt;b&gt;tallet&lt;/b&gt; rigtigt?" in shown
    sign_in(colleague).post(at("comment_thread", draft, thread.pk), {"text": "Ja."})
    browser.post(at("resolve_comments", draft, thread.pk), {"resolved": "yes"})
    thread.refresh_from_db()
    assert thread.is_resolved
    assert "Løst" in browser.get(f"{at('comments', draft)}?show=resolved").content.decode()
    assert "passer til det" in browser.get(f"{at('comments', draft)}?show=open").content.decode()
    assert browser.get(f"{at('comments', draft)}?_export=csv").status_code == 200


def test_looking_at_some_of_the_threads_is_not_having_read_them(
    case_cast: CaseCast, colleague: Actor, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = cases.make_draft(case_cast)
    for _ in range(2):
        commenting.comment(draft, "budget", "Hej", by=colleague, at=AT)
    browser = sign_in(case_cast.applicant)
    monkeypatch.setattr("applications.views.comments.PER_PAGE", 1)

    browser.head(at("comments", draft))
    for query in ("section=budget", "show=open", "page=2", "sort=latest", "_export=csv"):
        assert browser.get(f"{at('comments', draft)}?{query}").status_code == 200
    assert not CommentsRead.objects.exists()
    browser.get(at("comments", draft))
    assert CommentsRead.objects.get().user == case_cast.applicant.user


def test_who_may_only_read_resolves_nothing_not_even_when_the_right_goes_meanwhile(
    case_cast: CaseCast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = cases.make_draft(case_cast)
    thread = commenting.comment(draft, "budget", "Hej", by=case_cast.applicant, at=AT)
    reader = let_in(draft, case_cast.applicant, right=Right.READ)
    monkeypatch.setattr("applications.views.comments.require", lambda *_args: None)  # the page was opened before

    assert sign_in(reader).post(at("resolve_comments", draft, thread.pk), {"resolved": "yes"}).status_code == 403


def test_an_adviser_is_not_shown_what_they_cannot_do(case_cast: CaseCast, sign_in: SignIn) -> None:
    draft, asked = cases.make_draft(case_cast), cases.make_information_requested(case_cast, title="Mangler noget")
    of_draft, of_asked = let_in(draft, case_cast.applicant), let_in(asked, case_cast.applicant, email="anden@example.org")

    for words, application, adviser in (
        ("Tjek dine svar", draft, of_draft),
        ("Træk kladden tilbage", draft, of_draft),
        ("Send de ønskede oplysninger", asked, of_asked),
    ):
        assert words in sign_in(case_cast.applicant).get(at("application", application)).content.decode()
        assert words not in sign_in(adviser).get(at("application", application)).content.decode()
    assert "Hent kladden som PDF" in sign_in(of_draft).get(at("application", draft)).content.decode()


def test_many_threads_ask_as_often_as_few(case_cast: CaseCast, sign_in: SignIn) -> None:
    draft = cases.make_draft(case_cast)
    browser = sign_in(case_cast.applicant)
    assert case_cast.applicant.user is not None

    def write(count: int) -> None:
        threads = CommentThread.objects.bulk_create(
            CommentThread(application=draft, section="budget", opened_at=AT, latest_at=AT) for _ in range(count)
        )
        Comment.objects.bulk_create(
            Comment(thread=thread, text="Hej", written_at=AT, written_by=case_cast.applicant.user, organisation=case_cast.housing)
            for thread in threads
        )

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(at("comments", draft)).status_code == 200
        return len(queries)

    write(2)
    browser.get(at("comments", draft))
    few = asked()
    write(200)
    assert asked() == few


def test_the_contact_person_is_chosen_on_the_page(
    case_cast: CaseCast, colleague: Actor, outsider: Actor, sign_in: SignIn
) -> None:
    draft = cases.make_draft(case_cast)
    browser = sign_in(case_cast.applicant)
    assert colleague.user is not None
    assert outsider.user is not None

    guest = let_in(draft, case_cast.applicant, person=outsider, kind=GuestKind.COLLEAGUE, right=Right.SUBMIT)
    shown = sign_in(guest).get(at("contact", draft)).content.decode()
    assert colleague.user.name in shown
    assert str(case_cast.housing) in shown
    assert colleague.user.email not in shown
    assert colleague.user.email in browser.get(at("contact", draft)).content.decode()
    collaboration.end_access(draft.collaborators.get(), by=case_cast.applicant, at=AT)
    foreign = browser.post(at("contact", draft), {"contact": outsider.user.pk})
    assert foreign.status_code == 200
    chosen = browser.post(at("contact", draft), {"contact": colleague.user.pk}, follow=True).content.decode()
    assert "er nu sagens kontaktperson" in chosen
    draft.refresh_from_db()
    assert draft.contact == colleague.user
    for name in ("people", "case"):
        assert GONE not in browser.get(at(name, draft)).content.decode()
    Membership.objects.filter(user=colleague.user).update(valid_to=AT.date() - DAY)
    for name in ("people", "case"):
        assert GONE in browser.get(at(name, draft)).content.decode()


def test_the_fund_is_told_who_answered_without_the_municipality_vouching(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_submitted(case_cast)
    asked = recommending.ask_for_recommendation(case, message="", wanted_on=None, by=case_cast.applicant, at=AT)
    stranger = let_in(case, case_cast.applicant, email="x@example.org", kind=GuestKind.MUNICIPALITY)
    recommending.answer(asked, recommends=True, text="Ja", name="X", title="Y", by=stranger, at=AT)

    page = sign_in(case_cast.case_officer).get(at("recommendation", case)).content.decode()
    assert "Kommunen har ikke selv sagt" in page
    assert collaboration.may_change(case_cast.municipality, case.collaborators.select_related("application").get()) is False
