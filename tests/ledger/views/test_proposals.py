"""Postings by hand on their pages: what is asked, what is seen before it is sent, and who answers."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django.fixtures import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from accounts.actors import Actor
from accounts.models import Membership
from accounts.roles import Role
from lbf_portal.lib.refusals import RuleBroken
from ledger import acting, proposals, proposed
from ledger.kinds import FrameKind, Money, ProposalKind, ReleaseCause, Reuse
from ledger.models import Entry, FrameYear, Proposal, ReleaseRule
from ledger.proposal_forms import FORMS
from ledger.states import State
from ledger.views.offers import slug_of
from tests.cast import member
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, release, set_rule
from tests.ledger.acts import reverse as reverse_entry
from tests.mail import mails_to, path_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_day")]

# A year's end is rehearsed with its carry-over: each posting has a savepoint, and looks for its key.
MOST_WITH_A_REHEARSAL = 40
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
REASON = "Opgjort af økonomi"


As = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def years(director: Actor) -> None:
    """2024 closed; 2025 over, with 80 mio. left; 2026 in use; 2027 for carry-over."""
    for year in (2024, 2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    commit(200 * MILLION, year=2024, case_reference="100024")
    close(2024)
    commit(300 * MILLION, year=2025, case_reference="100025")
    commit(100 * MILLION, case_reference="100026")


@pytest.fixture
def as_(client: Client) -> As:
    """Signs the person in."""

    def sign_in(actor: Actor) -> Client:
        assert actor.user is not None
        client.force_login(actor.user)
        return client

    return sign_in


def year_of(year: int) -> str:
    return str(FrameYear.objects.numbered(year).pk)


def form_of(kind: ProposalKind) -> str:
    return reverse("ledger:propose", args=[slug_of(kind)])


def seen_in(html: str) -> str:
    [seen] = re.findall(r'name="seen" value="(\w+)"', html)
    return str(seen)


def told(html: str) -> str:
    """The page's words, without its marks and line breaks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def send(client: Client, kind: ProposalKind, data: dict[str, str]) -> Proposal:
    """Fill in, look, send: as the page does it without scripts."""
    filled = {"reason": REASON, **data}
    shown = client.post(form_of(kind), filled).content.decode()
    sent = client.post(form_of(kind), {**filled, "seen": seen_in(shown)})
    assert sent.status_code == 302, told(sent.content.decode())
    return Proposal.objects.latest("pk")


def regulation() -> dict[str, str]:
    return {"frame_year": year_of(2026), "total": "401.250.000,50", "rent": "250000000", "document": "Brev af 2. januar 2026"}


def propose(act: proposed.Act, by: Actor) -> Proposal:
    return proposals.propose(act, by=by, at=NOON, reason=REASON)


def carry(by: Actor, amount: int = 5) -> Proposal:
    return propose(proposed.CarryOver(2026, amount * MILLION), by)


# Proposing


def test_a_regulation_is_seen_before_it_is_sent(as_: As, finance_officer: Actor) -> None:
    client = as_(finance_officer)

    html = client.post(form_of(ProposalKind.REGULATE), {"reason": REASON, **regulation()}).content.decode()

    assert "Regulér rammen for 2026 til 401.250.000,50 kr., heraf højst 250.000.000 kr. til husleje" in told(html)
    assert "Tilbage 280.000.000 kr. 301.250.000,50 kr." in told(html)
    assert "Send til godkendelse" in html
    assert not Proposal.objects.exists()

    sent = send(client, ProposalKind.REGULATE, regulation())
    assert sent.act == proposed.Regulate(2026, Decimal("401250000.50"), 250 * MILLION, "Brev af 2. januar 2026")
    assert (sent.state, sent.reason, sent.proposed_by) == (State.WAITING, REASON, finance_officer.user)
    assert not FrameYear.objects.position(2026).is_regulated


ASKED: dict[ProposalKind, tuple[Callable[[], dict[str, str]], Callable[[], bool]]] = {
    ProposalKind.REGULATE: (regulation, lambda: FrameYear.objects.position(2026).rent_ceiling == 250 * MILLION),
    ProposalKind.CLOSE: (
        lambda: {"frame_year": year_of(2025), "carries_over": "yes"},
        lambda: (
            FrameYear.objects.position(2026).carried_in == 80 * MILLION and FrameYear.objects.numbered(2025).closed_on is not None
        ),
    ),
    ProposalKind.CARRY_OVER: (
        lambda: {"frame_year": year_of(2026), "amount": "1.250.000,00"},
        lambda: FrameYear.objects.position(2027).carried_in == Decimal(1_250_000),
    ),
    ProposalKind.RELEASE: (
        lambda: {
            "frame_year": year_of(2026),
            "case_reference": "100026",
            "money": Money.SOCIAL.value,
            "amount": "250000",
            "cause": ReleaseCause.UNUSED.value,
            "legal_basis": "Almenboligloven § 91 a",
        },
        lambda: FrameYear.objects.position(2026).committed == Decimal(99_750_000),
    ),
    ProposalKind.RELEASE_BY_CARRY_OVER: (
        lambda: {
            "frame_year": year_of(2024),
            "case_reference": "100024",
            "money": Money.SOCIAL.value,
            "amount": "250000",
            "cause": ReleaseCause.UNUSED.value,
            "legal_basis": "Almenboligloven § 91 a",
            "decision": "Notat af 3. november",
        },
        lambda: FrameYear.objects.position(2025).carried_in == Decimal(250_000),
    ),
    ProposalKind.REVERSE: (
        lambda: {"entry": str(Entry.objects.of_case("100026").earliest("pk").pk), "legal_basis": "Almenboligloven § 91 a"},
        lambda: FrameYear.objects.position(2026).committed == 0,
    ),
    ProposalKind.OPEN: (
        lambda: {
            "period": "P2019_26",
            "year": "2023",
            "base_total": "380.000.000",
            "base_rent": "240.000.000",
            "base_vacancy": "10.000.000",
        },
        lambda: FrameYear.objects.filter(year=2023, base_total=380 * MILLION).exists(),
    ),
    ProposalKind.SET_RELEASE_RULE: (
        lambda: {
            "period": "P2019_26",
            "rule": "NOT_REUSED",
            "valid_from_day": "1",
            "valid_from_month": "1",
            "valid_from_year": "2027",
            "source": "Bestyrelsens møde",
        },
        lambda: ReleaseRule.objects.filter(rule="NOT_REUSED").exists(),
    ),
}


@pytest.mark.parametrize("kind", FORMS)
def test_every_kind_is_proposed_and_approved_on_its_pages(
    as_: As, kind: ProposalKind, finance_officer: Actor, director: Actor
) -> None:
    data, is_done = ASKED[kind]
    proposal = send(as_(finance_officer), kind, data())
    assert not is_done()

    client = as_(director)
    shown = client.get(proposal.get_absolute_url()).content.decode()
    client.post(proposal.get_absolute_url(), {"act": "approve", "seen": seen_in(shown), "note": ""})

    assert is_done()
    assert Proposal.objects.get().state == State.APPROVED


def test_what_is_changed_after_the_preview_is_seen_again(as_: As, finance_officer: Actor) -> None:
    client = as_(finance_officer)
    first = {"reason": REASON, **regulation()}
    seen = seen_in(client.post(form_of(ProposalKind.REGULATE), first).content.decode())

    changed = client.post(form_of(ProposalKind.REGULATE), {**first, "total": "402.000.000", "seen": seen})

    assert changed.status_code == 200
    assert "Forslaget gør nu noget andet, end da du så det" in changed.content.decode()
    assert not Proposal.objects.exists()


def test_a_better_reason_needs_no_other_look(as_: As, finance_officer: Actor) -> None:
    client = as_(finance_officer)
    first = {"reason": REASON, **regulation()}
    seen = seen_in(client.post(form_of(ProposalKind.REGULATE), first).content.decode())

    client.post(form_of(ProposalKind.REGULATE), {**first, "reason": "Skrevet bedre", "seen": seen})

    assert Proposal.objects.get().reason == "Skrevet bedre"


@pytest.mark.parametrize(
    ("kind", "wrong", "field", "sentence"),
    [
        (ProposalKind.REGULATE, {"total": "401.25"}, "total", "Skriv beløbet i kroner"),
        (ProposalKind.REGULATE, {"total": "4.000.000.000"}, "total", "Kontrollér, om der er et nul for meget"),
        (ProposalKind.REGULATE, {"total": "50.000.000", "rent": "0"}, "total", "flere tilsagn i 2026"),
        (ProposalKind.REGULATE, {"rent": "500.000.000"}, "rent", "skal ligge inden for"),
        (ProposalKind.REGULATE, {"document": " "}, "document", "Udfyld feltet"),
        (ProposalKind.REGULATE, {"reason": ""}, "reason", "Udfyld feltet"),
        (ProposalKind.REGULATE, {"frame_year": "0"}, "frame_year", "Vælg en af mulighederne"),
        (ProposalKind.CARRY_OVER, {"amount": "0"}, "amount", "mindst 0,01 kr."),
        (ProposalKind.CARRY_OVER, {"amount": "300.000.000"}, "amount", "har 280.000.000 kr. tilbage"),
        (ProposalKind.RELEASE, {"amount": "100.000.000,01"}, "amount", "Sagen har 100.000.000 kr. af rammen for 2026"),
        (ProposalKind.RELEASE, {"case_reference": "999999"}, "amount", "Sagen har 0 kr."),
        (ProposalKind.RELEASE, {"cause": "GIFT"}, "cause", "Vælg en af mulighederne"),
        (ProposalKind.RELEASE_BY_CARRY_OVER, {"decision": ""}, "decision", "Udfyld feltet"),
        (ProposalKind.REVERSE, {"entry": "999999"}, "entry", "ingen postering med det nummer"),
        (ProposalKind.REVERSE, {"entry": "x"}, "entry", "Skriv et helt tal"),
        (ProposalKind.REVERSE, {"entry": "99999999999999999999"}, "entry", "mindre end eller lig"),
        (ProposalKind.OPEN, {"year": "2026"}, "year", "allerede åbnet"),
        (ProposalKind.OPEN, {"year": "2020", "base_rent": "400.000.000"}, "base_rent", "skal ligge inden for"),
        (ProposalKind.SET_RELEASE_RULE, {"valid_from_year": "2020"}, "valid_from", "tidligst gælde fra"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    *, as_: As, finance_officer: Actor, kind: ProposalKind, wrong: dict[str, str], field: str, sentence: str
) -> None:
    data = {"reason": REASON, **ASKED[kind][0](), **wrong}

    answer = as_(finance_officer).post(form_of(kind), data)

    errors = answer.context["form"].errors
    assert sentence in " ".join(errors[field])
    assert "Der er problemer" in answer.content.decode()
    assert all(value.strip() in answer.content.decode() for name, value in data.items() if name != field)
    assert "Send til godkendelse" not in answer.content.decode()
    assert not Proposal.objects.exists()


def carried_money_left() -> None:
    """2025 has 460 mio. left, of which 80 mio. were carried in from 2024."""
    carry_over(180 * MILLION, from_year=2024)
    release(200 * MILLION, year=2025, case_reference="100025")


def test_money_carried_once_already_asks_for_a_decision(as_: As, finance_officer: Actor) -> None:
    carried_money_left()
    client, data = as_(finance_officer), {"frame_year": year_of(2025), "amount": "460.000.000", "reason": REASON}

    answer = client.post(form_of(ProposalKind.CARRY_OVER), data)
    assert "kan 380.000.000 kr. overføres uden videre" in answer.context["form"].errors["decision"][0]

    proposal = send(client, ProposalKind.CARRY_OVER, {**data, "decision": "Økonomis notat"})
    assert proposal.act == proposed.CarryOver(2025, 460 * MILLION, decision="Økonomis notat")


def test_the_same_is_not_proposed_twice(as_: As, finance_officer: Actor) -> None:
    client = as_(finance_officer)
    send(client, ProposalKind.CARRY_OVER, ASKED[ProposalKind.CARRY_OVER][0]())
    filled = {"reason": REASON, **ASKED[ProposalKind.CARRY_OVER][0]()}
    shown = client.post(form_of(ProposalKind.CARRY_OVER), filled).content.decode()
    assert "Et andet forslag om året venter på svar" in told(shown)

    again = client.post(form_of(ProposalKind.CARRY_OVER), {**filled, "seen": seen_in(shown)})

    assert "Der venter allerede et forslag om det samme" in again.content.decode()
    assert Proposal.objects.count() == 1


def test_links_fill_in_the_form(as_: As, finance_officer: Actor) -> None:
    client = as_(finance_officer)
    html = client.get(form_of(ProposalKind.CARRY_OVER) + "?year=2026&amount=1250000").content.decode()
    assert f'<option value="{year_of(2026)}" selected' in html
    assert 'value="1250000"' in html
    assert "Kan overføres uden beslutning 280.000.000 kr." in told(html)

    entry = Entry.objects.of_case("100026").earliest("pk")
    html = client.get(form_of(ProposalKind.REVERSE) + f"?entry={entry.pk}").content.decode()
    assert f"Postering nummer {entry.pk}" in html
    assert "100.000.000 kr." in html


@pytest.mark.parametrize(
    "query", ["?year=1999", "?year=x", "?year=²", "?year=99999999999", "?frame=X", "?entry=x", "?frame_year=x"]
)
def test_a_link_that_names_nothing_fills_in_nothing(as_: As, finance_officer: Actor, query: str) -> None:
    for kind in FORMS:
        assert as_(finance_officer).get(form_of(kind) + query).status_code == 200


# The year's end


def test_closing_tells_what_goes_on_and_what_needs_a_decision(as_: As, finance_officer: Actor) -> None:
    html = told(as_(finance_officer).get(form_of(ProposalKind.CLOSE)).content.decode())

    assert "Rammen for 2025 nu" in html
    assert "Der er 80.000.000 kr. tilbage." in html
    assert "Heraf går 80.000.000 kr. videre til 2026 uden beslutning" in html
    assert "Intet kræver en særskilt beslutning." in html


def test_closing_leaves_what_was_carried_in_to_a_decision(as_: As, finance_officer: Actor) -> None:
    carried_money_left()
    client = as_(finance_officer)
    html = client.get(form_of(ProposalKind.CLOSE)).content.decode()
    assert "80.000.000 kr. er selv overført hertil fra året før" in told(html)

    [link] = re.findall(r'href="([^"]*carry-over/[^"]*)"', html)
    filled = client.get(link.replace("&amp;", "&")).context["form"]
    assert (filled.chosen_year.year, filled["amount"].value()) == (2025, "80.000.000 kr.")


def test_the_year_end_run_twice_gives_the_same(as_: As, finance_officer: Actor, director: Actor) -> None:
    data = ASKED[ProposalKind.CLOSE][0]()
    client = as_(finance_officer)
    proposal = send(client, ProposalKind.CLOSE, data)
    client = as_(director)
    shown = client.get(proposal.get_absolute_url()).content.decode()
    for _ in range(2):
        client.post(proposal.get_absolute_url(), {"act": "approve", "seen": seen_in(shown), "note": ""})

    assert FrameYear.objects.position(2026).carried_in == 80 * MILLION
    assert Entry.objects.filter(kind="CARRY_OUT").count() == 1
    html = as_(finance_officer).get(form_of(ProposalKind.CLOSE)).content.decode()
    assert "Ingen åbne årsrammer er slut" in html


# Answering


def test_ones_own_waits_for_another_and_can_be_taken_back(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = carry(finance_officer)
    client = as_(finance_officer)

    html = told(client.get(proposal.get_absolute_url()).content.decode())
    assert "Du har selv foreslået posteringen. En anden skal tage stilling til den." in html
    assert f"Forslaget kan godkendes af: {director}." in html
    assert "Godkend og bogfør" not in html

    answer = client.post(
        proposal.get_absolute_url(),
        {"act": "approve", "seen": seen_in(client.get(proposal.get_absolute_url()).content.decode()), "note": ""},
    )
    assert "En anden skal tage stilling til den" in answer.content.decode()
    client.post(proposal.get_absolute_url(), {"act": "withdraw", "note": "Forkert beløb"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.note) == (State.WITHDRAWN, "Forkert beløb")


def test_a_case_officer_reads_and_does_not_answer(as_: As, finance_officer: Actor, case_officer: Actor) -> None:
    proposal = carry(finance_officer)
    client = as_(case_officer)

    html = client.get(proposal.get_absolute_url()).content.decode()
    assert 'name="act"' not in html
    for how in ("approve", "reject", "withdraw"):
        assert client.post(proposal.get_absolute_url(), {"act": how, "note": "Nej", "seen": "x"}).status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == State.WAITING


def test_a_rejection_says_why(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = carry(finance_officer)
    client = as_(director)

    answer = client.post(proposal.get_absolute_url(), {"act": "reject", "note": " "})
    assert "Skriv en begrundelse" in answer.content.decode()
    client.post(proposal.get_absolute_url(), {"act": "reject", "note": "Vent på ministeriet"})

    assert "Vent på ministeriet" in as_(finance_officer).get(proposal.get_absolute_url()).content.decode()
    assert not Entry.objects.filter(kind="CARRY_OUT").exists()


def test_a_refused_posting_tells_what_is_left_and_keeps_the_proposal(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = carry(finance_officer, amount=200)
    commit(100 * MILLION, case_reference="100050")
    client = as_(director)

    html = told(client.get(proposal.get_absolute_url()).content.decode())
    assert "kan posteringen ikke bogføres. Forslaget venter stadig." in html
    assert "Rammen for 2026 har 180.000.000 kr. tilbage. En overførsel på 200.000.000 kr. kan ikke rummes." in html
    assert "Godkend og bogfør" not in html

    answer = client.post(proposal.get_absolute_url(), {"act": "approve", "note": "Fint", "seen": "fra en ældre side"})
    assert "har 180.000.000 kr. tilbage" in answer.content.decode()
    assert "Fint" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == State.WAITING


def test_what_does_something_else_than_was_seen_is_not_approved_unseen(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = propose(proposed.Close(2025, carries_over=True), finance_officer)
    client = as_(director)
    seen = seen_in(client.get(proposal.get_absolute_url()).content.decode())
    carry_over(30 * MILLION, from_year=2025)

    answer = client.post(proposal.get_absolute_url(), {"act": "approve", "note": "", "seen": seen})
    assert "Forslaget gør nu noget andet, end da du så det" in answer.content.decode()
    assert FrameYear.objects.numbered(2025).closed_on is None

    again = seen_in(answer.content.decode())
    client.post(proposal.get_absolute_url(), {"act": "approve", "note": "", "seen": again})
    assert FrameYear.objects.position(2026).carried_in == 80 * MILLION


def test_other_postings_on_the_year_do_not_ask_for_another_look(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = carry(finance_officer)
    client = as_(director)
    seen = seen_in(client.get(proposal.get_absolute_url()).content.decode())
    commit(MILLION, case_reference="100051")

    client.post(proposal.get_absolute_url(), {"act": "approve", "note": "", "seen": seen})

    proposal.refresh_from_db()
    assert proposal.state == State.APPROVED


def test_whoever_comes_second_is_told(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = carry(finance_officer)
    proposals.reject(Proposal.objects.get(), by=director, at=NOON, note="Nej")

    answer = as_(director).post(proposal.get_absolute_url(), {"act": "approve", "note": "", "seen": ""}, follow=True)

    assert "Forslaget er allerede afgjort" in answer.content.decode()


def test_what_was_posted_stands_on_the_proposal(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = carry(finance_officer)
    proposals.approve(proposal, by=director, at=NOON)

    html = told(as_(finance_officer).get(proposal.get_absolute_url()).content.decode())

    assert ", 2026: Overført til året efter, -5.000.000 kr. Penge, der ikke er brugt" in html
    assert ", 2027: Overført fra året før, 5.000.000 kr. Penge, der ikke er brugt" in html


def test_a_preview_posts_nothing(as_: As, finance_officer: Actor, director: Actor) -> None:
    before = Entry.objects.count(), FrameYear.objects.positions()
    proposal = propose(proposed.Close(2025, carries_over=True), finance_officer)
    for _ in range(3):
        as_(director).get(proposal.get_absolute_url())
    assert (Entry.objects.count(), FrameYear.objects.positions()) == before


def test_with_nobody_else_to_approve_it_says_so(as_: As, finance_officer: Actor) -> None:
    proposal = carry(finance_officer)
    Membership.objects.filter(role=Role.DIRECTOR).delete()

    assert "Ingen anden i fonden kan godkende" in as_(finance_officer).get(proposal.get_absolute_url()).content.decode()


def test_a_row_written_by_other_means_is_shown_and_can_be_rejected(as_: As, finance_officer: Actor, director: Actor) -> None:
    assert finance_officer.user is not None
    assert finance_officer.organisation is not None
    strange = Proposal.objects.create(
        kind=ProposalKind.CARRY_OVER,
        payload={"year": "2026"},
        year=2026,
        reason="?",
        proposed_by=finance_officer.user,
        proposed_role=Role.FINANCE_OFFICER,
        organisation=finance_officer.organisation,
        proposed_at=NOON,
    )
    strange.record("proposal:proposed", by=finance_officer, at=NOON, state_to=State.WAITING)
    client = as_(director)
    assert "Indholdet kan ikke læses" in client.get(reverse("ledger:proposals")).content.decode()
    assert "Indholdet kan ikke læses" in client.get(strange.get_absolute_url()).content.decode()

    answer = client.post(strange.get_absolute_url(), {"act": "approve", "note": "", "seen": ""})

    assert "Forslagets indhold kan ikke læses" in answer.content.decode()


@pytest.mark.parametrize("data", [{}, {"act": "delete"}])
def test_an_answer_that_does_not_exist_is_asked_for_again(
    as_: As, finance_officer: Actor, director: Actor, data: dict[str, str]
) -> None:
    proposal = carry(finance_officer)
    answer = as_(director).post(proposal.get_absolute_url(), data)
    assert "Vælg, hvad du svarer" in answer.content.decode()


# Who may propose what


@pytest.mark.parametrize("who", ["case_officer", "director", "finance_officer"])
def test_each_is_offered_what_they_may_propose(as_: As, who: str, request: pytest.FixtureRequest) -> None:
    actor: Actor = request.getfixturevalue(who)
    client = as_(actor)

    offered = client.get(reverse("ledger:choose_proposal") + "?year=2026").content.decode()

    for kind in FORMS:
        is_theirs = who == "finance_officer" or kind in {ProposalKind.RELEASE, ProposalKind.REVERSE}
        assert (f"{form_of(kind)}?year=2026" in offered) is is_theirs
        assert client.get(form_of(kind)).status_code == (200 if is_theirs else 403)


def test_a_kind_that_does_not_exist_is_404(as_: As, finance_officer: Actor) -> None:
    assert as_(finance_officer).get(reverse("ledger:propose", args=["gift"])).status_code == 404
    assert as_(finance_officer).get(reverse("ledger:proposal", args=[0])).status_code == 404


# Mail


def test_those_who_may_approve_are_mailed_and_then_the_proposer(
    *,
    finance_officer: Actor,
    director: Actor,
    case_officer: Actor,
    today: datetime.date,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert finance_officer.organisation is not None
    colleague = member(finance_officer.organisation, Role.FINANCE_OFFICER, email="oekonomi2@example.org", today=today)
    with django_capture_on_commit_callbacks(execute=True):
        proposal = carry(finance_officer)

    assert [len(mails_to(actor)) for actor in (director, colleague, finance_officer, case_officer)] == [1, 1, 0, 0]
    [letter] = mails_to(director)
    assert path_in(letter) == proposal.get_absolute_url()
    assert "5.000.000" not in letter.subject + str(letter.body)

    with django_capture_on_commit_callbacks(execute=True):
        proposals.approve(proposal, by=director, at=NOON)
    [answer] = mails_to(finance_officer)
    assert path_in(answer) == proposal.get_absolute_url()


def test_who_takes_it_back_is_not_mailed(
    finance_officer: Actor, director: Actor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        proposals.withdraw(carry(finance_officer), by=finance_officer, at=NOON)
    assert mails_to(finance_officer) == []


# The list, the menu and the front page


@pytest.fixture
def three(finance_officer: Actor, director: Actor) -> list[Proposal]:
    """One waiting, one approved, one rejected later than both."""
    waiting = carry(finance_officer, 1)
    approved = proposals.approve(propose(proposed.Close(2025), finance_officer), by=director, at=NOON)
    rejected = proposals.reject(carry(finance_officer, 3), by=director, at=NOON, note="Nej")
    return [waiting, approved, rejected]


def numbers(client: Client, query: str = "") -> list[int]:
    response = client.get(reverse("ledger:proposals") + query)
    assert response.status_code == 200
    return [proposal.pk for proposal in response.context["page_obj"]]


def test_what_waits_stands_first(as_: As, case_officer: Actor, three: list[Proposal]) -> None:
    waiting, approved, rejected = (proposal.pk for proposal in three)
    client = as_(case_officer)

    assert numbers(client) == [waiting, rejected, approved]
    assert numbers(client, "?sort=at") == [waiting, approved, rejected]
    assert numbers(client, "?state=REJECTED") == [rejected]
    assert numbers(client, "?kind=CLOSE") == [approved]
    assert numbers(client, "?year=2025") == [approved]
    assert numbers(client, "?year=x&state=GIFT") == [waiting, rejected, approved]
    assert "Ingen forslag passer" in client.get(reverse("ledger:proposals") + "?year=2019").content.decode()
    assert client.get(reverse("ledger:proposals") + "?page=2").status_code == 404


def test_an_empty_list_says_how_to_begin(as_: As, finance_officer: Actor) -> None:
    html = as_(finance_officer).get(reverse("ledger:proposals")).content.decode()
    assert "Her står de reguleringer, overførsler, lukninger og rettelser" in html


def test_the_list_is_fetched_as_a_file(as_: As, case_officer: Actor, three: list[Proposal]) -> None:
    response = as_(case_officer).get(reverse("ledger:proposals") + "?_export=csv&state=WAITING")
    [row] = csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";")

    assert (row["Forslag"], row["Status"], row["Afgjort"]) == (
        "Overfør 1.000.000 kr. fra 2026 til 2027",
        "Venter på godkendelse",
        "",
    )


def test_two_proposals_take_as_many_queries_as_two_hundred(
    as_: As, finance_officer: Actor, director: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(director)
    for amount in (1, 2):
        carry(finance_officer, amount)
    client.get("/")
    with django_assert_max_num_queries(25) as few:
        numbers(client)
    for amount in range(3, 203):
        carry(finance_officer, amount)
    with django_assert_max_num_queries(25) as many:
        assert len(numbers(client)) == 50
    assert len(few) == len(many)
    with django_assert_max_num_queries(25):
        assert "Se alle 202" in told(client.get("/").content.decode())


def test_the_menu_counts_what_waits_for_this_person(
    as_: As, finance_officer: Actor, director: Actor, case_officer: Actor
) -> None:
    proposal = carry(finance_officer)

    counts = {}
    for actor in (finance_officer, director, case_officer):
        html = as_(actor).get("/").content.decode()
        counts[actor] = "Rammen 1 venter på dig" in told(html), proposal.get_absolute_url() in html
    assert counts == {finance_officer: (False, False), director: (True, True), case_officer: (False, False)}


def test_a_proposal_about_the_extra_frame_leads_to_it(as_: As, finance_officer: Actor) -> None:
    FrameYearFactory.create(extra=True)
    FrameYearFactory.create(extra_carried=True)
    commit(MILLION, year=2023, frame=FrameKind.EXTRA_RENT, money=Money.RENT, case_reference="100023")
    client = as_(finance_officer)
    acts: list[proposed.Act] = [
        proposed.CarryOver(2023, MILLION, frame=FrameKind.EXTRA_RENT),
        proposed.Reverse(Entry.objects.of_case("100023").earliest("pk").pk, "Almenboligloven § 91 a"),
    ]
    for act in acts:
        html = client.get(propose(act, finance_officer).get_absolute_url()).content.decode()
        assert reverse("ledger:extra_year", args=[2023]) in html
    form = client.get(form_of(ProposalKind.CARRY_OVER) + "?year=2023&frame=EXTRA_RENT").context["form"]
    assert (form.chosen_year.year, form.chosen_year.kind) == (2023, FrameKind.EXTRA_RENT)


def test_the_years_page_offers_what_its_state_allows(as_: As, finance_officer: Actor, case_officer: Actor) -> None:
    offered = {}
    for actor in (finance_officer, case_officer):
        for year in (2024, 2025, 2026):
            html = as_(actor).get(reverse("ledger:frame_year", args=[year])).content.decode()
            offered[actor, year] = [kind for kind in FORMS if f'href="{form_of(kind)}?year={year}"' in html]

    kinds = ProposalKind
    assert offered == {
        (finance_officer, 2024): [kinds.CARRY_OVER, kinds.RELEASE_BY_CARRY_OVER],
        (finance_officer, 2025): [kinds.REGULATE, kinds.CLOSE, kinds.CARRY_OVER, kinds.RELEASE],
        (finance_officer, 2026): [kinds.REGULATE, kinds.CARRY_OVER, kinds.RELEASE],
        (case_officer, 2024): [],
        (case_officer, 2025): [kinds.RELEASE],
        (case_officer, 2026): [kinds.RELEASE],
    }


def test_an_entry_offers_its_reversal_once(as_: As, case_officer: Actor) -> None:
    entry = Entry.objects.of_case("100026").earliest("pk")
    link = f"{form_of(ProposalKind.REVERSE)}?entry={entry.pk}"
    client = as_(case_officer)
    assert link in client.get(entry.get_absolute_url()).content.decode()

    reverse_entry(entry)

    assert link not in client.get(entry.get_absolute_url()).content.decode()


def test_a_page_with_a_preview_asks_seldom(
    as_: As, finance_officer: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    proposal = propose(proposed.Close(2025, carries_over=True), finance_officer)
    client = as_(finance_officer)
    client.get("/")
    with django_assert_max_num_queries(MOST_WITH_A_REHEARSAL):
        client.get(proposal.get_absolute_url())


# What the review found


def test_what_was_seen_in_english_is_approved_in_danish(as_: As, finance_officer: Actor, director: Actor) -> None:
    proposal = carry(finance_officer)
    with translation.override("en"):
        seen = proposals.rehearse(proposal.act, by=finance_officer, at=NOON).fingerprint

    assert seen == proposals.rehearse(proposal.act, by=finance_officer, at=NOON).fingerprint
    proposals.approve(proposal, by=director, at=NOON, seen=seen)


def test_what_would_be_withheld_by_now_is_not_what_was_seen(finance_officer: Actor, director: Actor) -> None:
    act = proposed.Release(2026, "100026", Money.SOCIAL, MILLION, ReleaseCause.UNUSED, "§ 91 a")
    proposal = propose(act, finance_officer)
    seen = proposals.rehearse(proposal.act, by=finance_officer, at=NOON).fingerprint
    set_rule(Reuse.NOT_REUSED, by=finance_officer, seconded_by=director)

    with pytest.raises(proposals.Moved):
        proposals.approve(proposal, by=director, at=NOON, seen=seen)
    assert Proposal.objects.get(pk=proposal.pk).state == State.WAITING
    assert not Entry.objects.filter(key=proposal.key).exists()


def test_a_rule_names_its_period_and_an_opening_its_vacancy_part() -> None:
    day = datetime.date(2027, 1, 1)
    assert "2019-26-midlerne" in proposed.SetReleaseRule("P2019_26", day, Reuse.NOT_REUSED, "x").told
    assert "P2099" in proposed.SetReleaseRule("P2099", day, Reuse.NOT_REUSED, "x").told
    opened = proposed.Open("P2019_26", 2023, 380 * MILLION, 240 * MILLION, 10 * MILLION)
    assert "10.000.000 kr. til tomgangsleje" in opened.told


def test_a_reversal_shows_the_entry_it_is_about(as_: As, finance_officer: Actor, director: Actor) -> None:
    entry = Entry.objects.of_case("100026").get()
    proposal = propose(proposed.Reverse(entry.pk, "§ 91 a"), finance_officer)

    html = as_(director).get(proposal.get_absolute_url()).content.decode()

    assert f'href="{entry.get_absolute_url()}"' in html
    assert "Sag 100026" in told(html)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (ProposalKind.REVERSE, {"entry": 999_999_999, "legal_basis": "§ 91 a"}),
        (ProposalKind.REVERSE, {"entry": 10**40, "legal_basis": "§ 91 a"}),
        (
            ProposalKind.OPEN,
            {"period": "P2099", "year": 2099, "base_total": "0", "base_rent": "0", "base_vacancy": "0"},
        ),
    ],
)
def test_a_proposal_that_names_nothing_real_can_be_rejected(
    as_: As, finance_officer: Actor, director: Actor, kind: ProposalKind, payload: dict[str, object]
) -> None:
    made = carry(finance_officer)
    stored = Proposal.objects.create(
        kind=kind,
        payload=payload,
        year=2026,
        reason=REASON,
        proposed_by=made.proposed_by,
        proposed_role=made.proposed_role,
        organisation=made.organisation,
        proposed_at=NOON,
    )
    client = as_(director)

    assert "Afvis" in client.get(stored.get_absolute_url()).content.decode()
    client.post(stored.get_absolute_url(), {"act": "reject", "note": "Findes ikke"})
    assert Proposal.objects.get(pk=stored.pk).state == State.REJECTED


@pytest.mark.parametrize("day", ["2027-01-01", "x", "9" * 5000])
def test_a_day_in_the_address_fills_nothing_in(as_: As, finance_officer: Actor, day: str) -> None:
    address = form_of(ProposalKind.SET_RELEASE_RULE)
    assert as_(finance_officer).get(address, {"valid_from": day, "rule": day, "source": "Mødet"}).status_code == 200


def test_numbers_longer_than_any_number_are_refused_in_words(as_: As, finance_officer: Actor) -> None:
    client = as_(finance_officer)
    long = "1" * 5000
    for kind, name in ((ProposalKind.REVERSE, "entry"), (ProposalKind.REGULATE, "frame_year"), (ProposalKind.OPEN, "year")):
        assert client.get(form_of(kind), {name: long, "year": long}).status_code == 200
        assert client.post(form_of(kind), {name: long, "reason": REASON}).status_code == 200


def test_the_last_year_of_a_frame_has_nowhere_to_carry_on_to(as_: As, finance_officer: Actor) -> None:
    """2027 takes what 2026 leaves; after 2027 there is no frame."""
    client = as_(finance_officer)
    carry_over(5 * MILLION, from_year=2026)
    frame_page = client.get(reverse("ledger:frame_year", args=[2027])).content.decode()
    assert form_of(ProposalKind.CARRY_OVER) not in frame_page
    assert form_of(ProposalKind.CARRY_OVER) in client.get(reverse("ledger:frame_year", args=[2026])).content.decode()

    at = datetime.datetime(2028, 2, 1, 12, tzinfo=datetime.UTC)
    for year in (2025, 2026):
        close(year, on=datetime.date(2028, 1, 1))
    standing = acting.Standing(FrameYear.objects.position(2027), None)
    for is_followed in (True, False):
        now = render_to_string("ledger/_year_now.html", {"standing": standing, "kind": "CLOSE", "is_followed": is_followed})
        assert ("Foreslå en overførsel med beslutning" in now, "går" in now) == (is_followed, is_followed)
    effect = proposals.rehearse(proposed.Close(2027), by=finance_officer, at=at)
    assert [(change.year, change.is_followed) for change in effect.changes] == [(2027, False)]
    html = render_to_string("ledger/_effect.html", {"effect": effect})
    assert "Året lukkes." in html
    assert "overføres penge fra det" not in html
    close(2027, on=datetime.date(2028, 2, 1))
    with pytest.raises(RuleBroken) as refused:
        commit(1, year=2027, on=datetime.date(2027, 5, 1), at=at)
    assert "overføres" not in str(refused.value)
